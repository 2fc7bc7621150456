package proxydhcp

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"time"

	"pxekit/dhcpopts"
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

// Options of a lease (RFC 2132 sections 3 and 9).
const (
	optMask      = 1
	optRouter    = 3
	optDNS       = 6
	optBroadcast = 28
	optRequested = 50
	optLeaseTime = 51
)

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
// Addr.
func NewPool(network netip.Prefix, low, high, router, dns netip.Addr) (*Pool, error) {
	network = network.Masked()
	size := number(high) - number(low) + 1
	switch {
	case high.Less(low):
		return nil, fmt.Errorf("range %s-%s: the lower address comes first", low, high)
	case !network.Contains(low) || !network.Contains(high):
		return nil, fmt.Errorf("range %s-%s is not of the interface's network %s", low, high, network)
	case low == network.Addr() || high == broadcastOf(network):
		return nil, fmt.Errorf("range %s-%s has the network's own or its broadcast address", low, high)
	case size > MaxPool:
		return nil, fmt.Errorf("range %s-%s has %d addresses, the most is %d", low, high, size, MaxPool)
	}
	return &Pool{low: low, high: high, network: network, router: router, dns: dns, leases: map[netip.Addr]Grant{}, byMAC: map[string]netip.Addr{}}, nil
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

// lease decides about a message on port 67 where this server gives addresses.
// It never sends a NAK: a machine that asks for an address of elsewhere asks
// anew by itself.
func lease(now time.Time, e Event, client dhcpopts.Client, p Policy, m Machine) Decision {
	pool, mac := p.Pool, string(client.MAC)
	wanted, _ := netip.AddrFromSlice(value(e.Packet, optRequested))
	refused := p.Filter.refuses(client)
	switch {
	case refused != "":
		return silent(m, "%s: left alone, %s", describe(client), refused)
	case client.GIAddr.IsValid():
		return silent(m, "%s comes by a relay: addresses are given on this network alone", describe(client))
	case mac == "":
		return silent(m, "no hardware address to lease to")
	}
	switch client.Message {
	case dhcpopts.Discover:
		a, ok := pool.choose(now, mac, wanted)
		if !ok {
			return silent(m, "%s: no address is free", describe(client))
		}
		d := grant(e, client, p, m, dhcpopts.Offer, pool.hold(now, a, mac, now.Add(offerFor(client))))
		d.Machine = Machine{Strategy: Direct, Offered: now, Address: true, Elsewhere: d.Machine.Elsewhere}
		return d
	case dhcpopts.Request:
		if client.CIAddr.IsValid() {
			wanted = client.CIAddr // renewing (RFC 2131 table 4)
		}
		id := value(e.Packet, dhcpopts.OptServerID)
		ours := len(id) == 4 && netip.AddrFrom4([4]byte(id)) == e.Local
		if len(id) == 4 && !ours {
			return silent(m, "accepts an address of %s", chosen(e.Packet))
		}
		if !wanted.IsValid() {
			return silent(m, "%s asks for no address", describe(client))
		}
		if !pool.free(now, wanted, mac) && !(ours && pool.takes(now, wanted, mac)) {
			return silent(m, "%s asks for %s, which is not free here", describe(client), wanted)
		}
		m.Requested = true
		return grant(e, client, p, m, dhcpopts.Ack, Grant{wanted, mac, now.Add(leaseTime), true})
	case dhcpopts.Decline:
		if wanted.IsValid() && pool.byMAC[mac] == wanted {
			d := silent(m, "%s declines %s: somebody else uses it", describe(client), wanted)
			d.Grant = &Grant{Addr: wanted, Until: now.Add(declineTime)}
			return d
		}
	case dhcpopts.Release:
		if a := client.CIAddr; a.IsValid() && pool.byMAC[mac] == a {
			d := silent(m, "%s gives %s back", describe(client), a)
			d.Grant = &Grant{Addr: a, MAC: mac, Until: now}
			return d
		}
	}
	return silent(m, "message type %d asks for nothing", client.Message)
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

// offerFor is how long an offered address is kept. A Raspberry Pi's boot ROM uses
// it without a REQUEST (Raspberry Pi documentation, "Known problems").
func offerFor(c dhcpopts.Client) time.Duration {
	if isPi(c) {
		return leaseTime
	}
	return offerTime
}

// grant answers with an address, and with the boot file where a rule takes the
// machine: one message instead of a DHCP server's and a proxy's.
func grant(e Event, client dhcpopts.Client, p Policy, m Machine, kind uint8, g Grant) Decision {
	r := reply(e, client, kind)
	r.Header.YIAddr = g.Addr
	r.lease(p.Pool)
	d := Decision{Machine: m, Grant: &g, Step: fmt.Sprintf("given %s", g.Addr)}
	if c := p.caseOf(client); c != nil && boots(client) {
		d.Case, d.Machine.Elsewhere = c, elsewhere(e, c.Answer)
		r.direct(e, client, c.Answer)
		d.Step = fmt.Sprintf("given %s and %s (%s)", g.Addr, FileOf(c.Answer), c.Origin)
	}
	if kind == dhcpopts.Offer {
		d.Step = "offered" + d.Step[len("given"):] + r.wait()
	}
	d.Replies = []Reply{r}
	d.Why = describe(client) + ": " + d.Step
	return d
}

// lease adds the options of an address.
func (r *Reply) lease(p *Pool) {
	mask := uint32(0xffffffff) << (32 - p.network.Bits())
	r.add(optMask, binary.BigEndian.AppendUint32(nil, mask))
	for _, o := range []struct {
		code uint8
		addr netip.Addr
	}{{optRouter, p.router}, {optDNS, p.dns}, {optBroadcast, broadcastOf(p.network)}} {
		if o.addr.IsValid() {
			r.add(o.code, o.addr.AsSlice())
		}
	}
	r.add(optLeaseTime, binary.BigEndian.AppendUint32(nil, uint32(leaseTime.Seconds())))
}
