package rawnet

import (
	"net"
	"time"

	"github.com/mdlayher/packet"
	"golang.org/x/net/bpf"
)

// Conn is a packet socket on one interface that hears UDP datagrams to some
// ports, whoever they are for, and sends frames as they are built.
type Conn struct{ conn *packet.Conn }

// Listen opens a packet socket that hears what comes in, not what this machine
// sends. The filter runs in the kernel: a busy network does not fill the socket
// with what nobody reads.
func Listen(iface *net.Interface, ports ...uint16) (*Conn, error) {
	return listen(iface, etherIPv4, toPorts(ports))
}

// ListenBoth opens one that also hears what this machine sends, which the kernel
// shows to packet sockets for all protocols alone. What the Conn itself writes it
// does not hear (skb_loop_sk in net/core/dev.c).
func ListenBoth(iface *net.Interface, ports ...uint16) (*Conn, error) {
	return listen(iface, etherAll, append(untaggedIPv4(), toPorts(ports)...))
}

func listen(iface *net.Interface, protocol int, program []bpf.Instruction) (*Conn, error) {
	filter, err := bpf.Assemble(program)
	if err != nil {
		return nil, err
	}
	conn, err := packet.Listen(iface, packet.Raw, protocol, &packet.Config{Filter: filter})
	if err != nil {
		return nil, err
	}
	return &Conn{conn}, nil
}

// etherAll is ETH_P_ALL of linux/if_ether.h.
const etherAll = 3

// untaggedIPv4 goes on with what a socket for IPv4 would be given. One for all
// protocols sees frames of VLANs as well, whose tag the kernel has taken out.
func untaggedIPv4() []bpf.Instruction {
	return []bpf.Instruction{
		bpf.LoadExtension{Num: bpf.ExtVLANTagPresent},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: 0, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
		bpf.LoadAbsolute{Off: 12, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: etherIPv4, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
	}
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
