package serve

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/bootnames"
)

// What WDS's boot program is told next is in the plan, else in the folder.
func TestWDS(t *testing.T) {
	const wdsmgfw, wdsnbp = `boot\x64\wdsmgfw.efi`, `boot\x64\wdsnbp.com`
	for _, c := range []struct {
		name  string
		files []string
		rule  plan.Rule
		want  *plan.WDS
		doubt string
	}{
		{"BIOS, as WDS has it", []string{"Boot/x64/PXEBOOT.n12", "Boot/x64/pxeboot.com", "Boot/x64/default.bcd", "Boot/BCD"}, plan.Rule{File: wdsnbp},
			&plan.WDS{File: `Boot\x64\PXEBOOT.n12`, BCD: `\Boot\x64\default.bcd`}, ""},
		{"BIOS, with a key to press", []string{"boot/x64/pxeboot.com", "boot/x64uefi/default.bcd"}, plan.Rule{File: wdsnbp}, &plan.WDS{File: `boot\x64\pxeboot.com`}, ""},
		{"UEFI", []string{"boot/x64/bootmgfw.efi", "boot/x64uefi/default.bcd", "boot/x64/default.bcd"}, plan.Rule{File: wdsmgfw},
			&plan.WDS{File: `boot\x64\bootmgfw.efi`, BCD: `\boot\x64uefi\default.bcd`}, ""},
		{"Windows PE's layout", []string{"boot/x64/bootmgfw.efi", "boot/bcd"}, plan.Rule{File: wdsmgfw}, &plan.WDS{File: `boot\x64\bootmgfw.efi`, BCD: `\boot\bcd`}, ""},
		{"in the root", []string{"bootmgfw.efi", "BCD"}, plan.Rule{File: "wdsmgfw.efi"}, &plan.WDS{File: `bootmgfw.efi`, BCD: `\BCD`}, ""},
		{"the plan has the word", []string{"boot/x64/pxeboot.n12", "my.n12"}, plan.Rule{File: wdsnbp, WDS: &plan.WDS{File: `\my.n12`, BCD: `\my.bcd`}},
			&plan.WDS{File: `\my.n12`, BCD: `\my.bcd`}, ""},
		{"the plan names the store alone", []string{"boot/x64/pxeboot.n12"}, plan.Rule{File: wdsnbp, WDS: &plan.WDS{BCD: `\my.bcd`}}, &plan.WDS{File: `boot\x64\pxeboot.n12`, BCD: `\my.bcd`}, ""},
		{"nothing there", nil, plan.Rule{File: wdsnbp}, nil,
			`rule 1: boot\x64\wdsnbp.com asks what to load next: put boot/x64/pxeboot.n12 or boot/x64/pxeboot.com there, or say it in the plan (wds: {file: …})`},
		{"not there", nil, plan.Rule{File: wdsnbp, WDS: &plan.WDS{File: "a.n12"}}, &plan.WDS{File: "a.n12"}, "rule 1: a.n12, which comes next, is not there to be fetched"},
		{"another program", []string{"boot/x64/pxeboot.n12"}, plan.Rule{File: `boot\x64\pxeboot.n12`}, nil, ""},
		{"WDS itself is the server", []string{"boot/x64/pxeboot.n12"}, plan.Rule{File: wdsnbp, Server: netip.MustParseAddr("10.9.9.9")}, nil, ""},
		{"a URL", []string{"boot/x64/pxeboot.n12"}, plan.Rule{File: "http://{server}/boot/x64/wdsnbp.com"}, nil, ""},
	} {
		files := map[string]string{"boot/x64/wdsnbp.com": "x", "boot/x64/wdsmgfw.efi": "x", "wdsmgfw.efi": "x"}
		for _, name := range c.files {
			files[name] = "x"
		}
		s, _ := testServer(t, files)
		given := c.rule.WDS
		all := s.resolve(&plan.Plan{Rules: []plan.Rule{c.rule}})
		got := all[ourAddr].Cases[0]
		require.Equal(t, c.want, got.Rule.WDS, c.name)
		require.Same(t, given, c.rule.WDS, "the plan stays as it is")
		lines := s.describe(all)
		if c.doubt == "" {
			require.Len(t, lines, 1, c.name)
		} else {
			require.Equal(t, bootnames.Note{Text: c.doubt, Warn: true}, lines[1], c.name)
		}
		if c.want != nil {
			require.Contains(t, lines[0].Text, ", and when it asks again "+c.want.File)
		}
	}
}

// A boot program's story goes on over its second question.
func TestWDSStory(t *testing.T) {
	s, out := testServer(t, map[string]string{"boot/x64/wdsmgfw.efi": "x", "boot/x64/bootmgfw.efi": "x"})
	s.policies = s.resolve(x64Plan(`boot\x64\wdsmgfw.efi`))
	wire := &sent{}
	hear(s, wire, dhcpopts.Firmware(dhcpopts.EFIX64), 67)
	again := withType(dhcpopts.Request)
	again.CIAddr = theLease
	again.Options = append(again.Options, dhcpopts.Option{Code: dhcpopts.OptWDS, Data: []byte("\x0d\x02\x08\x00\xff")})
	hear(s, wire, again, 4011)
	require.Len(t, wire.all, 2)
	require.Equal(t, `52:54:00:12:34:56 UEFI x64: offered boot\x64\wdsmgfw.efi (rule 1)
52:54:00:12:34:56 UEFI x64: asked port 4011 what comes next, told boot\x64\bootmgfw.efi (rule 1)`, lines(out))
}
