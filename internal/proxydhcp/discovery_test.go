package proxydhcp

import (
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

// menuPlan has a menu: type 1 has a file of ours, 2 is another server's, 3 gets
// the rule's file, 0 is the local disk.
func menuPlan(s Strategy) Policy {
	r := forArch(dhcpopts.BIOS, "pxelinux.0")
	r.PXE = &plan.PXE{
		PXE: dhcpopts.PXE{
			DiscoveryControl: new(uint8(dhcpopts.PXENoMulticast)),
			Menu:             []dhcpopts.MenuItem{{Type: 1, Text: "A"}, {Type: 2, Text: "B"}, {Type: 3, Text: "C"}, {Type: 0, Text: "D"}},
			Servers:          []dhcpopts.BootServer{{Type: 1, Addrs: []netip.Addr{local}}, {Type: 2, Addrs: []netip.Addr{other1}}, {Type: 3}},
			Prompt:           &dhcpopts.Prompt{Timeout: 10, Text: "F8"},
		},
		Files: map[uint16]string{1: "a.0"},
	}
	p := piPlan(r)
	p.Strategy, p.Menus = s, []Menu{{Origin: "rule 1", Type: 1, File: "a.0"}}
	return p
}

// The offer of a menu, to the octet: the plan's option 43 takes the place of
// "boot now".
func TestGoldenMenu(t *testing.T) {
	d := Decide(now, event(dhcpopts.Firmware(dhcpopts.BIOS), 67), menuPlan(Direct), Machine{}, "")
	b, err := d.Replies[0].Bytes()
	require.NoError(t, err)
	want := "350102" + "36040a630002" + "6111" + strings.Repeat("00", 17) + "3c09505845436c69656e74" +
		"2b2e" + "060102" + "0811" + "0001010a630002" + "0002010a630001" + "000300" + "0910" + "00010141" + "00020142" + "00030143" + "00000144" + "0a030a4638" + "ff" +
		"420931302e39392e302e32" + "430b7078656c696e75782e3000" + "ff"
	require.Equal(t, want, hex.EncodeToString(b[240:])[:len(want)])
	require.Equal(t, "offered pxelinux.0 and a menu of 4 entries (rule 1)", d.Step)
}

// Boot server discovery: who is asked answers, and echoes the item.
func TestDiscovery(t *testing.T) {
	for _, c := range []struct {
		kind  uint16
		layer uint16
		file  string // "" is silence
	}{
		{1, 0, "a.0"}, {1, 0x8000, "a.0"}, {2, 0, ""}, {3, 0, "pxelinux.0"}, {4, 0, ""}, {65535, 0, ""},
	} {
		item := dhcpopts.BootItem{Type: c.kind, Layer: c.layer}
		asked := dhcpopts.Option{Code: dhcpopts.OptVendor, Data: dhcpopts.EncodePXE(dhcpopts.PXE{Item: &item})}
		for _, port := range []uint16{67, 4011} {
			client := at(with(dhcpopts.Firmware(dhcpopts.BIOS), dhcpopts.Request, asked), leased)
			d := Decide(now, event(client, port), menuPlan(Auto), Machine{}, "")
			if c.file == "" {
				require.Empty(t, d.Replies, "type %d", c.kind)
				require.Contains(t, d.Why, "looks for a boot server of type")
				continue
			}
			p, to := sent(t, d)
			require.Equal(t, netip.AddrPortFrom(leased, map[uint16]uint16{67: 68, 4011: 4011}[port]).String(), to, "never by broadcast: iPXE ignores that")
			require.Equal(t, c.file, string(p.FileName()))
			require.Equal(t, string(asked.Data), text(p, 43), "the item alone, no menu again")
		}
	}
}
