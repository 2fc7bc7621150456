package lab

import (
	"bytes"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/mdlayher/packet"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// Fetch is a machine's request for a file.
type Fetch struct {
	Server netip.AddrPort
	Bytes  []byte // the whole TFTP packet, or the request line of HTTP
}

// wire listens at a machine's card. It notes what the machine fetches, and plays
// the IPv6 router: iPXE waits 12 s for one.
type wire struct {
	conn    *packet.Conn
	ended   chan struct{}
	fetched []Fetch
	wake    func() // called at the first DHCP message; nil after that
}

func (s *Segment) listen(t testing.TB, wake func()) *wire {
	t.Helper()
	w := &wire{ended: make(chan struct{}), wake: wake}
	require.NoError(t, s.wire.do(func() error {
		iface, err := net.InterfaceByName(tapInterface)
		if err != nil {
			return err
		}
		w.conn, err = packet.Listen(iface, packet.Raw, unix.ETH_P_ALL, &packet.Config{Filter: fetches()})
		return err
	}))
	t.Cleanup(func() { _ = w.conn.Close() })
	go w.run()
	return w
}

// fetches passes all of IPv6, and of IPv4 what goes to the ports of DHCP, TFTP
// and HTTP: what the machine downloads would overrun the socket.
func fetches() []bpf.RawInstruction {
	return assemble(
		bpf.LoadAbsolute{Off: 12, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.ETH_P_IPV6, SkipTrue: 6},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.ETH_P_IP, SkipTrue: 6},
		bpf.LoadMemShift{Off: 14},
		bpf.LoadIndirect{Off: 16, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: dhcpPort, SkipTrue: 2},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: tftpPort, SkipTrue: 1},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: httpPort, SkipTrue: 1},
		bpf.RetConstant{Val: 1 << 16},
		bpf.RetConstant{Val: 0},
	)
}

const (
	dhcpPort = 67
	tftpPort = 69
	httpPort = 80
)

func (w *wire) run() {
	defer close(w.ended)
	buf := make([]byte, 1<<16)
	for {
		n, _, err := w.conn.ReadFrom(buf)
		if err != nil {
			return
		}
		w.see(buf[:n])
	}
}

// stop returns what has been fetched, with what the socket still holds, and
// whether there was any DHCP.
func (w *wire) stop(t testing.TB) (fetched []Fetch, awake bool) {
	t.Helper()
	require.NoError(t, w.conn.SetReadDeadline(time.Unix(1, 0)))
	<-w.ended
	require.NoError(t, w.conn.SetReadDeadline(time.Time{}))
	raw, err := w.conn.SyscallConn()
	require.NoError(t, err)
	require.NoError(t, raw.Read(w.drain))
	return w.fetched, w.wake == nil
}

func (w *wire) drain(fd uintptr) (done bool) {
	buf := make([]byte, 1<<16)
	for {
		n, _, err := unix.Recvfrom(int(fd), buf, unix.MSG_DONTWAIT)
		switch err {
		case nil:
			w.see(buf[:n])
		case syscall.EINTR:
		default:
			return true
		}
	}
}

func (w *wire) see(frame []byte) {
	p := gopacket.NewPacket(frame, layers.LayerTypeEthernet, gopacket.Default)
	if p.Layer(layers.LayerTypeICMPv6RouterSolicitation) != nil {
		// Lost or refused, it costs the test 12 s and nothing else.
		_, _ = w.conn.WriteTo(noRouter(), &packet.Addr{HardwareAddr: everyone})
		return
	}
	eth, _ := p.LinkLayer().(*layers.Ethernet)
	ip, ok := p.NetworkLayer().(*layers.IPv4)
	if !ok || eth.SrcMAC.String() != MachineMAC {
		return
	}
	switch l := p.TransportLayer().(type) {
	case *layers.UDP:
		if l.DstPort == dhcpPort {
			w.awaken()
			return
		}
		w.note(ip, uint16(l.DstPort), l.Payload)
	case *layers.TCP:
		line, _, _ := bytes.Cut(l.Payload, []byte("\r\n"))
		w.note(ip, uint16(l.DstPort), line)
	}
}

func (w *wire) awaken() {
	if w.wake != nil {
		w.wake()
		w.wake = nil
	}
}

func (w *wire) note(ip *layers.IPv4, port uint16, request []byte) {
	server, _ := netip.AddrFromSlice(ip.DstIP)
	if len(request) > 0 {
		w.fetched = append(w.fetched, Fetch{netip.AddrPortFrom(server, port), bytes.Clone(request)})
	}
}

// noRouter is a router advertisement of one who is no router: lifetime 0, no
// prefix (RFC 4861 section 4.2).
func noRouter() []byte {
	eth := &layers.Ethernet{
		SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}, DstMAC: net.HardwareAddr{0x33, 0x33, 0, 0, 0, 1},
		EthernetType: layers.EthernetTypeIPv6,
	}
	ip := &layers.IPv6{
		Version: 6, HopLimit: 255, NextHeader: layers.IPProtocolICMPv6,
		SrcIP: net.ParseIP("fe80::ff:fe00:1"), DstIP: net.IPv6linklocalallnodes,
	}
	icmp := &layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(layers.ICMPv6TypeRouterAdvertisement, 0)}
	_ = icmp.SetNetworkLayerForChecksum(ip)
	return serialize(eth, ip, icmp, &layers.ICMPv6RouterAdvertisement{})
}
