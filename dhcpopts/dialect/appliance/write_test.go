package appliance

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/lab/corpus"
)

func TestCorpus(t *testing.T) {
	for _, target := range written {
		t.Run(target.Name, func(t *testing.T) {
			require.NotEmpty(t, target.Forms)
			corpus.CheckTarget(t, target)
		})
	}
}

// TestNoInjection holds that a name never begins a line of its own: each line of
// a text begins with a word that lines begin with for a harmless name.
func TestNoInjection(t *testing.T) {
	for _, target := range written {
		for _, form := range target.Forms {
			t.Run(target.Name+"/"+form.Name, func(t *testing.T) {
				allowed := firstWords(t, target, form.Name, `a\b`)
				allowed = append(allowed, firstWords(t, target, form.Name, strings.Repeat("n", 200))...)
				allowed = append(allowed, "@{", "rem", "#", "!", ";", "{", "}", "]", "</dhcpd>")
				for _, name := range append(corpus.Names(), "x\nreload", "x\r\nno shutdown", "x'; rm -rf /; '", "x\"\nend\nset x", "x\nPXEKIT-END\nreboot") {
					for _, word := range firstWords(t, target, form.Name, name) {
						require.Contains(t, allowed, word, "%q", name)
					}
				}
			})
		}
	}
}

func firstWords(t *testing.T, target dialect.Target, form, name string) []string {
	t.Helper()
	p := wds()
	p.Rules[0].File = name
	out, err := target.Write(p, dialect.Request{As: form})
	require.NoError(t, err)
	var words []string
	for line := range strings.Lines(out.Text) {
		if f := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t\n>", r) }); len(f) > 0 {
			words = append(words, f[0])
		}
	}
	return words
}

// TestMarkup holds that XML and JSON texts are well-formed for every name.
func TestMarkup(t *testing.T) {
	for _, name := range corpus.Names() {
		p := wds()
		p.Rules[0].File = name
		for _, target := range []dialect.Target{PfSenseISC, OPNsenseISC} {
			out, err := target.Write(p, dialect.Request{})
			require.NoError(t, err)
			d := xml.NewDecoder(strings.NewReader(out.Text))
			for err == nil {
				_, err = d.Token()
			}
			require.ErrorIs(t, err, io.EOF)
		}
		out, err := Meraki.Write(p, dialect.Request{})
		require.NoError(t, err)
		require.True(t, json.Valid([]byte(out.Text)), out.Text)
	}
}

// TestScopes holds that each network of a plan gets its own part, and that a
// target whose text cannot do without a network says so.
func TestScopes(t *testing.T) {
	two := wds()
	two.Scope = append(two.Scope, netip.MustParsePrefix("203.0.113.0/26"))
	none := wds()
	none.Scope = nil
	for _, target := range written {
		for _, form := range target.Forms {
			out, err := target.Write(two, dialect.Request{As: form.Name})
			require.NoError(t, err)
			if target.Can(dialect.FeatScope, form.Name) && target.Name != OPNsenseISC.Name {
				text := strings.ReplaceAll(out.Text, "-", ".") // pool names have no dots everywhere
				require.Contains(t, text, "198.51.100.0", target.Name)
				require.Contains(t, text, "203.0.113.0", target.Name)
			}
			if _, err := target.Write(none, dialect.Request{As: form.Name}); err != nil {
				require.ErrorContains(t, err, "scope")
			}
		}
	}
}

// TestNothingToSay holds that plans which leave nothing for a target to write
// still give a text, and lose what they ask.
func TestNothingToSay(t *testing.T) {
	plans := map[string]plan.Rule{
		"http": {Match: plan.Match{Archs: []plan.ArchRef{{Arch: dhcpopts.HTTPX64}}}, File: "http://192.0.2.10/x.efi"},
		"uuid": {Match: plan.Match{UUID: make([]byte, 16)}, File: "x.efi"},
		"user": {Match: plan.Match{UserClass: "kiosk"}, File: "x.efi"},
		"mine": {Match: plan.Match{VendorClass: "Thin", Archs: []plan.ArchRef{{Arch: dhcpopts.EFIX64}}}, File: "x.efi"},
	}
	for name, rule := range plans {
		for _, target := range written {
			for _, form := range target.Forms {
				p := wds()
				p.Rules = []plan.Rule{rule}
				out, err := target.Write(p, dialect.Request{As: form.Name})
				require.NoError(t, err, "%s %s", target.Name, name)
				require.NotEmpty(t, out.Text)
				got := out.Expect(corpus.X64Client)
				_, has := got.Get(dhcpopts.OptBootFile)
				require.False(t, (has || len(got.File) > 0) && len(out.Lost) == 0, "%s %s: a client outside the plan gets %s", target.Name, name, corpus.Show(got))
			}
		}
	}
}

// TestOption43 holds that vendor options only go where PXE clients alone read
// them.
func TestOption43(t *testing.T) {
	p := wds()
	p.Rules[0].PXE = &plan.PXE{PXE: dhcpopts.PXE{DiscoveryControl: new(uint8(8))}}
	laptop := corpus.Laptop
	laptop.RequestList = []uint8{1, 3, 43, 60, 66, 67}
	client := corpus.BIOSClient
	client.RequestList = laptop.RequestList
	for _, target := range written {
		for _, form := range target.Forms {
			out, err := target.Write(p, dialect.Request{As: form.Name})
			require.NoError(t, err)
			_, got := out.Expect(laptop).Get(dhcpopts.OptVendor)
			require.False(t, got, "%s sends 43 to a laptop", target.Name)
			value, got := out.Expect(client).Get(dhcpopts.OptVendor)
			refused := slices.ContainsFunc(out.Lost, func(n dialect.Note) bool { return n.Feature == dialect.FeatPXE43 })
			require.Equal(t, !refused && target.Name != Relay.Name, got, target.Name)
			if got {
				require.Equal(t, []byte{6, 1, 8, 255}, value, target.Name)
			}
		}
	}
}

// TestWindowsScript holds what makes the script safe: it asks before each
// change, and looks before it adds.
func TestWindowsScript(t *testing.T) {
	out, err := Windows.Write(wds(), dialect.Request{})
	require.NoError(t, err)
	require.Empty(t, out.Lost)
	require.Contains(t, out.Text, "SupportsShouldProcess")
	lines := strings.Split(out.Text, "\n")
	for i, line := range lines {
		verb := strings.TrimSpace(line)
		if strings.HasPrefix(verb, "Add-") || strings.HasPrefix(verb, "Set-") {
			require.Contains(t, lines[i-1], "ShouldProcess", line)
		}
	}
	require.Equal(t, strings.Count(out.Text, "{"), strings.Count(out.Text, "}"))
	require.Equal(t, strings.Count(out.Text, "("), strings.Count(out.Text, ")"))
}

// TestWindowsExcludes holds that a later policy leaves an earlier one's user
// class alone, so that its options reach no client of the other.
func TestWindowsExcludes(t *testing.T) {
	p := wds()
	p.Rules[0].PXE = &plan.PXE{PXE: dhcpopts.PXE{DiscoveryControl: new(uint8(8))}}
	p.Rules = append([]plan.Rule{
		{Match: plan.Match{UserClass: "kiosk"}, File: "k.efi"},
		{Match: plan.Match{Stage: dhcpopts.IPXEStage}, File: "http://192.0.2.10/boot.ipxe"},
	}, p.Rules...)
	out, err := Windows.Write(p, dialect.Request{})
	require.NoError(t, err)
	require.Empty(t, out.Lost)
	kiosk := corpus.X64Client
	kiosk.UserClass = []byte("kiosk")
	for _, c := range []dhcpopts.Client{corpus.X64Client, corpus.IPXEBIOS, corpus.IPXEEFI, kiosk} {
		c.RequestList = corpus.FullList
		want, _, _ := p.Answer(c)
		require.True(t, corpus.Trimmed(want).Equal(corpus.Trimmed(out.Expect(c))), "%s gets %s", c.Name, corpus.Show(out.Expect(c)))
	}
}

// TestWindowsLeak holds that the options a later policy would add to an earlier
// one's clients are named, as the server merges policies.
func TestWindowsLeak(t *testing.T) {
	p := wds()
	p.Rules = append([]plan.Rule{{Match: plan.Match{MAC: []byte{2, 0, 0, 0, 0, 1}}, File: "one.efi"}}, p.Rules...)
	p.Rules[1].Options = []dhcpopts.Option{{Code: 150, Data: []byte{192, 0, 2, 10}}}
	out, err := Windows.Write(p, dialect.Request{})
	require.NoError(t, err)
	require.Len(t, out.Lost, 1)
	require.Contains(t, out.Lost[0].Text, "option 150")
}

// TestRouterOSViaOption holds that matchers alone keep a file from laptops.
func TestRouterOSViaOption(t *testing.T) {
	for _, p := range corpus.Plans()[:3] {
		p.Plan.Via = plan.ViaOption
		out, err := RouterOS.Write(p.Plan, dialect.Request{})
		require.NoError(t, err)
		require.Empty(t, out.Lost, p.Name)
		for _, c := range corpus.Clients() {
			want, _, _ := p.Plan.Answer(c)
			got := out.Expect(c)
			want.SIAddr, got.SIAddr = netip.Addr{}, netip.Addr{} // for everyone
			require.True(t, want.Equal(got), "%s: %s\nwant %s\ngot  %s", p.Name, c.Name, corpus.Show(want), corpus.Show(got))
		}
	}
}

func TestRelayNeedsServer(t *testing.T) {
	p := wds()
	p.Server = netip.Addr{}
	_, err := Relay.Write(p, dialect.Request{})
	require.ErrorContains(t, err, "server")
	_, err = Relay.Write(wds(), dialect.Request{As: "avaya"})
	require.ErrorContains(t, err, `"avaya"`)
	out, err := Relay.Write(wds(), dialect.Request{Interface: "Vlan20"})
	require.NoError(t, err)
	require.Contains(t, out.Text, "interface Vlan20\n")
}

func TestPaloAlto(t *testing.T) {
	_, err := PaloAlto.Write(wds(), dialect.Request{})
	require.ErrorIs(t, err, ErrPaloAlto)
	require.ErrorContains(t, err, "proxyDHCP")
}
