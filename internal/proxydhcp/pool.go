package proxydhcp

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"time"
)

// Times of leases. A bench is rewired often and its pool is small; an offer that
// nobody takes is free again soon.
const (
	leaseTime   = time.Hour
	offerTime   = time.Minute
	declineTime = time.Hour // an address that a client has found in use (RFC 2131 section 4.3.3)
)

// MaxPool is how many addresses a pool may have.
const MaxPool = 4096

// Pool gives out addresses where a network has no DHCP server. Deciding only
// reads it; the caller keeps it with [Pool.Apply].
type Pool struct {
	low, high   netip.Addr
	network     netip.Prefix
	router, dns netip.Addr // zero: not said
	leases      map[netip.Addr]Grant
	byMAC       map[string]netip.Addr
}

// Grant is an address and who has it until when.
type Grant struct {
	Addr  netip.Addr
	MAC   string // hardware address as octets; "" for one that must not be given
	Until time.Time
	Taken bool // the machine has accepted it: a lease and no mere offer
}

// NewPool makes a pool of the addresses low to high, which are of network and
// are neither its first nor its last address. router and dns may be the zero
// Addr; they are not given to machines. A router is of network too, as machines
// reach no other (RFC 2132 section 3.5).
func NewPool(network netip.Prefix, low, high, router, dns netip.Addr) (*Pool, error) {
	network = network.Masked()
	if text := faultOfRange(network, low, high); text != "" {
		return nil, &PoolError{Network: network, text: fmt.Sprintf("range %s-%s %s", low, high, text)}
	}
	switch fail := func(format string, args ...any) error { return &PoolError{network, true, fmt.Sprintf(format, args...)} }; {
	case router.IsValid() && !hosts(network, router):
		return nil, fail("router %s is no host of the interface's network %s: machines could not reach it", router, network)
	case dns.IsValid() && network.Contains(dns) && !hosts(network, dns):
		return nil, fail("DNS server %s is no host of the interface's network %s", dns, network)
	}
	p := &Pool{low: low, high: high, network: network, router: router, dns: dns, leases: map[netip.Addr]Grant{}, byMAC: map[string]netip.Addr{}}
	for _, a := range []netip.Addr{router, dns} {
		if a.IsValid() {
			p.Reserve(a)
		}
	}
	return p, nil
}

// faultOfRange says what is wrong with a range, "" when nothing is.
func faultOfRange(network netip.Prefix, low, high netip.Addr) string {
	switch size := number(high) - number(low) + 1; {
	case high.Less(low):
		return "is the wrong way round: the lower address comes first"
	case !network.Contains(low) || !network.Contains(high):
		return fmt.Sprintf("is not of the interface's network %s", network)
	case !hosts(network, low) || !hosts(network, high):
		return "has the network's own or its broadcast address"
	case size > MaxPool:
		return fmt.Sprintf("has %d addresses, the most is %d", size, MaxPool)
	}
	return ""
}

// PoolError says what cannot be given on a network.
type PoolError struct {
	Network   netip.Prefix
	Companion bool // it is the router or the DNS server, not the range
	text      string
}

func (e *PoolError) Error() string { return e.text }

// Example is a range that the network has: its last hundred hosts.
func (e *PoolError) Example() string {
	high := broadcastOf(e.Network).Prev()
	low := high
	for i := 1; i < 100 && hosts(e.Network, low.Prev()); i++ {
		low = low.Prev()
	}
	return fmt.Sprintf("%s-%s", low, high)
}

// hosts reports whether an address may be a host's in a network.
func hosts(network netip.Prefix, a netip.Addr) bool {
	return network.Contains(a) && a != network.Addr() && a != broadcastOf(network)
}

func number(a netip.Addr) uint32 {
	b := a.As4()
	return binary.BigEndian.Uint32(b[:])
}

func broadcastOf(p netip.Prefix) netip.Addr {
	n := number(p.Addr()) | (1<<(32-p.Bits()) - 1)
	return netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, n)))
}

// Addrs lists the addresses of the range.
func (p *Pool) Addrs() (all []netip.Addr) {
	for a := p.low; ; a = a.Next() {
		all = append(all, a)
		if a == p.high {
			return all
		}
	}
}

// Reserve takes an address out for good: somebody uses it.
func (p *Pool) Reserve(a netip.Addr) { p.leases[a] = Grant{Addr: a, Until: time.Unix(1<<40, 0)} }

// Apply keeps what was granted. A machine has one address: with a lease it gives
// up the one it had, whereas a mere offer ends no lease.
func (p *Pool) Apply(g Grant) {
	if old, ok := p.leases[g.Addr]; ok && p.byMAC[old.MAC] == g.Addr {
		delete(p.byMAC, old.MAC)
	}
	p.leases[g.Addr] = g
	if g.MAC == "" {
		return
	}
	if earlier := p.leases[p.byMAC[g.MAC]]; earlier.MAC == g.MAC {
		if earlier.Taken && !g.Taken {
			return
		}
		p.leases[earlier.Addr] = Grant{Addr: earlier.Addr, MAC: g.MAC} // over, and no first choice for others
	}
	p.byMAC[g.MAC] = g.Addr
}

// free reports whether a machine may have an address.
func (p *Pool) free(now time.Time, a netip.Addr, mac string) bool {
	if a.Less(p.low) || p.high.Less(a) {
		return false
	}
	g, taken := p.leases[a]
	return !taken || g.MAC == mac || now.After(g.Until)
}

// takes reports whether a machine may accept an address that it was offered. It
// may although the address was offered to another since, who has not accepted.
func (p *Pool) takes(now time.Time, a netip.Addr, mac string) bool {
	g, ok := p.leases[a]
	return p.free(now, a, mac) || ok && g.MAC != "" && !g.Taken
}

// choose finds an address for a machine: the one it had, the one it asks for,
// the first that nobody ever had, the first whose lease is over. Last comes the
// oldest offer that nobody has accepted: a storm of requests from made-up
// machines then uses up no pool.
func (p *Pool) choose(now time.Time, mac string, wanted netip.Addr) (netip.Addr, bool) {
	if a, ok := p.byMAC[mac]; ok && p.free(now, a, mac) {
		return a, true
	}
	if wanted.IsValid() && p.free(now, wanted, mac) {
		return wanted, true
	}
	var over, offered netip.Addr
	for a := p.low; !p.high.Less(a); a = a.Next() {
		g, ever := p.leases[a]
		switch {
		case !ever:
			return a, true
		case p.free(now, a, mac):
			if !over.IsValid() {
				over = a
			}
		case g.MAC != "" && !g.Taken && (!offered.IsValid() || g.Until.Before(p.leases[offered].Until)):
			offered = a
		}
	}
	if !over.IsValid() {
		over = offered
	}
	return over, over.IsValid()
}

// hold keeps an address for a machine until a time, or until its lease of it is
// over: an offer that is not taken ends no lease.
func (p *Pool) hold(now time.Time, a netip.Addr, mac string, until time.Time) Grant {
	old := p.leases[a]
	g := Grant{Addr: a, MAC: mac, Until: until, Taken: old.Taken && old.MAC == mac && old.Until.After(now)}
	if old.MAC == mac && old.Until.After(until) {
		g.Until = old.Until
	}
	return g
}
