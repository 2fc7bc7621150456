package plan

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// checkCases has, for each finding, a plan that deserves it and one beside it
// that does not. Both stand behind "server: 192.0.2.10" unless they set one.
var checkCases = map[string]struct {
	bad, good string
	severity  dhcpopts.Severity // "" is the table's
}{
	"control":             {ruleControl + `|rules: [{file: {hex: 61 07 62}}]`, `rules: [{file: ab}]`, ""},
	"closing NUL":         {ruleControl + `|rules: [{file: {hex: 61 00}}]`, `rules: [{file: ab}]`, ""},
	"line end":            {ruleLineEnd + "|rules:\n  - file: |\n      a.0\n", "rules:\n  - file: |-\n      a.0", ""},
	"CR in server-name":   {ruleLineEnd + `|rules: [{file: a, server-name: {hex: 61 0d}}]`, `rules: [{file: a, server-name: a}]`, ""},
	"blank":               {ruleBlank + `|rules: [{file: 'a.0 '}]`, `rules: [{file: 'a b.0'}]`, ""},
	"blank in URL":        {ruleBlank + `|rules: [{match: {arch: http-x64}, file: 'http://192.0.2.1/a '}]`, `rules: [{match: {arch: http-x64}, file: 'http://192.0.2.1/a'}]`, dhcpopts.Error},
	"quote":               {ruleQuote + `|rules: [{file: '"a.0"'}]`, `rules: [{file: 'a.0'}]`, ""},
	"quote in menu":       {ruleQuote + `|rules: [{file: a, pxe: {menu: [{type: 1, text: x, file: '''a'''}], prompt: {text: y}}}]`, `rules: [{file: a, pxe: {menu: [{type: 1, text: x}], prompt: {text: y}}}]`, ""},
	"doubled":             {ruleDoubled + `|rules: [{match: {arch: bios}, file: boot\\x64\\wdsnbp.com}]`, `rules: [{match: {arch: bios}, file: \\srv\boot\x.0}]`, ""},
	"slash":               {ruleSlash + `|rules: [{match: {arch: bios}, file: boot/x64/wdsnbp.com}]`, `rules: [{match: {arch: bios}, file: boot/x64/pxelinux.0}]`, ""},
	"header":              {ruleHeader + `|rules: [{file: ` + strings.Repeat("a", 128) + `}]`, `rules: [{file: ` + strings.Repeat("a", 127) + `}]`, ""},
	"header only":         {ruleHeader + "|via: header\nrules: [{file: " + strings.Repeat("a", 128) + "}]", "via: header\nrules: [{file: " + strings.Repeat("a", 127) + "}]", dhcpopts.Error},
	"long":                {ruleLong + `|rules: [{file: ` + strings.Repeat("a", 256) + `}]`, `rules: [{file: ` + strings.Repeat("a", 127) + `}]`, ""},
	"long option":         {ruleLong + `|rules: [{file: a, options: {17: {text: ` + strings.Repeat("a", 256) + `}}}]`, `rules: [{file: a, options: {17: {text: ` + strings.Repeat("a", 255) + `}}}]`, ""},
	"URL for PXE":         {ruleURL + `|rules: [{file: tftp://192.0.2.1/x}]`, `rules: [{match: {stage: ipxe}, file: tftp://192.0.2.1/x}]`, ""},
	"path for HTTP":       {rulePath + `|rules: [{match: {arch: http-x64}, file: bootx64.efi}]`, `rules: [{match: {arch: http-x64}, file: https://192.0.2.1/bootx64.efi}]`, ""},
	"tftp URL for HTTP":   {rulePath + `|rules: [{match: {arch: http-x64}, file: tftp://192.0.2.1/bootx64.efi}]`, `rules: [{match: {arch: http-x64}, file: https://192.0.2.1/bootx64.efi}]`, ""},
	"plain http":          {ruleHTTPS + `|rules: [{match: {vendor-class: HTTPClient}, file: http://192.0.2.1/x}]`, `rules: [{match: {vendor-class: HTTPClient}, file: https://192.0.2.1/x}]`, ""},
	"BIOS file":           {ruleArch + `|rules: [{match: {arch: efi-x64}, file: boot\x64\wdsnbp.com}]`, `rules: [{match: {arch: efi-x64}, file: boot\x64\wdsmgfw.efi}]`, ""},
	"UEFI file":           {ruleArch + `|rules: [{match: {arch: [bios]}, file: any.efi}]`, `rules: [{match: {arch: [bios]}, file: any.0}]`, ""},
	"x64 file for ia32":   {ruleArch + `|rules: [{match: {arch: 6}, file: grubx64.efi}]`, `rules: [{match: {arch: [9, efi-x64]}, file: grubx64.efi}]`, ""},
	"x64 file by HTTP":    {ruleArch + `|rules: [{match: {arch: http-arm64}, file: https://192.0.2.1/grubx64.efi}]`, `rules: [{match: {arch: http-x64}, file: https://192.0.2.1/grubx64.efi}]`, ""},
	"BIOS file for all":   {ruleArch + `|rules: [{file: pxelinux.0}]`, `rules: [{match: {arch: efi-x64}, file: grubx64.efi}, {file: pxelinux.0}]`, dhcpopts.Warning},
	"UEFI file for all":   {ruleArch + `|rules: [{match: {arch: bios, mac: "52:54"}, file: x}, {file: other.efi}]`, `rules: [{match: {arch: [bios]}, file: x}, {file: other.efi}]`, dhcpopts.Warning},
	"shims":               {ruleShim + "|rules: [{match: {arch: efi-x64}, file: efi/shimx64.efi}, {match: {arch: efi-arm64}, file: efi/shimaa64.efi}]", "rules: [{match: {arch: efi-x64}, file: x/shimx64.efi}, {match: {arch: efi-arm64}, file: a/shimaa64.efi}]", ""},
	"name in 66":          {ruleName + `|rules: [{file: a, options: {66: {text: wds.example.net}}}]`, `rules: [{file: a, options: {66: {hex: 31 2e 31 2e 31 2e 31 00}}}]`, ""},
	"name in URL":         {ruleName + `|rules: [{match: {arch: http-x64}, file: https://boot.example.net/x}]`, `rules: [{match: {arch: http-x64}, file: 'https://{server}/x'}]`, dhcpopts.Info},
	"loop":                {ruleLoop + `|rules: [{match: {stage: ipxe}, file: undionly.kpxe}]`, `rules: [{match: {stage: ipxe}, file: boot.ipxe}]`, ""},
	"loop by user class":  {ruleLoop + `|rules: [{match: {user-class: iPXE}, file: ipxe.efi}]`, `rules: [{match: {user-class: iPXE}, file: boot.ipxe}]`, ""},
	"no stage":            {ruleNoStage + `|rules: [{match: {arch: bios}, file: undionly.kpxe}, {match: {stage: ipxe}, file: boot.ipxe}]`, `rules: [{match: {stage: ipxe}, file: boot.ipxe}, {match: {arch: bios}, file: undionly.kpxe}]`, ""},
	"stage of others":     {ruleNoStage + `|rules: [{match: {stage: ipxe, arch: efi-x64}, file: boot.ipxe}, {match: {arch: bios}, file: undionly.kpxe}]`, `rules: [{match: {arch: bios, stage: first}, file: undionly.kpxe}]`, ""},
	"own script":          {ruleNoStage + `|rules: [{match: {arch: bios}, file: ipxe.pxe}]`, `rules: [{match: {arch: bios}, file: netboot.xyz.kpxe}]`, ""},
	"shadow":              {ruleShadow + `|rules: [{file: a}, {match: {arch: bios}, file: b}]`, `rules: [{match: {arch: bios}, file: b}, {file: a}]`, ""},
	"shadow by name":      {ruleShadow + `|rules: [{match: {arch: efi-x64}, file: a}, {match: {arch: efi-x64, mac: "52:54:00"}, file: b}]`, `rules: [{match: {arch: 7}, file: a}, {match: {arch: 9}, file: b}]`, ""},
	"shadow by two":       {ruleShadow + `|rules: [{match: {arch: bios}, file: a}, {match: {vendor-class: HTTP}, file: https://192.0.2.1/x}, {match: {arch: [bios, http-x64]}, file: https://192.0.2.1/x}]`, `rules: [{match: {arch: bios}, file: a}, {match: {arch: http-x64}, file: https://192.0.2.1/x}]`, ""},
	"no server":           {ruleNoServer + "|server:\nrules: [{file: a}]", "server:\nrules: [{match: {stage: ipxe}, file: http://192.0.2.1/a}]", ""},
	"mark without server": {ruleMark + "|server:\nrules: [{match: {stage: ipxe}, file: 'http://{server}/a'}]", "server:\nrules: [{match: {stage: ipxe}, file: 'http://${server}/a'}]", ""},
	"menu alone":          {rulePrompt + `|rules: [{file: a, pxe: {menu: [{type: 1, text: x}]}}]`, `rules: [{file: a, pxe: {menu: [{type: 1, text: x}], prompt: {timeout: 1}}}]`, ""},
	"prompt alone":        {rulePrompt + `|rules: [{file: a, pxe: {prompt: {timeout: 1}}}]`, `rules: [{file: a, pxe: {discovery-control: 8, prompt: {timeout: 1}}}]`, ""},
	"bit 3":               {ruleBit3 + `|rules: [{pxe: {discovery-control: 8}}]`, `rules: [{file: a, pxe: {discovery-control: 8}}]`, ""},
	"menu types":          {ruleTypes + `|rules: [{file: a, pxe: {discovery-control: 8, menu: [{type: 1, text: x}, {type: 1, text: y}]}}]`, `rules: [{file: a, pxe: {discovery-control: 8, menu: [{type: 1, text: x}, {type: 2, text: y}]}}]`, ""},
	"server-name":         {ruleSName + `|rules: [{file: a, server-name: ` + strings.Repeat("a", 64) + `}]`, `rules: [{file: a, server-name: ` + strings.Repeat("a", 63) + `}]`, ""},
	"two 43":              {ruleOwn43 + `|rules: [{file: a, pxe: {discovery-control: 8}, options: {43: {hex: ff}}}]`, `rules: [{file: a, options: {43: {hex: ff}}}]`, ""},
	"host of nobody":      {ruleNoID + `|hosts: [{arch: bios, file: a}]`, `hosts: [{mac: "52:54:00:00:00:01", file: a}]`, ""},
	"host twice":          {ruleTwice + `|hosts: [{mac: "52:54:00:00:00:01", file: a}, {mac: 52-54-00-00-00-01, file: b}]`, `hosts: [{mac: "52:54:00:00:00:01", arch: bios, file: a}, {mac: "52:54:00:00:00:01", file: b}]`, ""},
	"script":              {ruleScript + `|rules: [{match: {arch: bios}, file: boot.ipxe}]`, `rules: [{match: {stage: ipxe}, file: boot.ipxe}]`, ""},
	"no file":             {ruleNoFile + `|rules: [{match: {arch: bios}}]`, `rules: [{match: {arch: bios}, file: a}]`, ""},
	"nowhere to go":       {ruleDiscovery + `|rules: [{file: a, pxe: {discovery-control: 3, menu: [{type: 1, text: x}], prompt: {timeout: 0}}}]`, `rules: [{file: a, pxe: {discovery-control: 3, menu: [{type: 0, text: Raspberry Pi Boot}], prompt: {timeout: 0, text: PXE}}}]`, ""},
	"long wds file":       {ruleHeader + `|rules: [{file: a, wds: {file: ` + strings.Repeat("a", 128) + `}}]`, `rules: [{file: a, wds: {file: ` + strings.Repeat("a", 127) + `}}]`, ""},
	"long bcd":            {ruleLong + `|rules: [{file: a, wds: {bcd: ` + strings.Repeat("a", 255) + `}}]`, `rules: [{file: a, wds: {bcd: ` + strings.Repeat("a", 254) + `}}]`, ""},
	"bcd with a blank":    {ruleBlank + `|rules: [{file: a, wds: {bcd: 'BCD '}}]`, `rules: [{file: a, wds: {bcd: '\Boot\BCD'}}]`, ""},
	"nowhere":             {ruleDiscovery + `|rules: [{file: a, pxe: {discovery-control: 3, menu: [{type: 1, text: x}], prompt: {timeout: 0}}}]`, `rules: [{file: a, pxe: {discovery-control: 3, menu: [{type: 1, text: x, server: 192.0.2.1}], prompt: {timeout: 0}}}]`, ""},
}

func ids(findings []dhcpopts.Finding) []string {
	var ids []string
	for _, f := range findings {
		ids = append(ids, f.ID)
	}
	return ids
}

// parseChecked parses a plan and returns its findings.
func parseChecked(t *testing.T, text string) []dhcpopts.Finding {
	t.Helper()
	if rest, ok := strings.CutPrefix(text, "server:\n"); ok {
		text = rest
	} else {
		text = "server: 192.0.2.10\n" + text
	}
	_, findings, err := Parse("plan.yaml", []byte(text))
	require.NoError(t, err)
	return findings
}

func TestChecks(t *testing.T) {
	tested := map[string]bool{ruleServed: true, ruleUnproven: true} // by flags and presets
	for name, c := range checkCases {
		t.Run(name, func(t *testing.T) {
			id, bad, _ := strings.Cut(c.bad, "|")
			findings := parseChecked(t, bad)
			i := slices.IndexFunc(findings, func(f dhcpopts.Finding) bool { return f.ID == id })
			require.GreaterOrEqual(t, i, 0, "%s is missing in %v", id, findings)
			if c.severity != "" {
				require.Equal(t, c.severity, findings[i].Severity)
			}
			require.Equal(t, "plan.yaml", findings[i].Place.File)
			require.Positive(t, findings[i].Place.Line)
			require.NotEmpty(t, findings[i].Hint)
			require.NotContains(t, ids(parseChecked(t, c.good)), id)
			tested[id] = true
		})
	}
	for _, r := range Rules {
		require.True(t, tested[r.ID], "no case for %s %s", r.ID, r.Title)
	}
}

func TestRules(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules {
		require.Regexp(t, `^PXK1\d\d$`, r.ID)
		require.False(t, seen[r.ID], "%s stands twice", r.ID)
		seen[r.ID] = true
		require.Contains(t, []dhcpopts.Severity{dhcpopts.Error, dhcpopts.Warning, dhcpopts.Info}, r.Severity)
		require.NotEmpty(t, r.Title)
		require.NotEmpty(t, r.Why)
		require.NotEmpty(t, r.Ref)
	}
	require.Equal(t, dhcpopts.Error, finding(ruleURL, Pos{}, "", "").Severity)
}

func TestDoubledFix(t *testing.T) {
	for text, want := range map[string]string{
		`boot\\x64\\wdsnbp.com`: `boot\x64\wdsnbp.com`,
		`\\srv\\boot\x.0`:       `\\srv\boot\x.0`,
		`\\boot\\x64\\x.0`:      `\boot\x64\x.0`,
	} {
		p := &Plan{Rules: []Rule{{File: text}}}
		findings := p.Check()
		i := slices.IndexFunc(findings, func(f dhcpopts.Finding) bool { return f.ID == ruleDoubled })
		require.GreaterOrEqual(t, i, 0, text)
		require.Equal(t, want, findings[i].Fix)
	}
}
