package plan

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// roundTrip prints a plan, parses it and compares, without places and preset,
// which YAML does not carry.
func roundTrip(t *testing.T, p *Plan) {
	t.Helper()
	text := p.YAML()
	got, _, err := Parse("plan.yaml", text)
	require.NoError(t, err, "%s", text)
	want := *p
	want.Preset = ""
	require.Equal(t, strip(&want), strip(got), "%s", text)
}

func strip(p *Plan) *Plan {
	q := *p
	q.Rules, q.Hosts = nil, nil
	for _, r := range p.Rules {
		r.Pos = Pos{}
		q.Rules = append(q.Rules, r)
	}
	for _, r := range p.Hosts {
		r.Pos = Pos{}
		q.Hosts = append(q.Hosts, r)
	}
	return &q
}

func TestYAMLOfWholePlan(t *testing.T) {
	p, _, err := Parse("plan.yaml", []byte(wholePlan))
	require.NoError(t, err)
	require.Equal(t, `version: 1
server: 192.0.2.10
scope: [198.51.100.0/24]
nul: auto
via: both
rules:
  - match: {stage: ipxe}
    file: 'http://{server}/boot.ipxe'
  - match: {arch: efi-ia32}
    file: boot\x86\wdsmgfw.efi
    server: 192.0.2.11
    server-name: wds1.example.net
  - match: {arch: efi-x64}
    file: boot\x64\wdsmgfw.efi
    pxe:
      discovery-control: 8
    options:
      150: {ip: 192.0.2.10}
      175: {hex: 'b0 01 01'}
      17: {text: x}
  - match: {arch: bios}
    file: boot\x64\wdsnbp.com
hosts:
  - mac: "52:54:00:12:34:56"
    arch: bios
    file: rescue\pxeboot.n12
`, string(p.YAML()))
	roundTrip(t, p)
}

func TestYAMLRoundTrips(t *testing.T) {
	control, a, b := uint8(0), netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	pxe := func(x dhcpopts.PXE, files map[uint16]string) *Plan {
		return &Plan{Rules: []Rule{{PXE: &PXE{PXE: x, Files: files}}}}
	}
	menu := []dhcpopts.MenuItem{{Type: 0, Text: "Local, disk: #1"}, {Type: 32768, Text: ""}, {Type: 32769, Text: "it's \"x\""}}
	for name, p := range map[string]*Plan{
		"nothing":     {},
		"empty rule":  {Rules: []Rule{{}}},
		"wds":         {Rules: []Rule{{WDS: &WDS{File: `boot\x64\pxeboot.n12`, BCD: `\Boot\BCD`}}, {WDS: &WDS{File: "\xff"}}, {WDS: &WDS{}}}},
		"settings":    {NUL: NUL{Codes: map[uint8]NULMode{66: NULAlways, 67: NULNever}}, Via: ViaOption, HostsFile: "my, hosts.csv"},
		"nul of both": {NUL: NUL{Mode: NULNever, Codes: map[uint8]NULMode{67: NULAlways}}},
		"match": {Rules: []Rule{{Match: Match{Archs: []ArchRef{{Arch: 7, Exact: true}, {Arch: 6}}, Stage: dhcpopts.FirstStage,
			VendorClass: "PXEClient:Arch, {x}", UserClass: "on", UUID: []byte("0123456789abcdef"), MAC: []byte{0, 1}}, File: "x"}}},
		"empty pxe":          pxe(dhcpopts.PXE{}, nil),
		"control":            pxe(dhcpopts.PXE{DiscoveryControl: &control, Multicast: netip.MustParseAddr("239.1.1.1")}, nil),
		"menu":               pxe(dhcpopts.PXE{Menu: menu, Prompt: &dhcpopts.Prompt{Timeout: 255, Text: "F8: "}}, map[uint16]string{32768: `a\b`}),
		"servers in menu":    pxe(dhcpopts.PXE{Menu: menu, Servers: []dhcpopts.BootServer{{Type: 32768, Addrs: []netip.Addr{a, b}}}}, nil),
		"servers beside":     pxe(dhcpopts.PXE{Menu: menu, Servers: []dhcpopts.BootServer{{Type: 32769, Addrs: []netip.Addr{a}}, {Type: 0, Addrs: []netip.Addr{b}}}}, nil),
		"server of any kind": pxe(dhcpopts.PXE{Servers: []dhcpopts.BootServer{{Type: 5}}}, nil),
		"options twice": {Rules: []Rule{{Options: []dhcpopts.Option{{Code: 67, Data: []byte("a")}, {Code: 67, Data: []byte("b")},
			{Code: 12, Data: []byte{}}, {Code: 150, Data: []byte{1, 2, 3, 4}}, {Code: 43, Data: []byte{0xff}}}}}},
	} {
		t.Run(name, func(t *testing.T) { roundTrip(t, p) })
	}
}

// FuzzYAML holds that any octets in any text survive printing and parsing.
func FuzzYAML(f *testing.F) {
	for _, s := range []string{`boot\x64\wdsnbp.com`, `\\srv\share\x`, "a b", " a", "a ", "'", `"`, "#", "a #b", "a: b", "{server}", "${net0}", "on", "null", "~",
		"1e3", "0x10", "52:54", "2024-01-01", "b\xf6t", "a\x00b", "a\nb", "-", "?", "*", "&a", "!x", "%", "@", "`", "ü", "\u0085", "\u2028", "\ufeff", "=", "<<", ".", "[", "]", ","} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s == "" || len(s) > 255 {
			return
		}
		roundTrip(t, &Plan{
			Rules: []Rule{{Match: Match{VendorClass: s, UserClass: s}, File: s, ServerName: s,
				PXE:     &PXE{PXE: dhcpopts.PXE{Menu: []dhcpopts.MenuItem{{Type: 1, Text: s}}, Prompt: &dhcpopts.Prompt{Text: s}}, Files: map[uint16]string{1: s}},
				Options: []dhcpopts.Option{{Code: 17, Data: []byte(s)}}}},
			Hosts: []Rule{{Match: Match{MAC: []byte{1, 2, 3, 4, 5, 6}, UserClass: s}, File: s}},
		})
	})
}
