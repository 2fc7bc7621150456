package serve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
)

// openFiles opens the TFTP and HTTP ports on the served interfaces' own
// addresses: nobody else's network is served by accident.
func (s *Server) openFiles() error {
	for _, i := range s.ifaces {
		for _, a := range i.Addrs {
			if err := s.openFilesAt(a.Addr()); err != nil {
				return err
			}
		}
	}
	if s.inherited.everywhere(s.TFTPPort, "udp") {
		return nil // whoever wrote systemd's unit decides on IPv6
	}
	// After all of IPv4, which takes what systemd has opened.
	for _, i := range s.ifaces {
		for _, a := range i.Addrs6 {
			if err := s.openFilesAt(a); err != nil {
				s.note(fmt.Sprintf("no files at %s, which machines on IPv4 do not mind: %v", a, err))
				continue
			}
			i.served6 = append(i.served6, a)
		}
	}
	return nil
}

func (s *Server) openFilesAt(a netip.Addr) error {
	return errors.Join(s.openTFTPAt(a), s.openHTTPAt(a))
}

// openTFTPAt opens the TFTP port at an address, unless systemd has opened it at
// all of them.
func (s *Server) openTFTPAt(a netip.Addr) error {
	if s.inherited.everywhere(s.TFTPPort, "udp") {
		return nil
	}
	conn, err := s.packetConn(netip.AddrPortFrom(a, s.TFTPPort))
	if err == nil {
		s.udp = append(s.udp, conn)
	}
	return err
}

func (s *Server) openHTTPAt(a netip.Addr) error {
	if s.HTTPPort == 0 || s.inherited.everywhere(s.HTTPPort, "tcp") {
		return nil
	}
	l, err := s.listenTCP(netip.AddrPortFrom(a, s.HTTPPort))
	if err == nil {
		s.tcp = append(s.tcp, l)
	}
	return err
}

func (s *Server) listenTCP(at netip.AddrPort) (net.Listener, error) {
	if l := s.inherited.takeTCP(at); l != nil {
		return l, nil
	}
	c := listenConfig(at.Addr())
	return c.Listen(context.Background(), "tcp"+family(at.Addr()), at.String())
}

// packetConn is the socket that systemd has opened for this address, or a new
// one.
func (s *Server) packetConn(at netip.AddrPort) (*net.UDPConn, error) {
	return s.packetConnBy(listenConfig(at.Addr()), at)
}

// packetConnBy is packetConn where a new one is opened in a way of its own.
func (s *Server) packetConnBy(c net.ListenConfig, at netip.AddrPort) (*net.UDPConn, error) {
	if conn := s.inherited.takeUDP(at); conn != nil {
		return conn, nil
	}
	conn, err := c.ListenPacket(context.Background(), "udp"+family(at.Addr()), at.String())
	if err != nil {
		return nil, err
	}
	return conn.(*net.UDPConn), nil
}

func family(a netip.Addr) string {
	if a.Is4() {
		return "4"
	}
	return "6"
}

// listenConfig lets a socket have an IPv6 address that is not usable yet.
func listenConfig(a netip.Addr) net.ListenConfig {
	if a.Is4() {
		return net.ListenConfig{}
	}
	return net.ListenConfig{Control: bindEarly}
}
