package serve

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
)

// Iface is a network interface that is served.
type Iface struct {
	*net.Interface
	Addrs []netip.Prefix // IPv4, the first is the one that answers come from
	// Addrs6 are the IPv6 addresses, those of the link with their zone. Files are
	// served there too; DHCP is IPv4.
	Addrs6  []netip.Addr
	served6 []netip.Addr // those of them that could be opened
}

// What an interface may lack.
var (
	ErrNoInterface = errors.New("no such network interface")
	ErrDown        = errors.New("the interface is down")
	ErrNoAddress   = errors.New("the interface has no IPv4 address") // machines could not fetch anything from it
)

// FindIface looks an interface up by name. The error is one of those above.
func FindIface(name string) (Iface, error) {
	found, err := net.InterfaceByName(name)
	if err != nil {
		return Iface{}, fmt.Errorf("%q: %w", name, ErrNoInterface)
	}
	i := Iface{Interface: found}
	addrs, err := found.Addrs()
	if err != nil {
		return Iface{}, fmt.Errorf("addresses of %q: %w", name, err)
	}
	for _, a := range addrs {
		p, err := netip.ParsePrefix(a.String())
		switch {
		case err != nil:
		case p.Addr().Is4():
			i.Addrs = append(i.Addrs, p)
		case p.Addr().IsLinkLocalUnicast():
			i.Addrs6 = append(i.Addrs6, p.Addr().WithZone(name))
		default:
			i.Addrs6 = append(i.Addrs6, p.Addr())
		}
	}
	switch {
	case found.Flags&net.FlagUp == 0:
		return Iface{}, fmt.Errorf("%q: %w", name, ErrDown)
	case len(i.Addrs) == 0:
		return Iface{}, fmt.Errorf("%q: %w", name, ErrNoAddress)
	}
	return i, nil
}

// Addr is the address that broadcasts are answered from.
func (i *Iface) Addr() netip.Addr { return i.Addrs[0].Addr() }

// asked is the address of ours that a message is for: what it was sent to, or
// for a broadcast the one on its sender's network, else the first.
func (i *Iface) asked(dst, from netip.Addr) netip.Addr {
	if i.owns(dst) {
		return dst
	}
	for _, p := range i.Addrs {
		if p.Contains(from) {
			return p.Addr()
		}
	}
	return i.Addr()
}

// owns reports whether an address is one of the interface's.
func (i *Iface) owns(a netip.Addr) bool {
	return slices.ContainsFunc(i.Addrs, func(p netip.Prefix) bool { return p.Addr() == a })
}

// broadcasts reports whether an address is the broadcast address of one of the
// interface's networks.
func (i *Iface) broadcasts(a netip.Addr) bool {
	return slices.ContainsFunc(i.Addrs, func(p netip.Prefix) bool { return a.Is4() && lastOf(p) == a })
}

// lastOf is the highest address of an IPv4 network.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().As4()
	n := binary.BigEndian.Uint32(b[:]) | (1<<(32-p.Bits()) - 1)
	binary.BigEndian.PutUint32(b[:], n)
	return netip.AddrFrom4(b)
}
