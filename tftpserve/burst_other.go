//go:build !linux

package tftpserve

import "net"

// burst sends a window packet by packet.
type burst struct{ conn *net.UDPConn }

func newBurst(conn *net.UDPConn) burst { return burst{conn} }

func (s *burst) send(b []byte, size int) error {
	return each(b, size, s.write)
}

func (s *burst) read(b []byte) (int, error) { return s.conn.Read(b) }

func (s *burst) write(b []byte) error {
	_, err := s.conn.Write(b)
	return err
}

// allowFragments leaves the choice to the system.
func allowFragments(*net.UDPConn) {}
