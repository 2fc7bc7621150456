package plan

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

const wholePlan = `version: 1
server: 192.0.2.10
scope: [198.51.100.0/24]
nul: auto
via: both
rules:
  - match: {stage: ipxe}
    file: http://{server}/boot.ipxe
  - match: {arch: [efi-ia32]}
    file: boot\x86\wdsmgfw.efi
    server: 192.0.2.11
    server-name: wds1.example.net
  - match: {arch: efi-x64}
    file: boot\x64\wdsmgfw.efi
    pxe: {discovery-control: 8}
    options: {150: {ip: 192.0.2.10}, 175: {hex: b0 01 01}, 17: {text: x}}
  - match: {arch: bios}
    file: boot\x64\wdsnbp.com
hosts:
  - {mac: "52:54:00:12:34:56", arch: bios, file: rescue\pxeboot.n12}
`

func TestParseWholePlan(t *testing.T) {
	p, findings, err := Parse("plan.yaml", []byte(wholePlan))
	require.NoError(t, err)
	require.Empty(t, findings)
	control := uint8(8)
	at := func(line, column int) Pos { return Pos{File: "plan.yaml", Line: line, Column: column} }
	require.Equal(t, &Plan{
		Server: netip.MustParseAddr("192.0.2.10"),
		Scope:  []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")},
		NUL:    NUL{Mode: NULAuto},
		Via:    ViaBoth,
		Rules: []Rule{
			{Match: Match{Stage: dhcpopts.IPXEStage}, File: "http://{server}/boot.ipxe", Pos: at(7, 5)},
			{Match: Match{Archs: []ArchRef{{Arch: dhcpopts.EFIIA32}}}, File: `boot\x86\wdsmgfw.efi`,
				Server: netip.MustParseAddr("192.0.2.11"), ServerName: "wds1.example.net", Pos: at(9, 5)},
			{Match: Match{Archs: []ArchRef{{Arch: dhcpopts.EFIX64}}}, File: `boot\x64\wdsmgfw.efi`,
				PXE: &PXE{PXE: dhcpopts.PXE{DiscoveryControl: &control}},
				Options: []dhcpopts.Option{
					{Code: 150, Data: []byte{192, 0, 2, 10}}, {Code: 175, Data: []byte{0xb0, 1, 1}}, {Code: 17, Data: []byte("x")},
				}, Pos: at(13, 5)},
			{Match: Match{Archs: []ArchRef{{Arch: dhcpopts.BIOS}}}, File: `boot\x64\wdsnbp.com`, Pos: at(17, 5)},
		},
		Hosts: []Rule{{Match: Match{MAC: []byte{0x52, 0x54, 0, 0x12, 0x34, 0x56}, Archs: []ArchRef{{Arch: dhcpopts.BIOS}}},
			File: `rescue\pxeboot.n12`, Pos: at(20, 5)}},
	}, p)
}
