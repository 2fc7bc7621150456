package proxydhcp

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// Auto changes on a real refusal and on nothing else.
func TestAuto(t *testing.T) {
	x64 := dhcpopts.Firmware(dhcpopts.EFIX64)
	offered := Machine{Strategy: Direct, Offered: now.Add(-4 * time.Second), XID: theXID} // edk2's first repeat
	change := func(edit func(*Machine)) Machine { m := offered; edit(&m); return m }
	for _, c := range []struct {
		name    string
		client  dhcpopts.Client
		machine Machine
		learned Strategy
		want    Strategy
	}{
		{"never seen", x64, Machine{}, "", Direct},
		{"its firmware has refused direct offers before", x64, Machine{}, BINL, BINL},
		{"asks again, no address offered: no DHCP server here", x64, offered, "", Direct},
		{"asks again an hour after it was offered an address: a new boot", x64, change(func(m *Machine) { m.Address, m.Offered = true, now.Add(-time.Hour) }), "", Direct},
		{"asks again although it was offered an address", x64, change(func(m *Machine) { m.Address = true }), "", BINL},
		{"took the address, never the file", x64, change(func(m *Machine) { m.Address, m.Requested = true, true }), "", BINL},
		{"its iPXE took the address and never the file", x64, change(func(m *Machine) { m.Address, m.Requested, m.Loaded = true, true, true }), "", Direct},
		{"fetched the file: this is a new boot", x64, change(func(m *Machine) { m.Address, m.Requested, m.Fetched = true, true, true }), "", Direct},
		{"iPXE asks twice by nature", ipxe(x64), change(func(m *Machine) { m.Address = true }), "", Direct},
		{"binl, took the address, never asked 4011", x64, change(func(m *Machine) { m.Strategy, m.Requested = BINL, true }), "", Direct},
		{"another responder offered as well, whose file it may have taken", x64, change(func(m *Machine) { m.Address, m.Requested, m.Contested, m.XID = true, true, true, 1 }), "", Direct},
		{"its file is on a server that we do not see", x64, change(func(m *Machine) { m.Requested, m.Elsewhere = true, true }), "", Direct},
		{"binl, asked 4011", x64, change(func(m *Machine) { m.Strategy, m.Requested, m.Asked = BINL, true, true }), "", BINL},
		{"its address was refused: it has to begin anew", x64, change(func(m *Machine) { m.Requested, m.Denied = true, other1 }), "", Direct},
		{"HTTP boot", dhcpopts.Firmware(dhcpopts.HTTPX64), change(func(m *Machine) { m.Address = true }), BINL, Direct},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Decide(now, event(c.client, 67), thePlan(Auto), c.machine, c.learned)
			require.Equal(t, c.want, d.Machine.Strategy, d.Why)
			changed := c.machine.Strategy != "" && c.want != c.machine.Strategy
			require.Equal(t, changed, d.Refusal != "", d.Refusal)
			if changed {
				require.Equal(t, c.machine.Strategy, d.Machine.Refused)
			}
			require.Equal(t, uint32(theXID), d.Machine.XID)
			require.Equal(t, now, d.Machine.Offered)
			require.False(t, d.Machine.Address || d.Machine.Requested || d.Machine.Fetched || d.Machine.Contested, "a new offer begins anew")
			require.Equal(t, c.client.Stage() == dhcpopts.IPXEStage || c.client.Arch().HTTP(), d.Machine.Loaded)
		})
	}
}

// A repeat is told from a copy and from a new boot by xid, secs and time.
func TestAutoRepeats(t *testing.T) {
	const s = time.Second
	for _, c := range []struct {
		name         string
		after        time.Duration // since the offer
		xid          uint32
		before, secs uint16
		want         Strategy
	}{
		{"edk2's second", 3760 * time.Millisecond, theXID, 0, 4, BINL},
		{"edk2's third", 8 * s, theXID, 4, 12, BINL},
		{"edk2's fourth, of a long boot", 19 * s, theXID, 12, 28, BINL},
		{"edk2 of 2008 counts no seconds", 4 * s, theXID, 0, 0, BINL},
		{"a new xid each time", 3760 * time.Millisecond, theXID + 1, 0, 4, BINL},
		{"a new xid each time, the third", 9 * s, theXID + 1, 4, 12, BINL},
		{"a loop", s / 20, theXID, 0, 0, Direct},
		{"a relay that is slow", 1900 * time.Millisecond, theXID, 0, 0, Direct},
		{"copy of a repeat", s / 20, theXID, 4, 4, Direct},
		{"off and on", 12 * s, theXID + 1, 0, 0, Direct},
		{"off and on, the first was lost", 12 * s, theXID + 1, 0, 4, Direct},
		{"off and on, the same xid each time", 12 * s, theXID, 4, 4, Direct},
		{"off and on in the midst, the same xid each time", 12 * s, theXID, 12, 4, Direct},
		{"off and on within a second", s, theXID + 1, 0, 0, Direct},
		{"too late to be of that boot", time.Minute, theXID, 28, 60, Direct},
	} {
		m := Machine{Strategy: Direct, Offered: now.Add(-c.after), XID: theXID, Secs: c.before, Address: true}
		e := event(dhcpopts.Firmware(dhcpopts.EFIX64), 67)
		e.Packet.XID, e.Packet.Secs = c.xid, c.secs
		d := Decide(now, e, thePlan(Auto), m, "")
		require.Equal(t, c.want, d.Machine.Strategy, c.name)
		require.Equal(t, c.want != Direct, d.Refusal != "", c.name)
		require.Equal(t, c.secs, d.Machine.Secs, c.name)
	}
}

// A copy takes nothing away from what is known of a machine, and a storm of
// copies never makes one of them a repeat.
func TestCopies(t *testing.T) {
	known := Machine{Strategy: BINL, Offered: now, XID: theXID, Address: true, Requested: true, Refused: Direct}
	for i := range 10 {
		at := now.Add(time.Duration(i) * time.Second)
		d := Decide(at, event(dhcpopts.Firmware(dhcpopts.EFIX64), 67), thePlan(Auto), known, "")
		require.Len(t, d.Replies, 1, "each way gets its answer")
		known.Offered = at
		require.Equal(t, known, d.Machine)
		known = d.Machine
	}
}
