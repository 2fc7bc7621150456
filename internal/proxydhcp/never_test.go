package proxydhcp

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// What holds for every message: who is never answered, and what every answer is.
func TestEveryAnswer(t *testing.T) {
	laptop, silentClass := dhcpopts.Laptop(), dhcpopts.Firmware(dhcpopts.EFIX64)
	silentClass.VendorClass = nil
	clients := []dhcpopts.Client{laptop, silentClass, pi3, pi4}
	for _, a := range []dhcpopts.Arch{dhcpopts.BIOS, dhcpopts.EFIIA32, dhcpopts.EFIX64, dhcpopts.EFIBC, dhcpopts.EFIARM64, dhcpopts.HTTPX64, dhcpopts.HTTPARM64, 999} {
		clients = append(clients, dhcpopts.Firmware(a), dhcpopts.Firmware(a).WithIPXE())
	}
	policies := map[Strategy]Policy{Auto: thePlan(Auto), Direct: thePlan(Direct), BINL: thePlan(BINL)}
	answers := 0
	for _, client := range clients {
		for _, w := range wires() {
			for _, policy := range policies {
				for kind := dhcpopts.Discover; kind <= dhcpopts.Inform+1; kind++ {
					e := w.of(client, uint8(kind))
					d := Decide(now, e, policy, Machine{Address: true, Strategy: Direct, Offered: now}, "")
					if len(d.Replies) == 0 && d.Why != "" {
						continue
					}
					answers++
					mayAnswer(t, w, e, client)
					wellFormed(t, e, client, d)
				}
			}
		}
	}
	require.Greater(t, answers, 1000)
}

// wire is how a message comes, and what it carries beside its client's options.
type wire struct {
	port          uint16
	server        netip.Addr // option 54; zero: none
	item, relayed bool
	ciaddr        bool
}

func wires() (all []wire) {
	for _, port := range []uint16{67, 4011, 68} {
		for _, server := range []netip.Addr{{}, local, other1} {
			for bits := range 8 {
				all = append(all, wire{port, server, bits&1 != 0, bits&2 != 0, bits&4 != 0})
			}
		}
	}
	return all
}

func (w wire) of(c dhcpopts.Client, kind uint8) Event {
	c.Options = append([]dhcpopts.Option(nil), c.Options...)
	add := func(code uint8, data []byte) { c = with(c, kind, dhcpopts.Option{Code: code, Data: data}) }
	if w.server.IsValid() {
		add(dhcpopts.OptServerID, w.server.AsSlice())
	}
	if w.item {
		add(dhcpopts.OptVendor, dhcpopts.EncodePXE(dhcpopts.PXE{Item: &dhcpopts.BootItem{Type: 7}}))
	}
	if w.relayed {
		c.GIAddr = netip.MustParseAddr("10.88.0.1")
		add(dhcpopts.OptRelayAgent, []byte("\x01\x02ab"))
	}
	if w.ciaddr {
		c.CIAddr = leased
	}
	c.Message = kind
	return event(c, w.port)
}

// mayAnswer holds an answer against the list of what is never answered.
func mayAnswer(t *testing.T, w wire, e Event, c dhcpopts.Client) {
	t.Helper()
	kind := e.Packet.MessageType()
	require.Contains(t, []uint8{dhcpopts.Discover, dhcpopts.Request}, kind, "INFORM and the rest are the DHCP server's")
	require.NotEqual(t, uint16(68), e.Port)
	require.True(t, strings.HasPrefix(string(c.VendorClass), "PXEClient") || strings.HasPrefix(string(c.VendorClass), "HTTPClient"))
	if kind == dhcpopts.Request && e.Port == 67 {
		require.True(t, w.item, "a REQUEST for an address, of whatever server, is not ours")
	}
}

// wellFormed holds an answer against what all answers have in common.
func wellFormed(t *testing.T, e Event, c dhcpopts.Client, d Decision) {
	t.Helper()
	p, to := sent(t, d)
	kinds := map[uint8]uint8{dhcpopts.Discover: dhcpopts.Offer, dhcpopts.Request: dhcpopts.Ack}
	require.Equal(t, kinds[e.Packet.MessageType()], p.MessageType(), "what its sender waits for, never a NAK")
	require.True(t, p.YIAddr.IsUnspecified())
	if held := e.Packet.CIAddr; p.MessageType() == dhcpopts.Ack {
		require.Equal(t, held, p.CIAddr)
	} else {
		require.True(t, p.CIAddr.IsUnspecified(), "RFC 2131 table 3")
	}
	require.Equal(t, e.Packet.XID, p.XID)
	require.Equal(t, e.Packet.CHAddr, p.CHAddr)
	require.Equal(t, local.AsSlice(), value(p, 54))
	require.Equal(t, string(c.MachineID), text(p, 97))
	require.Equal(t, text(e.Packet, 82), text(p, 82))
	require.Equal(t, strings.HasPrefix(string(c.VendorClass), "HTTP"), text(p, 60) == "HTTPClient")
	b, err := d.Replies[0].Bytes()
	require.NoError(t, err)
	require.LessOrEqual(t, len(b), 1472)
	last := p.Options[len(p.Options)-1]
	if file, ok := p.Get(67); ok && last.Code != 67 {
		require.True(t, strings.HasSuffix(string(file), "\x00") || last.Code == 82 && p.Options[len(p.Options)-2].Code == 67)
	}
	switch {
	case !e.Packet.GIAddr.IsUnspecified():
		require.Equal(t, "10.88.0.1:67", to)
	case e.Port == 4011 && !e.From.Addr().IsUnspecified():
		require.Equal(t, e.From.String(), to)
	case !e.Packet.CIAddr.IsUnspecified():
		require.Equal(t, "10.99.0.50:68", to)
	default:
		require.Equal(t, everyone, to)
	}
}

// iPXE asks port 4011 from port 68, and some with xid 0: both get their answer.
func TestIPXEAsks(t *testing.T) {
	e := event(at(with(dhcpopts.Firmware(dhcpopts.BIOS), dhcpopts.Request), leased), 4011)
	e.From = netip.AddrPortFrom(leased, 68)
	e.Packet.XID = 0
	p, to := sent(t, Decide(now, e, thePlan(Auto), Machine{}, ""))
	require.Equal(t, "10.99.0.50:68", to)
	require.Zero(t, p.XID)
	require.Equal(t, leased, p.CIAddr)
}

// edk2 says 65280 in its REQUEST; nothing on its way there takes that.
func TestLimitIsCapped(t *testing.T) {
	for says, want := range map[uint16]int{0: 548, 300: 548, 576: 548, 1472: 1444, 1500: 1472, 0xff00: 1472} {
		c := dhcpopts.Firmware(dhcpopts.EFIX64)
		c.MaxSize = says
		require.Equal(t, want, Decide(now, event(c, 67), thePlan(Auto), Machine{}, "").Replies[0].Limit, says)
	}
}
