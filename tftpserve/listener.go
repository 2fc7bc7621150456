package tftpserve

import (
	"net"
	"net/netip"
	"os"
	"time"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// Octets around a block in an IP packet: IP, UDP and TFTP headers.
const (
	around4 = 20 + 8 + 4
	around6 = 40 + 8 + 4
)

// listener is the server's port. It knows to which of our addresses and through
// which interface a packet came, where the system tells.
type listener struct {
	conn *net.UDPConn
	v6   bool // the socket is IPv6, maybe with IPv4 mapped into it
	mtus map[int]int
	oob  []byte
}

// origin is where a packet came from.
type origin struct {
	client netip.AddrPort
	local  netip.Addr // invalid when not known
	index  int        // of the interface; 0 when not known
}

func newListener(conn *net.UDPConn) (*listener, error) {
	local, _ := conn.LocalAddr().(*net.UDPAddr)
	l := &listener{conn: conn, v6: local.IP.To4() == nil, mtus: map[int]int{}}
	// Not every system has these; without them the kernel picks the address
	// that answers go out by.
	if l.v6 {
		_ = ipv6.NewPacketConn(conn).SetControlMessage(ipv6.FlagDst|ipv6.FlagInterface, true)
		l.oob = ipv6.NewControlMessage(ipv6.FlagDst | ipv6.FlagInterface)
	} else {
		_ = ipv4.NewPacketConn(conn).SetControlMessage(ipv4.FlagDst|ipv4.FlagInterface, true)
		l.oob = ipv4.NewControlMessage(ipv4.FlagDst | ipv4.FlagInterface)
	}
	return l, nil
}

func (l *listener) read(buf []byte) (int, origin, error) {
	n, oobn, _, from, err := l.conn.ReadMsgUDPAddrPort(buf, l.oob)
	if err != nil {
		return 0, origin{}, err
	}
	o := origin{client: netip.AddrPortFrom(from.Addr().Unmap(), from.Port())}
	var dst net.IP
	if l.v6 {
		var cm ipv6.ControlMessage
		if cm.Parse(l.oob[:oobn]) == nil {
			dst, o.index = cm.Dst, cm.IfIndex
		}
	} else {
		var cm ipv4.ControlMessage
		if cm.Parse(l.oob[:oobn]) == nil {
			dst, o.index = cm.Dst, cm.IfIndex
		}
	}
	if a, ok := netip.AddrFromSlice(dst); ok && !dst.IsMulticast() && !dst.Equal(net.IPv4bcast) {
		o.local = a.Unmap()
	}
	return n, o, nil
}

// blockSize is the largest block that reaches a client without fragments.
func (l *listener) blockSize(o origin) int {
	around := around4
	if o.client.Addr().Is6() {
		around = around6
	}
	return min(max(l.mtu(o.index)-around, minBlockSize), maxBlockSize)
}

// mtu looks an interface up once: a change shows after a restart.
func (l *listener) mtu(index int) int {
	if mtu, ok := l.mtus[index]; ok {
		return mtu
	}
	mtu := 1500
	if i, err := net.InterfaceByIndex(index); err == nil {
		mtu = i.MTU
	}
	l.mtus[index] = mtu
	return mtu
}

// answer sends one packet from the server's own port and address.
func (l *listener) answer(o origin, b []byte) {
	_, _, _ = l.conn.WriteMsgUDPAddrPort(b, l.source(o), l.peer(o))
}

// source is the control message that makes an answer leave by the address that
// was asked.
func (l *listener) source(o origin) []byte {
	switch {
	case !o.local.IsValid():
		return nil
	case l.v6:
		src := o.local.As16()
		return (&ipv6.ControlMessage{Src: src[:], IfIndex: o.index}).Marshal()
	}
	return (&ipv4.ControlMessage{Src: o.local.AsSlice()}).Marshal()
}

// peer is the client in the socket's own address family.
func (l *listener) peer(o origin) netip.AddrPort {
	if l.v6 && o.client.Addr().Is4() {
		return netip.AddrPortFrom(netip.AddrFrom16(o.client.Addr().As16()), o.client.Port())
	}
	return o.client
}

// dial opens a port for one transfer (RFC 1350 section 4), at the address that
// was asked.
func (l *listener) dial(o origin) (link, error) {
	var local *net.UDPAddr
	if o.local.IsValid() {
		local = net.UDPAddrFromAddrPort(netip.AddrPortFrom(o.local, 0))
		local.Zone = o.client.Addr().Zone()
	}
	conn, err := net.DialUDP("udp", local, net.UDPAddrFromAddrPort(o.client))
	if err != nil {
		return nil, err
	}
	return newOwnPort(conn), nil
}

// shared is the way to a client through the server's own port.
func (l *listener) shared(o origin, inbox <-chan []byte) link {
	return &sharedPort{listener: l, origin: o, inbox: inbox, closed: make(chan struct{})}
}

type sharedPort struct {
	listener *listener
	origin   origin
	inbox    <-chan []byte
	closed   chan struct{}
	frame    []byte
}

func (p *sharedPort) read(buf []byte, deadline time.Time) (int, error) {
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	select {
	case b := <-p.inbox:
		return copy(buf, b), nil
	case <-p.closed:
		return 0, net.ErrClosed
	case <-timer.C:
		return 0, os.ErrDeadlineExceeded
	}
}

func (p *sharedPort) write(b []byte) error {
	_, _, err := p.listener.conn.WriteMsgUDPAddrPort(b, p.listener.source(p.origin), p.listener.peer(p.origin))
	return err
}

func (p *sharedPort) window(parts [][]byte, _ int) error { return eachPacket(parts, &p.frame, p.write) }

func (p *sharedPort) close() {
	select {
	case <-p.closed:
	default:
		close(p.closed)
	}
}

// eachPacket writes a window packet by packet.
func eachPacket(parts [][]byte, frame *[]byte, write func([]byte) error) error {
	for ; len(parts) > 0; parts = parts[2:] {
		*frame = append(append((*frame)[:0], parts[0]...), parts[1]...)
		if err := write(*frame); err != nil {
			return err
		}
	}
	return nil
}
