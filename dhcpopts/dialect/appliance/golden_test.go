package appliance

import (
	"flag"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/lab/corpus"
)

var update = flag.Bool("update", false, "rewrite the texts under testdata")

// written are the targets of this package whose texts are kept under testdata.
var written = []dialect.Target{
	Windows, Relay, PfSenseISC, OPNsenseISC, EdgeOS, RouterOS, Cisco, Junos, FortiOS, Huawei, Comware, ArubaOS, AOSCX, Meraki, Technitium,
	VyOS, OPNsenseKea, PfSenseKea, BloxOne,
}

// wds is the plan of the main use: one file for every PXE client of a network.
func wds() *plan.Plan {
	return &plan.Plan{
		Server: netip.MustParseAddr("192.0.2.10"),
		Scope:  []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")},
		NUL:    plan.NUL{Mode: plan.NULAuto}, Via: plan.ViaBoth,
		Rules: []plan.Rule{{File: `boot\x64\wdsnbp.com`}},
	}
}

// TestGolden compares what a person would paste, for the main use and for the
// plans that ask the most.
func TestGolden(t *testing.T) {
	plans := []corpus.Named{{Name: "one", Plan: wds()}}
	for _, p := range corpus.Plans() {
		if p.Name == "ipxe" || p.Name == "hosts" || p.Name == "menu" {
			plans = append(plans, p)
		}
	}
	require.Len(t, plans, 4)
	require.NotEmpty(t, written)
	for _, target := range written {
		for _, form := range target.Forms {
			for _, p := range plans {
				out, err := target.Write(p.Plan, dialect.Request{As: form.Name})
				require.NoError(t, err)
				corpus.Golden(t, *update, filepath.Join("testdata", target.Name, form.Name+"-"+p.Name+".txt"), show(out))
			}
		}
	}
}

// show is an output as a golden: the text, and what it could not say.
func show(out dialect.Output) string {
	var b strings.Builder
	b.WriteString(out.Text)
	for _, n := range out.Lost {
		b.WriteString("-- lost: " + string(n.Feature) + ": " + n.Text + "\n")
	}
	for _, n := range out.Notes {
		b.WriteString("-- note: " + string(n.Feature) + ": " + n.Text + "\n")
	}
	if out.Undo != "" {
		b.WriteString("-- undo: " + out.Undo + "\n")
	}
	return b.String()
}

// TestMainUse holds that the reader of each language finds the bytes of the main
// use in the text: siaddr or option 66, and option 67.
func TestMainUse(t *testing.T) {
	client := corpus.BIOSClient
	client.RequestList = corpus.FullList
	for _, target := range written {
		if target.Name == Relay.Name {
			continue
		}
		for _, form := range target.Forms {
			t.Run(target.Name+"/"+form.Name, func(t *testing.T) {
				out, err := target.Write(wds(), dialect.Request{As: form.Name})
				require.NoError(t, err)
				got := out.Expect(client)
				value, ok := got.Get(dhcpopts.OptBootFile)
				require.True(t, ok, "no option 67 in\n%s", out.Text)
				require.Equal(t, `boot\x64\wdsnbp.com`, strings.TrimSuffix(string(value), "\x00"))
				if target.Can(dialect.FeatNUL, form.Name) {
					require.Len(t, value, 20)
				}
				if target.Can(dialect.FeatSIAddr, form.Name) {
					require.Equal(t, netip.MustParseAddr("192.0.2.10"), got.SIAddr)
				}
			})
		}
	}
}

// TestSpell holds that what is to be typed is read as what was asked, or that
// the error names the value.
func TestSpell(t *testing.T) {
	for _, target := range written {
		if target.Spell == nil {
			continue
		}
		t.Run(target.Name, func(t *testing.T) {
			for _, name := range corpus.Names() {
				for _, value := range []string{name, name + "\x00"} {
					s, err := target.Spell(dhcpopts.OptBootFile, []byte(value))
					if err != nil || string(s.Sent) != value {
						continue // said by the error or by Sent
					}
					require.NotContains(t, s.Text, "\x00")
					require.NotContains(t, strings.ReplaceAll(s.Text, "\r\n", ""), "\r")
					r, err := target.Read(dhcpopts.OptBootFile, s.Text)
					require.NoError(t, err, "%q", s.Text)
					require.Equal(t, value, string(r.Sent), "%q", s.Text)
				}
			}
		})
	}
}
