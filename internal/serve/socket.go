package serve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"

	"golang.org/x/net/ipv4"

	"pxekit/internal/rawnet"
)

// datagram is a DHCP message and the way it came, or is to go.
type datagram struct {
	payload []byte
	remote  netip.AddrPort
	local   netip.AddrPort // ours; the address is never unspecified
	iface   *Iface
	mac     net.HardwareAddr // the sender's, from a packet socket
}

// socket reads and writes the messages of one or more ports. write answers what
// read gave: payload and remote are new, the rest is as it came.
type socket interface {
	read(buf []byte) (datagram, error)
	write(datagram) error
	SetReadDeadline(time.Time) error
	Close() error
}

// listen opens a port on all interfaces: a UDP socket, or, where another
// program holds the port, a packet socket on each interface. The note says in
// words what was not the usual way.
func (s *Server) listen(port uint16) (sockets []socket, note string, err error) {
	udp, err := s.listenUDP(port)
	switch {
	case err == nil:
		return []socket{udp}, "", nil
	case errors.Is(err, errNoArrival):
		sockets, err = s.listenEach(port)
		return sockets, fmt.Sprintf("%v: port %d is opened at each interface's own address (not tested with real firmware)", errNoArrival, port), err
	}
	if !errors.Is(err, syscall.EADDRINUSE) {
		return nil, "", err
	}
	for _, i := range s.ifaces {
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

// udpSocket is one socket for all interfaces. Control messages say by which
// interface and to which address a message came, and make the answer leave the
// same way: without them a broadcast leaves by the default route or not at all.
type udpSocket struct {
	conn   *net.UDPConn
	port   uint16
	ifaces []*Iface
	oob    []byte
}

// errNoArrival says that control messages are missing, as on Windows.
var errNoArrival = errors.New("this system does not tell by which interface a message came")

func (s *Server) listenUDP(port uint16) (*udpSocket, error) {
	conn, err := s.packetConn(netip.AddrPortFrom(netip.IPv4Unspecified(), port))
	if err != nil {
		return nil, err
	}
	if err := ipv4.NewPacketConn(conn).SetControlMessage(ipv4.FlagDst|ipv4.FlagInterface, true); err != nil {
		_ = conn.Close()
		return nil, errNoArrival
	}
	return &udpSocket{conn, port, s.ifaces, ipv4.NewControlMessage(ipv4.FlagDst | ipv4.FlagInterface)}, nil
}

// packetConn is the socket that systemd has opened for this address, or a new
// one.
func (s *Server) packetConn(at netip.AddrPort) (*net.UDPConn, error) {
	if conn := s.inherited.takeUDP(at); conn != nil {
		return conn, nil
	}
	var c net.ListenConfig
	conn, err := c.ListenPacket(context.Background(), "udp4", at.String())
	if err != nil {
		return nil, err
	}
	return conn.(*net.UDPConn), nil
}

func (u *udpSocket) read(buf []byte) (datagram, error) {
	for {
		n, oobn, _, from, err := u.conn.ReadMsgUDPAddrPort(buf, u.oob)
		if err != nil {
			return datagram{}, err
		}
		var cm ipv4.ControlMessage
		if cm.Parse(u.oob[:oobn]) != nil {
			continue
		}
		if i, local := arrival(u.ifaces, cm); i != nil {
			return datagram{payload: buf[:n], remote: from, local: netip.AddrPortFrom(local, u.port), iface: i}, nil
		}
	}
}

// arrival finds the served interface a message came by, nil for others, and the
// address of ours that it was for.
func arrival(ifaces []*Iface, cm ipv4.ControlMessage) (*Iface, netip.Addr) {
	for _, i := range ifaces {
		if i.Index != cm.IfIndex {
			continue
		}
		if dst, ok := netip.AddrFromSlice(cm.Dst.To4()); ok && i.owns(dst) {
			return i, dst
		}
		return i, i.Addr()
	}
	return nil, netip.Addr{}
}

// write lets the routing table choose the way to an address of the network, and
// binds a broadcast, which has no route of its own, to its interface.
func (u *udpSocket) write(d datagram) error {
	cm := ipv4.ControlMessage{Src: d.local.Addr().AsSlice()}
	if d.remote.Addr() == everyone {
		cm.IfIndex = d.iface.Index
	}
	_, _, err := u.conn.WriteMsgUDPAddrPort(d.payload, cm.Marshal(), d.remote)
	return err
}

func (u *udpSocket) SetReadDeadline(t time.Time) error { return u.conn.SetReadDeadline(t) }
func (u *udpSocket) Close() error                      { return u.conn.Close() }

var everyone = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// rawSocket is a packet socket on one interface.
type rawSocket struct {
	*rawnet.Conn
	iface *Iface
}

func listenRaw(i *Iface, ports ...uint16) (*rawSocket, error) {
	conn, err := rawnet.Listen(i.Interface, ports...)
	if err != nil {
		return nil, err
	}
	return &rawSocket{conn, i}, nil
}

// read passes over what is for another machine: a card may show it.
func (r *rawSocket) read(buf []byte) (datagram, error) {
	for {
		d, err := r.Read(buf)
		if err != nil {
			return datagram{}, err
		}
		local := d.Dst.Addr()
		if !r.iface.owns(local) {
			local = r.iface.Addr()
		}
		if r.forUs(d) || d.Dst.Port() == clientPort {
			return datagram{d.Payload, d.Src, netip.AddrPortFrom(local, d.Dst.Port()), r.iface, d.SrcMAC}, nil
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
	return r.Write(rawnet.Datagram{SrcMAC: r.iface.HardwareAddr, DstMAC: to, Src: d.local, Dst: d.remote, Payload: d.payload})
}
