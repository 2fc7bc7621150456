//go:build !linux

package udpbatch

import (
	"net"
	"net/netip"

	"golang.org/x/net/ipv4"
)

// Conn is a UDP socket of IPv4.
type Conn struct {
	packet *ipv4.PacketConn
	buf    []byte
}

// New makes a Conn of a socket, which stays the caller's. The error is
// [ErrNoArrival] on systems without control messages.
func New(c *net.UDPConn) (*Conn, error) {
	k := &Conn{packet: ipv4.NewPacketConn(c), buf: make([]byte, MaxMessage)}
	if k.packet.SetControlMessage(ipv4.FlagDst|ipv4.FlagInterface, true) != nil {
		return nil, ErrNoArrival
	}
	return k, nil
}

// Read waits for a message. It is good until the next Read. One without a
// control message is left out.
func (k *Conn) Read() ([]Message, error) {
	n, cm, from, err := k.packet.ReadFrom(k.buf)
	if err != nil {
		return nil, err
	}
	udp, ok := from.(*net.UDPAddr)
	if !ok || cm == nil {
		return nil, nil
	}
	local, _ := netip.AddrFromSlice(cm.Dst.To4())
	remote := udp.AddrPort()
	return []Message{{
		Payload: k.buf[:n], Remote: netip.AddrPortFrom(remote.Addr().Unmap(), remote.Port()), Local: local, Index: cm.IfIndex,
	}}, nil
}

// Write sends messages up to the first that cannot be sent: the error is that of
// messages[sent].
func (k *Conn) Write(messages []Message) (sent int, err error) {
	for i, m := range messages {
		cm := &ipv4.ControlMessage{Src: m.Local.AsSlice(), IfIndex: m.Index}
		if _, err := k.packet.WriteTo(m.Payload, cm, net.UDPAddrFromAddrPort(m.Remote)); err != nil {
			return i, err
		}
	}
	return len(messages), nil
}
