package plan

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

func presetPlan(t *testing.T, name string, files ...string) (*Plan, []dhcpopts.Finding) {
	t.Helper()
	f := Flags{Preset: name, Server: "192.0.2.10", Files: files}
	if strings.HasPrefix(name, "ipxe") {
		f.IPXE = "http://192.0.2.10/boot.ipxe"
	}
	p, findings, err := FromFlags(f)
	require.NoError(t, err)
	return p, findings
}

// TestPresets holds that every preset, with all its parts, is a plan without
// errors, that each rule says where its name is from, and that what is not
// verified is said.
func TestPresets(t *testing.T) {
	require.GreaterOrEqual(t, len(Presets()), 13)
	for _, preset := range Presets() {
		require.NotEmpty(t, preset.Title)
		require.NotEmpty(t, preset.Notes, preset.Name)
		for _, r := range preset.Rules {
			require.NotEmpty(t, r.Source, "%s %s", preset.Name, r.File)
		}
		for _, parts := range []string{"", strings.Join(append([]string{""}, preset.Extras()...), "+")} {
			p, findings := presetPlan(t, preset.Name+parts)
			require.Equal(t, preset.Name+parts, p.Preset)
			for _, f := range findings {
				require.Equal(t, dhcpopts.Info, f.Severity, "%s: %s", p.Preset, f.Message)
			}
			for _, r := range preset.Rules {
				if !r.Verified && (r.Extra == "" || parts != "") {
					require.Contains(t, ids(findings), ruleUnproven, p.Preset)
				}
			}
			roundTrip(t, p)
		}
	}
}

func rulesText(p *Plan) string {
	var rules []string
	for _, r := range p.Rules {
		rules = append(rules, r.Match.machines()+" "+r.File)
	}
	return strings.Join(rules, ", ")
}

func TestPresetRules(t *testing.T) {
	for _, c := range []struct {
		preset string
		files  []string
		want   string
	}{
		{"wds", nil, `bios boot\x64\wdsnbp.com, efi-x64 boot\x64\wdsmgfw.efi`},
		{"wds+arm64", nil, `bios boot\x64\wdsnbp.com, efi-x64 boot\x64\wdsmgfw.efi, efi-arm64 boot\arm64\wdsmgfw.efi`},
		{"wds", []string{"bios=pxelinux.0"}, `bios pxelinux.0, efi-x64 boot\x64\wdsmgfw.efi`},
		{"wds", []string{"grubaa64.efi"}, `efi-arm64 grubaa64.efi, bios boot\x64\wdsnbp.com, efi-x64 boot\x64\wdsmgfw.efi`},
		{"configmgr", nil, `bios smsboot\x64\wdsnbp.com, efi-x64 smsboot\x64\wdsmgfw.efi`},
		{"ipxe", nil, `iPXE http://192.0.2.10/boot.ipxe, bios undionly.kpxe, efi-x64 snponly.efi`},
		{"fog", nil, `bios undionly.kkpxe, efi-ia32 i386-efi/snponly.efi, efi-x64 snponly.efi, efi-arm64 arm64-efi/snponly.efi`},
		{"fog+secureboot", nil, `efi-x64 secureboot/snponly-shimx64.efi, efi-arm64 secureboot/arm64-efi/snponly-shimaa64.efi, bios undionly.kkpxe, efi-ia32 i386-efi/snponly.efi`},
	} {
		p, _ := presetPlan(t, c.preset, c.files...)
		require.Equal(t, c.want, rulesText(p), c.preset)
	}
}

func TestMicrosoftsWord(t *testing.T) {
	p, _ := presetPlan(t, "wds")
	require.Contains(t, p.Notes(), noteWDS)
	p, _, err := FromFlags(Flags{Server: "192.0.2.10", Files: []string{`boot\x64\wdsnbp.com`}})
	require.NoError(t, err)
	require.Equal(t, []string{noteWDS}, p.Notes())
	p, _ = presetPlan(t, "pxelinux")
	require.NotContains(t, p.Notes(), noteWDS)
}
