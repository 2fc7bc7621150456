package rawnet

import (
	"net"
	"time"

	"github.com/mdlayher/packet"
	"golang.org/x/net/bpf"
)

// Conn is a packet socket on one interface that hears UDP datagrams to some
// ports, whoever they are for, and sends frames as they are built. It hears
// what comes in, not what this machine sends.
type Conn struct{ conn *packet.Conn }

// Listen opens a packet socket. The filter runs in the kernel: a busy network
// does not fill the socket with what nobody reads.
func Listen(iface *net.Interface, ports ...uint16) (*Conn, error) {
	filter, err := bpf.Assemble(toPorts(ports))
	if err != nil {
		return nil, err
	}
	conn, err := packet.Listen(iface, packet.Raw, etherIPv4, &packet.Config{Filter: filter})
	if err != nil {
		return nil, err
	}
	return &Conn{conn}, nil
}

// toPorts passes whole UDP datagrams over IPv4 to one of the ports.
func toPorts(ports []uint16) []bpf.Instruction {
	n := uint8(len(ports))
	program := []bpf.Instruction{
		bpf.LoadAbsolute{Off: etherSize + 9, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: protocolUDP, SkipTrue: n + 4},
		bpf.LoadAbsolute{Off: etherSize + 6, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: 0x3fff, SkipTrue: n + 2},
		bpf.LoadMemShift{Off: etherSize},
		bpf.LoadIndirect{Off: etherSize + 2, Size: 2},
	}
	for i, port := range ports {
		program = append(program, bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(port), SkipTrue: n - uint8(i)})
	}
	return append(program, bpf.RetConstant{Val: 0}, bpf.RetConstant{Val: 1 << 16})
}

// Read waits for a datagram; it shares buf's memory. Frames that are none are
// passed over.
func (c *Conn) Read(buf []byte) (Datagram, error) {
	for {
		n, _, err := c.conn.ReadFrom(buf)
		if err != nil {
			return Datagram{}, err
		}
		if d, err := Parse(buf[:n]); err == nil {
			return d, nil
		}
	}
}

// Write sends a datagram.
func (c *Conn) Write(d Datagram) error {
	_, err := c.conn.WriteTo(d.Frame(), &packet.Addr{HardwareAddr: d.DstMAC})
	return err
}

// SetReadDeadline makes Read return at a time; a time in the past, at once.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.conn.SetReadDeadline(t) }

// Close ends the socket.
func (c *Conn) Close() error { return c.conn.Close() }
