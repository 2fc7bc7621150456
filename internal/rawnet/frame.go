// Package rawnet sends and receives UDP datagrams as Ethernet frames, for what
// a UDP socket cannot do: hear answers that go to other machines, listen on a
// port that another program holds, and answer a machine that has no address.
//
// Frames are pure; [Conn] needs Linux and CAP_NET_RAW.
package rawnet

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
)

// Sizes and field values of Ethernet, IPv4 (RFC 791) and UDP (RFC 768).
const (
	etherSize   = 14
	ipSize      = 20
	udpSize     = 8
	etherIPv4   = 0x0800
	protocolUDP = 17
	timeToLive  = 64
)

// Broadcast is the Ethernet address of everyone.
var Broadcast = net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// Datagram is a UDP datagram over IPv4 and the Ethernet addresses it travels
// between.
type Datagram struct {
	SrcMAC, DstMAC net.HardwareAddr // six octets each
	Src, Dst       netip.AddrPort   // IPv4
	Payload        []byte
}

// errNotUDP says that a frame holds something else, or a part of it.
var errNotUDP = errors.New("no whole UDP datagram over IPv4")

// Parse reads an Ethernet frame. The datagram shares the frame's memory.
// Checksums are not compared: on virtual Ethernet the kernel leaves them to
// hardware that is not there.
func Parse(frame []byte) (Datagram, error) {
	if len(frame) < etherSize+ipSize+udpSize || binary.BigEndian.Uint16(frame[12:]) != etherIPv4 {
		return Datagram{}, errNotUDP
	}
	ip := frame[etherSize:]
	size := int(ip[0]&15) * 4
	total := int(binary.BigEndian.Uint16(ip[2:]))
	fragment := binary.BigEndian.Uint16(ip[6:])&0x3fff != 0
	if ip[0]>>4 != 4 || size < ipSize || total > len(ip) || total < size+udpSize || ip[9] != protocolUDP || fragment {
		return Datagram{}, errNotUDP
	}
	udp := ip[size:total]
	length := int(binary.BigEndian.Uint16(udp[4:]))
	if length < udpSize || length > len(udp) {
		return Datagram{}, errNotUDP
	}
	at := func(addr, port []byte) netip.AddrPort {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(addr[:4])), binary.BigEndian.Uint16(port))
	}
	return Datagram{
		SrcMAC: net.HardwareAddr(frame[6:12]), DstMAC: net.HardwareAddr(frame[:6]),
		Src: at(ip[12:], udp), Dst: at(ip[16:], udp[2:]), Payload: udp[udpSize:length],
	}, nil
}

// Frame builds the Ethernet frame.
func (d Datagram) Frame() []byte {
	b := make([]byte, 0, etherSize+ipSize+udpSize+len(d.Payload))
	b = append(b, six(d.DstMAC)...)
	b = append(b, six(d.SrcMAC)...)
	b = binary.BigEndian.AppendUint16(b, etherIPv4)
	return d.AppendIP(b)
}

// AppendIP appends the datagram from its IPv4 header on.
func (d Datagram) AppendIP(b []byte) []byte {
	src, dst := d.Src.Addr().As4(), d.Dst.Addr().As4()
	start, length := len(b), udpSize+len(d.Payload)
	b = append(b, 0x45, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(ipSize+length))
	b = append(b, 0, 0, 0, 0, timeToLive, protocolUDP, 0, 0)
	b = append(append(b, src[:]...), dst[:]...)
	binary.BigEndian.PutUint16(b[start+10:], ^sum(b[start:], 0))

	udp := len(b)
	b = binary.BigEndian.AppendUint16(b, d.Src.Port())
	b = binary.BigEndian.AppendUint16(b, d.Dst.Port())
	b = binary.BigEndian.AppendUint16(b, uint16(length))
	b = append(append(b, 0, 0), d.Payload...)
	pseudo := sum(b[start+12:udp], protocolUDP+uint32(length))
	check := ^sum(b[udp:], uint32(pseudo))
	if check == 0 {
		check = 0xffff // 0 stands for "no checksum" (RFC 768)
	}
	binary.BigEndian.PutUint16(b[udp+6:], check)
	return b
}

func six(mac net.HardwareAddr) []byte {
	var m [6]byte
	copy(m[:], mac)
	return m[:]
}

// sum is the ones' complement sum of RFC 1071.
func sum(b []byte, s uint32) uint16 {
	for ; len(b) >= 2; b = b[2:] {
		s += uint32(b[0])<<8 | uint32(b[1])
	}
	if len(b) == 1 {
		s += uint32(b[0]) << 8
	}
	for s > 0xffff {
		s = s&0xffff + s>>16
	}
	return uint16(s)
}
