package serve

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/net/ipv4"
)

// udpSocket is one socket for all interfaces. Control messages say by which
// interface and to which address a message came, and make the answer leave the
// same way: without them a broadcast leaves by the default route or not at all.
//
// Under load one system call takes, and one sends, up to maxBatch messages.
type udpSocket struct {
	conn   *net.UDPConn
	packet *ipv4.PacketConn // the same
	port   uint16
	ifaces []*Iface
	in     []ipv4.Message
	came   []datagram

	mu     sync.Mutex // guards what follows
	corked bool
	out    []datagram
}

// maxBatch bounds what is read before anything is answered.
const maxBatch = 64

// errNoArrival says that control messages are missing, as on Windows.
var errNoArrival = errors.New("this system does not tell by which interface a message came")

func (s *Server) listenUDP(port uint16) (*udpSocket, error) {
	conn, err := s.packetConn(netip.AddrPortFrom(netip.IPv4Unspecified(), port))
	if err != nil {
		return nil, err
	}
	u := &udpSocket{conn: conn, packet: ipv4.NewPacketConn(conn), port: port, ifaces: s.ifaces, in: make([]ipv4.Message, maxBatch)}
	if err := u.packet.SetControlMessage(ipv4.FlagDst|ipv4.FlagInterface, true); err != nil {
		_ = conn.Close()
		return nil, errNoArrival
	}
	for i := range u.in {
		u.in[i].Buffers = [][]byte{make([]byte, maxMessage)}
		u.in[i].OOB = ipv4.NewControlMessage(ipv4.FlagDst | ipv4.FlagInterface)
	}
	return u, nil
}

func (u *udpSocket) read() ([]datagram, error) {
	for {
		n, err := u.packet.ReadBatch(u.in, 0)
		if err != nil {
			return nil, err
		}
		u.came = u.came[:0]
		for _, m := range u.in[:n] {
			var cm ipv4.ControlMessage
			from, ok := m.Addr.(*net.UDPAddr)
			if !ok || cm.Parse(m.OOB[:m.NN]) != nil {
				continue
			}
			if i, local := arrival(u.ifaces, cm, from.AddrPort().Addr().Unmap()); i != nil {
				u.came = append(u.came, datagram{payload: m.Buffers[0][:m.N], remote: from.AddrPort(), local: netip.AddrPortFrom(local, u.port), iface: i})
			}
		}
		if len(u.came) > 0 {
			return u.came, nil
		}
	}
}

// arrival finds the served interface a message came by, nil for others, and the
// address of ours that it was for.
func arrival(ifaces []*Iface, cm ipv4.ControlMessage, from netip.Addr) (*Iface, netip.Addr) {
	for _, i := range ifaces {
		if i.Index == cm.IfIndex {
			dst, _ := netip.AddrFromSlice(cm.Dst.To4())
			return i, i.asked(dst, from)
		}
	}
	return nil, netip.Addr{}
}

func (u *udpSocket) write(d datagram) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.corked {
		u.out = append(u.out, d)
		return nil
	}
	_, err := u.packet.WriteBatch([]ipv4.Message{message(d)}, 0)
	return err
}

// message lets the routing table choose the way to an address of the network,
// and binds a broadcast, which has no route of its own, to its interface.
func message(d datagram) ipv4.Message {
	cm := ipv4.ControlMessage{Src: d.local.Addr().AsSlice()}
	if d.remote.Addr() == everyone {
		cm.IfIndex = d.iface.Index
	}
	return ipv4.Message{Buffers: [][]byte{d.payload}, OOB: cm.Marshal(), Addr: net.UDPAddrFromAddrPort(d.remote)}
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
	batch := make([]ipv4.Message, len(u.out))
	for i, d := range u.out {
		batch[i] = message(d)
	}
	for sent := 0; sent < len(batch); {
		n, err := u.packet.WriteBatch(batch[sent:], 0)
		sent += max(n, 0)
		if err != nil && sent < len(batch) {
			failed(u.out[sent], err)
			sent++ // the others go all the same
		}
	}
	clear(u.out) // no payload is kept
	u.out = u.out[:0]
}

func (u *udpSocket) SetReadDeadline(t time.Time) error { return u.conn.SetReadDeadline(t) }
func (u *udpSocket) Close() error                      { return u.conn.Close() }
