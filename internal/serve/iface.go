package serve

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"slices"
)

// Iface is a network interface that is served.
type Iface struct {
	*net.Interface
	Addrs []netip.Prefix // IPv4, the first is the one that answers come from
}

// FindIface looks an interface up by name. One without an IPv4 address is an
// error: machines could not fetch anything from it.
func FindIface(name string) (Iface, error) {
	found, err := net.InterfaceByName(name)
	if err != nil {
		return Iface{}, fmt.Errorf("interface %q: %w", name, err)
	}
	i := Iface{Interface: found}
	addrs, err := found.Addrs()
	if err != nil {
		return Iface{}, fmt.Errorf("addresses of %q: %w", name, err)
	}
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() {
			i.Addrs = append(i.Addrs, p)
		}
	}
	if len(i.Addrs) == 0 {
		return Iface{}, fmt.Errorf("interface %q has no IPv4 address", name)
	}
	return i, nil
}

// Addr is the address that broadcasts are answered from.
func (i *Iface) Addr() netip.Addr { return i.Addrs[0].Addr() }

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
