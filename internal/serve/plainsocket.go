package serve

import (
	"net"
	"net/netip"
	"time"
)

// plainSocket is a UDP socket at one interface's own address, for systems
// without control messages. Windows gives it the broadcasts of its network, and
// sends its broadcasts there.
type plainSocket struct {
	conn  *net.UDPConn
	iface *Iface
	local netip.AddrPort
	buf   []byte
}

// listenEach opens a port at the first address of each interface.
func (s *Server) listenEach(port uint16) (sockets []socket, err error) {
	for _, i := range s.ifaces {
		at := netip.AddrPortFrom(i.Addr(), port)
		conn, err := s.packetConn(at)
		if err != nil {
			closeAll(sockets)
			return nil, err
		}
		sockets = append(sockets, &plainSocket{conn, i, at, make([]byte, maxMessage)})
	}
	return sockets, nil
}

func (p *plainSocket) read() ([]datagram, error) {
	n, from, err := p.conn.ReadFromUDPAddrPort(p.buf)
	return []datagram{{payload: p.buf[:n], remote: from, local: p.local, iface: p.iface}}, err
}

func (p *plainSocket) write(d datagram) error {
	_, err := p.conn.WriteToUDPAddrPort(d.payload, d.remote)
	return err
}

func (p *plainSocket) SetReadDeadline(t time.Time) error { return p.conn.SetReadDeadline(t) }
func (p *plainSocket) Close() error                      { return p.conn.Close() }
