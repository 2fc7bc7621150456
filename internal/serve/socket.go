package serve

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"

	"pxekit/internal/proxydhcp"
	"pxekit/internal/rawnet"
	"pxekit/internal/udpbatch"
)

// datagram is a DHCP message and the way it came, or is to go.
type datagram struct {
	payload []byte
	remote  netip.AddrPort
	local   netip.AddrPort // ours; the address is never unspecified
	sentTo  netip.Addr     // what a message was sent to: everyone, say; the zero Addr is local
	iface   *Iface
	mac     net.HardwareAddr // the sender's, from a packet socket
	here    bool             // another program on this host has sent it
}

// target is where a message was sent to.
func (d datagram) target() netip.AddrPort {
	if d.sentTo.IsValid() {
		return netip.AddrPortFrom(d.sentTo, d.local.Port())
	}
	return d.local
}

// socket reads and writes the messages of one or more ports. read waits for one
// and takes what else is there; its datagrams are good until the next read.
// write answers one of them: payload and remote are new, the rest is as it came.
type socket interface {
	read() ([]datagram, error)
	write(datagram) error
	SetReadDeadline(time.Time) error
	Close() error
}

// corker is a socket that can keep what is written and send it by one system
// call.
type corker interface {
	cork()
	// uncork sends, and tells of each datagram that could not be.
	uncork(failed func(datagram, error))
}

// listen opens a port on all interfaces: by a UDP socket, or, where another
// program holds the port, by a packet socket on each interface. The notes say in
// words what was not the usual way.
func (s *Server) listen(port uint16) (sockets []socket, notes []string, err error) {
	for _, ifaces := range s.apart(port) {
		some, note, err := s.listenOn(ifaces, port)
		if err != nil {
			closeAll(sockets)
			return nil, nil, err
		}
		sockets = append(sockets, some...)
		if !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
	}
	return sockets, notes, nil
}

// apart groups the interfaces that have a socket of a port together: each has its
// own where the system can bind one to it, so that a server on another interface
// of this host, a second pxekit say, is in nobody's way. What systemd has opened
// is for all.
func (s *Server) apart(port uint16) (groups [][]*Iface) {
	if !canBind || s.inherited.hasUDP(port) {
		return [][]*Iface{s.ifaces}
	}
	for i := range s.ifaces {
		groups = append(groups, s.ifaces[i:i+1])
	}
	return groups
}

// listenOn opens a port on some interfaces.
func (s *Server) listenOn(ifaces []*Iface, port uint16) (sockets []socket, note string, err error) {
	udp, err := s.listenUDP(ifaces, port)
	switch {
	case err == nil:
		return []socket{udp}, "", nil
	case errors.Is(err, udpbatch.ErrNoArrival):
		sockets, err = s.listenEach(port)
		return sockets, fmt.Sprintf("%v: port %d is opened at each interface's own address (not tested with real firmware)", udpbatch.ErrNoArrival, port), err
	}
	if !errors.Is(err, syscall.EADDRINUSE) {
		return nil, "", err
	}
	s.shares[port] = true
	for _, i := range ifaces {
		raw, rawErr := listenRaw(i, port)
		if rawErr != nil {
			closeAll(sockets)
			return nil, "", fmt.Errorf("%w, and no packet socket beside it: %w", err, rawErr)
		}
		sockets = append(sockets, raw)
	}
	return sockets, fmt.Sprintf("port %d is taken by another program on this host: listening beside it by packet socket", port), nil
}

func closeAll(sockets []socket) {
	for _, k := range sockets {
		_ = k.Close()
	}
}

var everyone = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// rawSocket is a packet socket on one interface.
type rawSocket struct {
	*rawnet.Conn
	out   *rawnet.Conn // what it writes with
	iface *Iface
	ports []uint16
	buf   []byte

	both      bool // hears what this host sends
	passesOwn bool // over what comes from port 4011 of this host, which is ours
}

func listenRaw(i *Iface, ports ...uint16) (*rawSocket, error) {
	conn, err := rawnet.Listen(i.Interface, ports...)
	if err != nil {
		return nil, err
	}
	return newRaw(i, conn, ports...), nil
}

func newRaw(i *Iface, conn *rawnet.Conn, ports ...uint16) *rawSocket {
	return &rawSocket{Conn: conn, out: conn, iface: i, ports: ports, buf: make([]byte, maxMessage)}
}

// read passes over what is for another machine: a card may show it.
func (r *rawSocket) read() ([]datagram, error) {
	for {
		d, err := r.Read(r.buf)
		if err != nil {
			return nil, err
		}
		here := r.both && r.iface.owns(d.Src.Addr())
		if here && r.passesOwn && d.Src.Port() == proxydhcp.BINLPort {
			continue
		}
		local := r.iface.asked(d.Dst.Addr(), d.Src.Addr())
		if r.forUs(d) || d.Dst.Port() == clientPort {
			return []datagram{{d.Payload, d.Src, netip.AddrPortFrom(local, d.Dst.Port()), d.Dst.Addr(), r.iface, d.SrcMAC, here}}, nil
		}
	}
}

func (r *rawSocket) forUs(d rawnet.Datagram) bool {
	dst := d.Dst.Addr()
	return dst == everyone || r.iface.owns(dst) || r.iface.broadcasts(dst)
}

// write answers to the Ethernet address that the request came from: that of the
// machine itself or of its router, whichever the way back is.
func (r *rawSocket) write(d datagram) error {
	to := d.mac
	if d.remote.Addr() == everyone {
		to = rawnet.Broadcast
	}
	return r.out.Write(rawnet.Datagram{SrcMAC: r.iface.HardwareAddr, DstMAC: to, Src: d.local, Dst: d.remote, Payload: d.payload})
}
