package tftpserve

import (
	"encoding/binary"
	"net"
	"net/netip"
	"slices"

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
	all  []netip.Addr // IPv4 addresses that mean everyone in a network
	oob  []byte
}

// origin is where a packet came from.
type origin struct {
	client netip.AddrPort
	local  netip.Addr // invalid when not known
	index  int        // of the interface; 0 when not known
	group  bool       // sent to a broadcast or multicast address
}

func newListener(conn *net.UDPConn) *listener {
	local, ok := conn.LocalAddr().(*net.UDPAddr)
	l := &listener{conn: conn, v6: ok && local.IP.To4() == nil, mtus: map[int]int{}, all: broadcasts()}
	// Not every system has these; without them the kernel picks the address
	// that answers go out by.
	if l.v6 {
		_ = ipv6.NewPacketConn(conn).SetControlMessage(ipv6.FlagDst|ipv6.FlagInterface, true)
		l.oob = ipv6.NewControlMessage(ipv6.FlagDst | ipv6.FlagInterface)
	} else {
		_ = ipv4.NewPacketConn(conn).SetControlMessage(ipv4.FlagDst|ipv4.FlagInterface, true)
		l.oob = ipv4.NewControlMessage(ipv4.FlagDst | ipv4.FlagInterface)
	}
	return l
}

func (l *listener) read(buf []byte) (int, origin, error) {
	n, oobn, _, from, err := l.conn.ReadMsgUDPAddrPort(buf, l.oob)
	if err != nil {
		return 0, origin{}, err
	}
	o := origin{client: netip.AddrPortFrom(from.Addr().Unmap(), from.Port())}
	dst, index := l.arrival(l.oob[:oobn])
	o.index = index
	if a, ok := netip.AddrFromSlice(dst); ok {
		o.local = a.Unmap()
	}
	o.group = o.local.IsMulticast() || slices.Contains(l.all, o.local)
	return n, o, nil
}

// broadcasts lists the addresses that packets to everyone go to, of the networks
// that there are when the server starts.
func broadcasts() []netip.Addr {
	all := []netip.Addr{netip.AddrFrom4([4]byte{255, 255, 255, 255})}
	own, _ := net.InterfaceAddrs()
	for _, a := range own {
		p, err := netip.ParsePrefix(a.String())
		if err != nil || !p.Addr().Is4() || p.Bits() > 30 { // RFC 3021: a network of two has none
			continue
		}
		b := p.Addr().As4()
		binary.BigEndian.PutUint32(b[:], binary.BigEndian.Uint32(b[:])|(1<<(32-p.Bits())-1))
		all = append(all, netip.AddrFrom4(b))
	}
	return all
}

// arrival reads from a control message where a packet was sent to and came in.
func (l *listener) arrival(oob []byte) (net.IP, int) {
	if l.v6 {
		var cm ipv6.ControlMessage
		if cm.Parse(oob) != nil {
			return nil, 0
		}
		return cm.Dst, cm.IfIndex
	}
	var cm ipv4.ControlMessage
	if cm.Parse(oob) != nil {
		return nil, 0
	}
	return cm.Dst, cm.IfIndex
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

// send sends one packet from the server's own port, by the address that was
// asked.
func (l *listener) send(o origin, b []byte) error {
	_, _, err := l.conn.WriteMsgUDPAddrPort(b, l.source(o), l.peer(o))
	return err
}

// source is the control message that makes an answer leave by the address that
// was asked. Linux takes IPv4's for IPv4 on a socket of both families too, and
// refuses IPv6's, in which x/net writes no IPv4 address.
func (l *listener) source(o origin) []byte {
	switch {
	case !o.local.IsValid():
		return nil
	case o.local.Is4():
		return (&ipv4.ControlMessage{Src: o.local.AsSlice()}).Marshal()
	}
	return (&ipv6.ControlMessage{Src: o.local.AsSlice(), IfIndex: o.index}).Marshal()
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
func (l *listener) dial(o origin) (*net.UDPConn, error) {
	var local *net.UDPAddr
	if o.local.IsValid() {
		local = net.UDPAddrFromAddrPort(netip.AddrPortFrom(o.local, 0))
		local.Zone = o.client.Addr().Zone()
	}
	return net.DialUDP("udp", local, net.UDPAddrFromAddrPort(o.client))
}
