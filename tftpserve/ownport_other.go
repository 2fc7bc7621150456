//go:build !linux

package tftpserve

import (
	"net"
	"time"
)

// ownPort is a connected socket.
type ownPort struct {
	conn  *net.UDPConn
	frame []byte
}

func newOwnPort(conn *net.UDPConn) link { return &ownPort{conn: conn} }

func (p *ownPort) read(buf []byte, deadline time.Time) (int, error) {
	if err := p.conn.SetReadDeadline(deadline); err != nil {
		return 0, err
	}
	return p.conn.Read(buf)
}

func (p *ownPort) write(b []byte) error {
	_, err := p.conn.Write(b)
	return err
}

func (p *ownPort) close() { _ = p.conn.Close() }

func (p *ownPort) window(parts [][]byte, _ int) error { return eachPacket(parts, &p.frame, p.write) }
