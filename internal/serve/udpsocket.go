package serve

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"pxekit/internal/proxydhcp"
	"pxekit/internal/udpbatch"
)

// udpSocket is one socket for all interfaces. Each message says by which
// interface and to which address it came, and its answer leaves the same way:
// a broadcast would leave by the default route or not at all.
//
// Under load messages are taken and sent by the batch.
type udpSocket struct {
	conn   *net.UDPConn
	batch  *udpbatch.Conn // the same
	port   uint16
	ifaces []*Iface
	came   []datagram

	mu     sync.Mutex // guards what follows
	corked bool
	out    []datagram
	going  []udpbatch.Message // of out
}

func (s *Server) listenUDP(ifaces []*Iface, port uint16) (*udpSocket, error) {
	conn, err := s.boundConn(ifaces, port)
	if err != nil {
		return nil, err
	}
	if port == proxydhcp.ServerPort {
		err = letOthersBind(conn)
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	batch, err := udpbatch.New(conn)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return &udpSocket{conn: conn, batch: batch, port: port, ifaces: ifaces}, nil
}

// boundConn is the socket that systemd has opened for a port, or a new one, which
// hears nothing but its interface where there is one.
func (s *Server) boundConn(ifaces []*Iface, port uint16) (*net.UDPConn, error) {
	var c net.ListenConfig
	if canBind && len(ifaces) == 1 {
		c.Control = bindTo(ifaces[0])
	}
	return s.packetConnBy(c, netip.AddrPortFrom(netip.IPv4Unspecified(), port))
}

func (u *udpSocket) read() ([]datagram, error) {
	for {
		messages, err := u.batch.Read()
		if err != nil {
			return nil, err
		}
		u.came = u.came[:0]
		for _, m := range messages {
			if i := u.iface(m.Index); i != nil {
				local := i.asked(m.Local, m.Remote.Addr())
				u.came = append(u.came, datagram{payload: m.Payload, remote: m.Remote, local: netip.AddrPortFrom(local, u.port), sentTo: m.Local, iface: i})
			}
		}
		if len(u.came) > 0 {
			return u.came, nil
		}
	}
}

// iface finds a served interface, nil for others.
func (u *udpSocket) iface(index int) *Iface {
	for _, i := range u.ifaces {
		if i.Index == index {
			return i
		}
	}
	return nil
}

func (u *udpSocket) write(d datagram) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.corked {
		u.out = append(u.out, d)
		return nil
	}
	_, err := u.batch.Write([]udpbatch.Message{message(d)})
	return err
}

// message lets the routing table choose the way to an address of the network,
// and binds a broadcast, which has no route of its own, to its interface.
func message(d datagram) udpbatch.Message {
	m := udpbatch.Message{Payload: d.payload, Remote: d.remote, Local: d.local.Addr()}
	if d.remote.Addr() == everyone {
		m.Index = d.iface.Index
	}
	return m
}

func (u *udpSocket) cork() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.corked = true
}

func (u *udpSocket) uncork(failed func(datagram, error)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.corked = false
	u.going = u.going[:0]
	for _, d := range u.out {
		u.going = append(u.going, message(d))
	}
	for sent := 0; sent < len(u.going); {
		n, err := u.batch.Write(u.going[sent:])
		sent += n
		if err != nil && sent < len(u.going) {
			failed(u.out[sent], err)
			sent++ // the others go all the same
		}
	}
	clear(u.out) // no payload is kept
	clear(u.going)
	u.out = u.out[:0]
}

func (u *udpSocket) SetReadDeadline(t time.Time) error { return u.conn.SetReadDeadline(t) }
func (u *udpSocket) Close() error                      { return u.conn.Close() }
