package serve

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"pxekit/internal/proxydhcp"
	"pxekit/internal/rawnet"
)

// Lease is the addresses to give where a network has no DHCP server. Router and
// DNS may be the zero Addr.
type Lease struct{ Low, High, Router, DNS netip.Addr }

// What says that a network has a DHCP server already.
var (
	ErrOtherDHCP = errors.New("another DHCP server answers")
	ErrPortTaken = errors.New("another program on this host has port 67, where DHCP servers listen, so no addresses are given")
)

// arpWait is how long the owners of addresses have to answer.
const arpWait = time.Second

// openPool makes the pool, on the network of the one interface that has it.
func (s *Server) openPool() (err error) {
	if s.DHCP == nil {
		return nil
	}
	if len(s.ifaces) != 1 {
		return fmt.Errorf("addresses are given on one interface, not on %d", len(s.ifaces))
	}
	i, l := s.ifaces[0], s.DHCP
	network := i.Addrs[0]
	for _, p := range i.Addrs {
		if p.Contains(l.Low) {
			network = p
		}
	}
	s.pool, err = proxydhcp.NewPool(network, l.Low, l.High, l.Router, l.DNS)
	return err
}

// clearPool refuses to give addresses beside another DHCP server, and takes out
// of the pool what is in use: our own addresses, and those whose owners answer.
func (s *Server) clearPool(others []string) error {
	if s.pool == nil {
		return nil
	}
	i := s.ifaces[0]
	switch {
	case len(others) > 0:
		return fmt.Errorf("%w on %s: %s", ErrOtherDHCP, i.Name, strings.Join(others, ", "))
	case !s.hears():
		return fmt.Errorf("%w: %w", ErrDeaf, s.deaf)
	}
	used, err := rawnet.InUse(i.Interface, i.Addr(), s.pool.Addrs(), arpWait)
	if err != nil {
		return fmt.Errorf("cannot ask which addresses are in use: %w", err)
	}
	for _, a := range used {
		s.pool.Reserve(a)
		s.Log.Info(fmt.Sprintf("%s is in use and will not be given", a), "event", evStart, "address", a.String())
	}
	for _, p := range i.Addrs {
		s.pool.Reserve(p.Addr())
	}
	return nil
}
