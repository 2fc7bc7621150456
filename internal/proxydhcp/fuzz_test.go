package proxydhcp

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// FuzzAnswers plays two messages of any octets, to any port, with and without
// addresses to give, and holds each decision to what a responder may do beside
// other servers.
func FuzzAnswers(f *testing.F) {
	x64, laptop := dhcpopts.Firmware(dhcpopts.EFIX64), dhcpopts.Laptop()
	for _, pooled := range []bool{false, true} {
		f.Add(x64.Packet(1).Bytes(), taking(x64, "10.99.0.100").Packet(2).Bytes(), uint16(67), pooled)
		f.Add(laptop.Packet(1).Bytes(), with(x64, dhcpopts.Inform).Packet(2).Bytes(), uint16(67), pooled)
		f.Add(x64.Packet(1).Bytes(), at(with(x64, dhcpopts.Request), leased).Packet(2).Bytes(), uint16(4011), pooled)
	}
	f.Fuzz(func(t *testing.T, first, second []byte, port uint16, pooled bool) {
		p := thePlan(Auto)
		if pooled {
			p = withPool(t)
		}
		m := Machine{}
		for _, b := range [][]byte{first, second} {
			packet, _ := dhcpopts.Parse(b)
			e := Event{Packet: packet, Port: port, From: netip.MustParseAddrPort("10.99.0.50:68"), Local: local}
			d := Decide(now, e, p, m, "")
			require.Equal(t, d, Decide(now, e, p, m, ""), "deciding changes nothing")
			require.NotEmpty(t, d.Why)
			for _, r := range d.Replies {
				require.NotEqual(t, uint8(2), packet.Op, "an answer to an answer")
				allowed(t, e, p, r)
			}
			if d.Grant != nil {
				require.True(t, pooled && p.Pool.network.Contains(d.Grant.Addr))
				p.Pool.Apply(*d.Grant)
			}
			m = d.Machine
		}
	})
}

// allowed holds a reply to an event's message.
func allowed(t *testing.T, e Event, p Policy, r Reply) {
	t.Helper()
	kind, item := e.Packet.MessageType(), bootItem(e.Packet)
	id := value(e.Packet, dhcpopts.OptServerID)
	others := len(id) == 4 && netip.AddrFrom4([4]byte(id)) != local
	require.False(t, e.Port == ServerPort && kind == dhcpopts.Request && others && item == nil, "another server was chosen")
	require.NotEqual(t, uint8(dhcpopts.Inform), kind)
	require.Contains(t, []uint16{ServerPort, BINLPort}, r.From)
	if p.Pool == nil {
		require.True(t, boots(e.Packet.Client()), "no machine that boots from the network")
		require.True(t, !r.Header.YIAddr.IsValid() || r.Header.YIAddr.IsUnspecified(), "an address of a server that has none")
	}
	b, err := r.Bytes()
	if err != nil {
		return // longer than the client takes: nothing is sent
	}
	require.LessOrEqual(t, len(b), 1472)
	sent, err := dhcpopts.Parse(b)
	require.NoError(t, err)
	require.Equal(t, e.Packet.XID, sent.XID)
	require.Equal(t, local.AsSlice(), value(sent, dhcpopts.OptServerID))
	require.Contains(t, []uint8{dhcpopts.Offer, dhcpopts.Ack}, sent.MessageType(), "never a NAK")
	require.Equal(t, value(e.Packet, dhcpopts.OptMachineID), value(sent, dhcpopts.OptMachineID), "97 is echoed")
}
