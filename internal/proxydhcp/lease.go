package proxydhcp

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"time"

	"pxekit/dhcpopts"
)

// Options of a lease (RFC 2132 sections 3 and 9).
const (
	optMask      = 1
	optRouter    = 3
	optDNS       = 6
	optBroadcast = 28
	optRequested = 50
	optLeaseTime = 51
)

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
		d.Step = fmt.Sprintf("given %s and %s (%s)", g.Addr, Gives(c.Answer), c.Origin)
	}
	if kind == dhcpopts.Offer {
		d.Step = "offered" + d.Step[len("given"):] + r.wait()
	}
	d.Replies = []Reply{r}
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
