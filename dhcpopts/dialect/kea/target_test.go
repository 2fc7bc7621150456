package kea

import (
	"flag"
	"fmt"
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

func TestCorpus(t *testing.T) { corpus.CheckTarget(t, Target) }

// full is a request for a whole file.
func full(form string) dialect.Request {
	return dialect.Request{
		As: form, Full: true, Interface: "s0",
		RangeLow: netip.MustParseAddr("10.77.0.100"), RangeHigh: netip.MustParseAddr("10.77.0.150"),
	}
}

func TestGolden(t *testing.T) {
	for _, form := range Target.Forms {
		for _, p := range corpus.Plans() {
			out, err := Target.Write(p.Plan, dialect.Request{As: form.Name})
			require.NoError(t, err)
			compare(t, form.Name+"-"+p.Name+".conf", out.Text)
		}
		out, err := Target.Write(corpus.Plans()[0].Plan, full(form.Name))
		require.NoError(t, err)
		compare(t, form.Name+"-full.conf", out.Text)
	}
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	corpus.Golden(t, *update, filepath.Join("testdata", name), got)
}

// conditions is a plan that uses every kind of condition and option.
func conditions() *plan.Plan {
	p := *corpus.Plans()[0].Plan
	id := []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	p.Hosts = []plan.Rule{
		{Match: plan.Match{UUID: id}, File: "uuid"},
		{Match: plan.Match{MAC: []byte{2, 0, 0xff}}, File: "prefix"},
		{Match: plan.Match{MAC: []byte{2, 0, 0, 0, 0, 1}}, File: "one"},
		{Match: plan.Match{MAC: []byte{2, 0, 0, 0, 0, 2}}, File: "one"},
	}
	p.Rules = append([]plan.Rule{
		{Match: plan.Match{UserClass: "it's"}, File: "quote"},
		{Match: plan.Match{VendorClass: "HW-Client"}, File: "other"},
		{Match: plan.Match{Stage: dhcpopts.FirstStage, Archs: []plan.ArchRef{{Arch: dhcpopts.EFIIA32}}}, File: "first", Options: []dhcpopts.Option{
			{Code: 150, Data: []byte{10, 77, 0, 9}}, {Code: 175, Data: []byte{0xb0, 1, 1}}, {Code: 17, Data: []byte(" a, b")},
		}},
	}, p.Rules...)
	return &p
}

// TestConditions compares the text with the plan for clients on both sides of
// each condition.
func TestConditions(t *testing.T) {
	p := conditions()
	clients := corpus.Clients()
	for _, change := range []func(*dhcpopts.Client){
		func(c *dhcpopts.Client) { c.MachineID = append([]byte{0}, p.Hosts[0].Match.UUID...) },
		func(c *dhcpopts.Client) { c.MAC = []byte{2, 0, 0xff, 1, 2, 3} },
		func(c *dhcpopts.Client) { c.MAC = []byte{2, 0, 0, 0, 0, 1} },
		func(c *dhcpopts.Client) { c.MAC = []byte{2, 0, 0, 0, 0, 2} },
		func(c *dhcpopts.Client) { c.UserClass = []byte("it's") },
		func(c *dhcpopts.Client) { c.UserClass = []byte("\x04it's") },
		func(c *dhcpopts.Client) { c.UserClass = []byte("it's not") },
		func(c *dhcpopts.Client) { c.VendorClass = []byte("HW-Client/2") },
		func(c *dhcpopts.Client) { c.Options = []dhcpopts.Option{{Code: 175, Data: []byte{1, 0}}} },
	} {
		for _, c := range corpus.Kinds() {
			change(&c)
			clients = append(clients, c)
		}
	}
	for _, form := range Target.Forms {
		out, err := Target.Write(p, dialect.Request{As: form.Name})
		require.NoError(t, err)
		require.Empty(t, out.Lost)
		for _, c := range clients {
			want, _, _ := p.Answer(c)
			require.True(t, corpus.Trimmed(out.Expect(c)).Equal(corpus.Trimmed(want)), "%+v\nwant %s\ngot  %s\n%s", c, corpus.Show(want), corpus.Show(out.Expect(c)), out.Text)
		}
	}
}

// TestManyHosts holds that a thousand rivals grow the text with the plan, not
// with its square, and that the first still wins.
func TestManyHosts(t *testing.T) {
	p := *corpus.Plans()[0].Plan
	for i := range 1000 {
		m := plan.Match{MAC: []byte{2, 0, 0, 0, byte(i >> 8), byte(i)}}
		if i%2 == 1 {
			m = plan.Match{UUID: append([]byte{byte(i >> 8), byte(i)}, make([]byte, 14)...)}
		}
		p.Hosts = append(p.Hosts, plan.Rule{Match: m, File: fmt.Sprint("host", i)})
	}
	out, err := Target.Write(&p, dialect.Request{})
	require.NoError(t, err)
	require.Less(t, len(out.Text), 1500*1000)
	both := corpus.BIOSClient
	both.MAC = p.Hosts[500].Match.MAC
	both.MachineID = append([]byte{0}, p.Hosts[499].Match.UUID...)
	require.Equal(t, "host499", string(out.Expect(both).File))
	require.Equal(t, `boot\x64\wdsnbp.com`, string(out.Expect(corpus.BIOSClient).File))
}

// TestScope holds that only the scope's subnets get the answer when the part is
// merged into a server that has others.
func TestScope(t *testing.T) {
	out, err := Target.Write(corpus.Plans()[0].Plan, dialect.Request{})
	require.NoError(t, err)
	other := `"subnet4": [ {"subnet": "10.88.0.0/24"},`
	conf, err := Parse(strings.Replace(out.Text, `"subnet4": [`, other, 1))
	require.NoError(t, err)
	for _, at := range []struct {
		relay string
		gets  bool
	}{{"10.77.0.1", true}, {"10.88.0.1", false}} {
		c := corpus.BIOSClient
		c.GIAddr = netip.MustParseAddr(at.relay)
		require.Equal(t, at.gets, !conf.Answer(c).Empty(), at.relay)
	}
}

// TestWholeRefused holds that a whole file without a network, or with a range
// outside of it, is an error and not a file that serves nobody.
func TestWholeRefused(t *testing.T) {
	p := *corpus.Plans()[0].Plan
	r := full(formClasses)
	r.RangeHigh = netip.MustParseAddr("10.78.0.1")
	_, err := Target.Write(&p, r)
	require.EqualError(t, err, "the range 10.77.0.100-10.78.0.1 is in none of the scopes")
	p.Scope = nil
	_, err = Target.Write(&p, full(formClasses))
	require.EqualError(t, err, "a whole kea-dhcp4.conf needs a scope: the network it serves")
	_, err = Target.Write(&p, dialect.Request{As: "xml"})
	require.EqualError(t, err, `kea has no form "xml"`)
}

// TestSpell holds that what is to be typed is read as what is sent.
func TestSpell(t *testing.T) {
	for _, name := range corpus.Names() {
		for _, code := range []uint8{dhcpopts.OptTFTPServer, dhcpopts.OptBootFile, dhcpopts.OptVendor, 150, 209} {
			s, err := Target.Spell(code, []byte(name+"\x00"))
			require.NoError(t, err, "%d %q", code, name)
			r, err := Target.Read(code, s.Text)
			require.NoError(t, err, s.Text)
			require.Equal(t, s.Sent, r.Sent, s.Text)
			if code == dhcpopts.OptBootFile {
				require.Equal(t, name, string(r.Sent))
				require.Contains(t, s.Note, "supersede")
			}
		}
	}
}

func TestRead(t *testing.T) {
	for typed, want := range map[string]string{
		`boot\\x64\\wdsnbp.com`:              `boot\x64\wdsnbp.com`,
		`"boot\\x64\\wdsnbp.com"`:            `boot\x64\wdsnbp.com`,
		`boot\boot.efi`:                      "boot\boot.efi",
		`\\\\srv\\share`:                     `\srv\share`,
		`http://h/a.efi?x=1,2`:               `http://h/a.efi?x=1`,
		` lead `:                             `lead`,
		`x\u0000`:                            `x`,
		`{"csv-format":false,"data":"6100"}`: `a`,
	} {
		r, err := Target.Read(dhcpopts.OptBootFile, typed)
		require.NoError(t, err, typed)
		require.Equal(t, want, string(r.Sent), typed)
	}
	r, err := Target.Read(dhcpopts.OptBootFile, `http://h/a.efi?x=1,2`)
	require.NoError(t, err)
	require.Equal(t, "cut at the comma", r.Note)
	_, err = Target.Read(dhcpopts.OptBootFile, `boot\x64\wdsnbp.com`)
	require.ErrorContains(t, err, `bad escape "\\x"`)
}
