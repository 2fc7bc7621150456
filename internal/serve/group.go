package serve

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"syscall"

	"golang.org/x/net/ipv4"

	"pxekit/dhcpopts/plan"
	"pxekit/internal/proxydhcp"
)

// joinGroups makes the kernel hand over what machines send to the groups by
// which the plan lets them look for boot servers (PXE 2.1, sub-option 7). What a
// former plan has joined stays joined.
func (s *Server) joinGroups() {
	for _, group := range s.groups {
		for _, k := range s.dhcp {
			if err := joinGroup(k, group); err != nil {
				s.Log.Warn(fmt.Sprintf("boot server discovery by multicast to %s is not heard: %v", group, err), "event", evStart, "error", err.Error())
			}
		}
	}
}

func groupsOf(p *plan.Plan) (groups []netip.Addr) {
	for _, r := range slices.Concat(p.Hosts, p.Rules) {
		if r.PXE != nil && r.PXE.Multicast.IsValid() && !slices.Contains(groups, r.PXE.Multicast) {
			groups = append(groups, r.PXE.Multicast)
		}
	}
	return groups
}

// joinGroup joins on the socket of port 4011, to which discovery goes.
func joinGroup(k socket, group netip.Addr) error {
	switch k := k.(type) {
	case *udpSocket:
		if k.port == proxydhcp.BINLPort {
			return joinAt(k.conn, k.ifaces, group)
		}
	case *plainSocket:
		if k.local.Port() == proxydhcp.BINLPort {
			return joinAt(k.conn, []*Iface{k.iface}, group)
		}
	case *rawSocket:
		if slices.Contains(k.ports, proxydhcp.BINLPort) {
			return errors.New("another program on this host has port 4011")
		}
	}
	return nil
}

func joinAt(conn *net.UDPConn, ifaces []*Iface, group netip.Addr) error {
	for _, i := range ifaces {
		err := ipv4.NewPacketConn(conn).JoinGroup(i.Interface, net.UDPAddrFromAddrPort(netip.AddrPortFrom(group, 0)))
		if err != nil && !errors.Is(err, syscall.EADDRINUSE) { // joined by an earlier plan
			return fmt.Errorf("%s: %w", i.Name, err)
		}
	}
	return nil
}
