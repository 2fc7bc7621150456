package proxydhcp

import (
	"encoding/hex"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

var bench = netip.MustParsePrefix("10.99.0.2/24")

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

// withPool is a plan on a network without a DHCP server, three addresses wide.
func withPool(t *testing.T) Policy {
	t.Helper()
	pool, err := NewPool(bench, addr("10.99.0.100"), addr("10.99.0.102"), addr("10.99.0.1"), addr("10.99.0.53"))
	require.NoError(t, err)
	p := thePlan(Auto)
	p.Pool = pool
	return p
}

func withMAC(c dhcpopts.Client, last byte) dhcpopts.Client {
	c.MAC = []byte{2, 0, 0, 0, 0, last}
	return c
}

// taking is the REQUEST for an address of ours.
func taking(c dhcpopts.Client, a string) dhcpopts.Client {
	return with(c, dhcpopts.Request, dhcpopts.Option{Code: optRequested, Data: addr(a).AsSlice()}, dhcpopts.Option{Code: dhcpopts.OptServerID, Data: local.AsSlice()})
}

// decided is a decision with what it grants kept.
func decided(p Policy, at time.Time, c dhcpopts.Client) Decision {
	d := Decide(at, event(c, 67), p, Machine{}, "")
	if d.Grant != nil {
		p.Pool.Apply(*d.Grant)
	}
	return d
}

// One message gives the address and the boot file.
func TestLease(t *testing.T) {
	p, x64 := withPool(t), dhcpopts.Firmware(dhcpopts.EFIX64)
	offer, to := sent(t, decided(p, now, x64))
	require.Equal(t, everyone, to)
	require.Equal(t, "10.99.0.100", offer.YIAddr.String())
	require.Equal(t, uint8(dhcpopts.Offer), offer.MessageType())
	require.Equal(t, "bootx64.efi", string(offer.FileName()))
	for code, want := range map[uint8]string{
		optMask: "ffffff00", optRouter: "0a630001", optDNS: "0a630035", optBroadcast: "0a6300ff", optLeaseTime: "00000e10",
		dhcpopts.OptServerID: "0a630002", dhcpopts.OptVendor: "060108ff",
	} {
		require.Equal(t, want, hex.EncodeToString(value(offer, code)), "option %d", code)
	}
	require.Equal(t, "PXEClient", text(offer, dhcpopts.OptClass))

	d := decided(p, now, taking(x64, "10.99.0.100"))
	require.Equal(t, "UEFI x64: given 10.99.0.100 and bootx64.efi (rule 2)", d.Why)
	ack, _ := sent(t, d)
	require.Equal(t, uint8(dhcpopts.Ack), ack.MessageType())
	require.Equal(t, "10.99.0.100", ack.YIAddr.String())
	require.Equal(t, now.Add(leaseTime), d.Grant.Until)

	// A computer that does not boot from the network gets an address alone.
	laptop, _ := sent(t, decided(p, now, withMAC(dhcpopts.Laptop(), 2)))
	require.Equal(t, "10.99.0.101", laptop.YIAddr.String())
	require.Empty(t, laptop.FileName())
	require.Empty(t, text(laptop, dhcpopts.OptClass)+text(laptop, dhcpopts.OptBootFile)+text(laptop, dhcpopts.OptVendor))

	// HTTP boot gets its URL.
	web, _ := sent(t, decided(p, now, withMAC(dhcpopts.Firmware(dhcpopts.HTTPX64), 3)))
	require.Equal(t, "HTTPClient", text(web, dhcpopts.OptClass))
	require.Equal(t, "http://10.99.0.2/bootx64.efi", text(web, dhcpopts.OptBootFile))
}

func TestPoolKeepsAddressesApart(t *testing.T) {
	p, x64 := withPool(t), dhcpopts.Firmware(dhcpopts.EFIX64)
	offered := func(at time.Time, c dhcpopts.Client) string {
		d := decided(p, at, c)
		if d.Replies == nil {
			return d.Why
		}
		return d.Replies[0].Header.YIAddr.String()
	}
	p.Pool.Reserve(addr("10.99.0.100"))
	require.Equal(t, "10.99.0.101", offered(now, withMAC(x64, 1)), "in use are skipped")
	require.Equal(t, "10.99.0.101", offered(now, withMAC(x64, 1)), "a machine keeps its address")
	require.Equal(t, "10.99.0.102", offered(now, withMAC(x64, 2)))
	require.Equal(t, "10.99.0.101", offered(now.Add(offerTime+1), withMAC(x64, 3)), "an offer that nobody took is over")
	require.Equal(t, "UEFI x64 asks for 10.1.1.1, which is not free here", offered(now, taking(withMAC(x64, 1), "10.1.1.1")), "never a NAK")

	later := now.Add(2 * offerTime)
	require.Equal(t, "10.99.0.101", offered(later, taking(withMAC(x64, 3), "10.99.0.101")))
	require.Equal(t, "UEFI x64 asks for 10.99.0.101, which is not free here", offered(later, taking(withMAC(x64, 1), "10.99.0.101")))
	declined := with(withMAC(x64, 3), dhcpopts.Decline, dhcpopts.Option{Code: optRequested, Data: addr("10.99.0.101").AsSlice()})
	require.Empty(t, decided(p, later, declined).Replies)
	require.Equal(t, "10.99.0.102", offered(later.Add(time.Second), withMAC(x64, 3)), "a declined address is not given again")
	require.Equal(t, "10.99.0.101", offered(later.Add(declineTime+time.Minute), withMAC(x64, 4)))

	released := at(with(withMAC(x64, 4), dhcpopts.Release), addr("10.99.0.101"))
	end := later.Add(declineTime + time.Minute)
	require.Empty(t, decided(p, end, released).Replies)
	require.Equal(t, "10.99.0.101", offered(end.Add(1), taking(withMAC(x64, 5), "10.99.0.101")))
	renew := at(with(withMAC(x64, 5), dhcpopts.Request), addr("10.99.0.101"))
	ack, to := sent(t, decided(p, end.Add(2), renew))
	require.Equal(t, "10.99.0.101", ack.YIAddr.String())
	require.Equal(t, "10.99.0.101:68", to)
}

// A machine that asks again and takes another server's offer, or none, keeps the
// lease it has.
func TestPoolOfferEndsNoLease(t *testing.T) {
	p, x64 := withPool(t), dhcpopts.Firmware(dhcpopts.EFIX64)
	decided(p, now, taking(withMAC(x64, 1), "10.99.0.100"))
	decided(p, now.Add(time.Minute), withMAC(x64, 1))
	later := now.Add(leaseTime - 1)
	require.Empty(t, decided(p, later, taking(withMAC(x64, 2), "10.99.0.100")).Replies)
	require.NotEmpty(t, decided(p, later, taking(withMAC(x64, 1), "10.99.0.100")).Replies)
}

// A machine that moves to another address leaves the first to others; an offer
// of another leaves it the lease that it has.
func TestPoolMoves(t *testing.T) {
	p, x64 := withPool(t), dhcpopts.Firmware(dhcpopts.EFIX64)
	first, second := addr("10.99.0.100"), addr("10.99.0.101")
	decided(p, now, taking(withMAC(x64, 1), first.String()))
	p.Pool.Apply(Grant{Addr: second, MAC: string(withMAC(x64, 1).MAC), Until: now.Add(offerTime)})
	require.Contains(t, decided(p, now, taking(withMAC(x64, 2), first.String())).Why, "is not free here")
	kept, _ := sent(t, decided(p, now, withMAC(x64, 1)))
	require.Equal(t, first, kept.YIAddr)

	decided(p, now, taking(withMAC(x64, 1), second.String()))
	moved, _ := sent(t, decided(p, now, withMAC(x64, 1)))
	require.Equal(t, second, moved.YIAddr)
	require.NotEmpty(t, decided(p, now, taking(withMAC(x64, 2), first.String())).Replies)
	require.Contains(t, decided(p, now, taking(withMAC(x64, 3), second.String())).Why, "is not free here")
	still, _ := sent(t, decided(p, now, withMAC(x64, 1)))
	require.Equal(t, second, still.YIAddr, "who has the first now takes nothing from it")

	p.Pool.Reserve(second)
	decided(p, now, taking(withMAC(x64, 1), "10.99.0.102"))
	require.Contains(t, decided(p, now, taking(withMAC(x64, 4), second.String())).Why, "is not free here", "it stays reserved")
	require.Equal(t, "UEFI x64 asks for no address", decided(p, now, with(x64, dhcpopts.Request)).Why)
}

// Machines that are not to be answered get no address either.
func TestPoolFilters(t *testing.T) {
	p := withPool(t)
	p.Filter = Filter{Deny: []Selector{{Text: "02:00:00:00:00:01", MAC: []byte{2, 0, 0, 0, 0, 1}}}}
	d := decided(p, now, withMAC(dhcpopts.Laptop(), 1))
	require.Empty(t, d.Replies)
	require.Nil(t, d.Grant)
	require.Equal(t, "no boot client: left alone, denied by 02:00:00:00:00:01", d.Why)
	require.NotEmpty(t, decided(p, now, withMAC(dhcpopts.Laptop(), 2)).Replies)
}

func TestPoolIsNotForEveryone(t *testing.T) {
	p, x64 := withPool(t), dhcpopts.Firmware(dhcpopts.EFIX64)
	relayed := x64
	relayed.GIAddr = addr("10.88.0.1")
	elsewhere := with(x64, dhcpopts.Request, dhcpopts.Option{Code: optRequested, Data: addr("10.99.0.100").AsSlice()}, dhcpopts.Option{Code: dhcpopts.OptServerID, Data: other1.AsSlice()})
	inform := at(with(x64, dhcpopts.Inform), leased)
	for _, c := range []dhcpopts.Client{relayed, elsewhere, inform, withMAC(with(x64, dhcpopts.Release), 9), withMAC(with(x64, dhcpopts.Decline), 9)} {
		d := decided(p, now, c)
		require.Empty(t, d.Replies, d.Why)
		require.Nil(t, d.Grant, d.Why)
	}
	// Boot server discovery is no affair of the pool.
	item := dhcpopts.Option{Code: dhcpopts.OptVendor, Data: dhcpopts.EncodePXE(dhcpopts.PXE{Item: &dhcpopts.BootItem{}})}
	d := decided(p, now, at(with(x64, dhcpopts.Request, item), leased))
	require.Nil(t, d.Grant)
	require.Len(t, d.Replies, 1)
}

func TestNewPool(t *testing.T) {
	for _, c := range []struct{ low, high, says string }{
		{"10.99.0.9", "10.99.0.8", "the lower address comes first"},
		{"10.98.0.1", "10.99.0.8", "is not of the interface's network 10.99.0.0/24"},
		{"10.99.0.0", "10.99.0.8", "the network's own or its broadcast address"},
		{"10.99.0.1", "10.99.0.255", "the network's own or its broadcast address"},
	} {
		_, err := NewPool(bench, addr(c.low), addr(c.high), netip.Addr{}, netip.Addr{})
		require.ErrorContains(t, err, c.says)
	}
	_, err := NewPool(netip.MustParsePrefix("10.0.0.0/8"), addr("10.0.0.1"), addr("10.0.16.1"), netip.Addr{}, netip.Addr{})
	require.ErrorContains(t, err, "has 4097 addresses, the most is 4096")
	for network, want := range map[string]string{"10.99.0.0/24": "10.99.0.155-10.99.0.254", "10.99.0.8/29": "10.99.0.9-10.99.0.14", "10.0.0.0/8": "10.255.255.155-10.255.255.254"} {
		require.Equal(t, want, (&PoolError{Network: netip.MustParsePrefix(network)}).Example())
	}
	pool, err := NewPool(bench, addr("10.99.0.1"), addr("10.99.0.1"), netip.Addr{}, netip.Addr{})
	require.NoError(t, err)
	require.Equal(t, []netip.Addr{addr("10.99.0.1")}, pool.Addrs())
}

// Machines reach a router of their own network alone; a DNS server may be
// anywhere. Neither's address is given away.
func TestPoolRouterAndDNS(t *testing.T) {
	for _, c := range []struct{ router, dns, says string }{
		{"10.99.0.1", "10.99.0.53", ""},
		{"10.99.0.101", "10.99.0.102", ""},
		{"", "8.8.8.8", ""},
		{"10.98.0.1", "", "router 10.98.0.1 is no host of the interface's network 10.99.0.0/24: machines could not reach it"},
		{"10.99.0.255", "", "router 10.99.0.255 is no host of"},
		{"10.99.0.0", "", "router 10.99.0.0 is no host of"},
		{"", "10.99.0.255", "DNS server 10.99.0.255 is no host of the interface's network 10.99.0.0/24"},
	} {
		router, _ := netip.ParseAddr(c.router)
		dns, _ := netip.ParseAddr(c.dns)
		pool, err := NewPool(bench, addr("10.99.0.100"), addr("10.99.0.103"), router, dns)
		if c.says != "" {
			require.ErrorContains(t, err, c.says)
			continue
		}
		require.NoError(t, err)
		p := thePlan(Auto)
		p.Pool = pool
		for last := byte(1); last <= 4; last++ {
			for _, wanted := range []string{c.router, c.dns} {
				client := withMAC(dhcpopts.Firmware(dhcpopts.EFIX64), last)
				if a, err := netip.ParseAddr(wanted); err == nil {
					client.Options = append(client.Options, dhcpopts.Option{Code: optRequested, Data: a.AsSlice()})
				}
				for _, r := range decided(p, now, client).Replies {
					require.NotContains(t, []netip.Addr{router, dns}, r.Header.YIAddr)
				}
			}
		}
	}
}

// A storm of made-up machines takes no address from one that is there: the
// oldest offer makes room, whoever was offered an address may still accept it,
// and a lease is nobody else's.
func TestPoolStorm(t *testing.T) {
	p, x64 := withPool(t), dhcpopts.Firmware(dhcpopts.EFIX64)
	storm := func(n int) {
		for i := range n {
			c := x64
			c.MAC = []byte{0x66, 0, 0, byte(i >> 16), byte(i >> 8), byte(i)}
			_, _ = sent(t, decided(p, now, c))
		}
	}
	for last := byte(1); last <= 3; last++ {
		storm(1000)
		honest := withMAC(x64, last)
		offer, _ := sent(t, decided(p, now, honest))
		a := offer.YIAddr.String()
		storm(1000)
		ack, _ := sent(t, decided(p, now, taking(honest, a)))
		require.Equal(t, a, ack.YIAddr.String())
		if last == 1 {
			require.Contains(t, decided(p, now, taking(withMAC(x64, 9), a)).Why, "is not free here", "a lease")
		}
	}
	require.Contains(t, decided(p, now, withMAC(x64, 9)).Why, "no address is free", "three leases")

	// Whoever names no server was offered nothing just now, and gets no other's.
	later := now.Add(leaseTime + time.Second)
	offer, _ := sent(t, decided(p, later, withMAC(x64, 8)))
	init := with(withMAC(x64, 9), dhcpopts.Request, dhcpopts.Option{Code: optRequested, Data: offer.YIAddr.AsSlice()})
	require.Contains(t, decided(p, later, init).Why, "is not free here")
}
