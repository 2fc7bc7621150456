package isc

import (
	"flag"
	"net/netip"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/lab/corpus"
)

var update = flag.Bool("update", false, "rewrite the texts under testdata")

func TestTarget(t *testing.T) { corpus.CheckTarget(t, Target) }

// full is a request for a whole file on the network of the corpus.
func full(form string) dialect.Request {
	return dialect.Request{
		As: form, Full: true, Interface: "s0",
		RangeLow: netip.MustParseAddr("10.77.0.100"), RangeHigh: netip.MustParseAddr("10.77.0.200"),
	}
}

// twoScopes is the WDS plan for two networks, of which one ends within an octet.
func twoScopes() *plan.Plan {
	p := *corpus.Plans()[0].Plan
	p.Scope = append([]netip.Prefix{corpus.Scope}, netip.MustParsePrefix("172.16.16.0/20"))
	return &p
}

// everything uses all conditions and values there are.
func everything() *plan.Plan {
	uuid := []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	return &plan.Plan{
		Server: corpus.Server,
		Hosts:  []plan.Rule{{Match: plan.Match{UUID: uuid}, File: "by-uuid"}},
		Rules: []plan.Rule{
			{Match: plan.Match{MAC: []byte{0x52, 0x54}, UserClass: "lab", Stage: dhcpopts.FirstStage}, File: "lab\\one"},
			{Match: plan.Match{VendorClass: "Acme \"box\""}, File: "box", ServerName: "s", Options: []dhcpopts.Option{
				{Code: 150, Data: []byte{10, 77, 0, 9}}, {Code: 209, Data: []byte("pxelinux.cfg/default")},
				{Code: 175, Data: []byte{0xb0, 1, 1}}, {Code: 13, Data: []byte{0, 5}}, {Code: 4, Data: []byte{1, 2, 3}},
				{Code: 52, Data: []byte{3}},
			}},
		},
	}
}

func TestGolden(t *testing.T) {
	outputs := map[string]struct {
		plan *plan.Plan
		req  dialect.Request
	}{
		"everything":   {everything(), dialect.Request{}},
		"scopes-class": {twoScopes(), dialect.Request{As: formClass}},
		"scopes-if":    {twoScopes(), dialect.Request{}},
		"scopes-full":  {twoScopes(), full(formIf)},
	}
	for _, p := range corpus.Plans() {
		outputs[p.Name] = struct {
			plan *plan.Plan
			req  dialect.Request
		}{p.Plan, dialect.Request{}}
	}
	for name, o := range outputs {
		out, err := Write(o.plan, o.req)
		require.NoError(t, err)
		corpus.Golden(t, *update, filepath.Join("testdata", name+".conf"), out.Text)
	}
}

// The conditions that the corpus does not have, against the plan's own answer.
func TestEverything(t *testing.T) {
	p := everything()
	out, err := Write(p, dialect.Request{})
	require.NoError(t, err)
	require.Len(t, out.Lost, 1)
	require.Equal(t, dialect.FeatOptions, out.Lost[0].Feature)
	base := corpus.BIOSClient
	clients := map[string]func(*dhcpopts.Client){
		"uuid":          func(c *dhcpopts.Client) { c.MachineID = append([]byte{0}, p.Hosts[0].Match.UUID...) },
		"longer id":     func(c *dhcpopts.Client) { c.MachineID = append(append([]byte{0}, p.Hosts[0].Match.UUID...), 9) },
		"bare class":    func(c *dhcpopts.Client) { c.UserClass = []byte("lab") },
		"counted class": func(c *dhcpopts.Client) { c.UserClass = []byte("\x03lab") },
		"other class":   func(c *dhcpopts.Client) { c.UserClass = []byte("labs") },
		"ipxe by 175": func(c *dhcpopts.Client) {
			c.UserClass = []byte("lab")
			c.Options = []dhcpopts.Option{{Code: 175, Data: []byte{1, 1, 1}}}
		},
		"other MAC":       func(c *dhcpopts.Client) { c.UserClass = []byte("lab"); c.MAC = []byte{0x52, 0x55, 0, 0, 0, 1} },
		"vendor class":    func(c *dhcpopts.Client) { c.VendorClass = []byte("Acme \"box\" 9") },
		"no list at all":  func(c *dhcpopts.Client) { c.VendorClass = []byte("Acme \"box\""); c.RequestList = nil },
		"nothing matches": func(c *dhcpopts.Client) {},
	}
	for name, change := range clients {
		c := base
		c.RequestList = corpus.FullList
		change(&c)
		want, _, _ := p.Answer(c)
		want.Options = without(want.Options, 52)
		require.True(t, out.Expect(c).Equal(want), "%s: want %s, got %s", name, corpus.Show(want), corpus.Show(out.Expect(c)))
	}
}

func without(options []dhcpopts.Option, code uint8) (rest []dhcpopts.Option) {
	for _, o := range options {
		if o.Code != code {
			rest = append(rest, o)
		}
	}
	return rest
}

// A client in no scope gets nothing from the class form, which is global.
func TestClassScope(t *testing.T) {
	out, err := Write(twoScopes(), dialect.Request{As: formClass})
	require.NoError(t, err)
	config, err := Parse(out.Text + "subnet 172.16.0.0 netmask 255.255.0.0 { range 172.16.15.255; }\nsubnet 172.17.0.0 netmask 255.255.0.0 { range 172.17.16.1; }")
	require.NoError(t, err)
	require.True(t, config.Answer(corpus.BIOSClient).Empty())
	inside, err := Parse(out.Text + "subnet 172.16.0.0 netmask 255.255.0.0 { range 172.16.31.254; }")
	require.NoError(t, err)
	require.Equal(t, `boot\x64\wdsnbp.com`, string(inside.Answer(corpus.BIOSClient).File))
}

func TestWriteErrors(t *testing.T) {
	p := corpus.One("a", dhcpopts.BIOS)
	_, err := Write(p, dialect.Request{As: "perl"})
	require.ErrorContains(t, err, `"perl"`)
	_, err = Write(&plan.Plan{}, dialect.Request{})
	require.Error(t, err)
	far := full(formIf)
	far.RangeLow = netip.MustParseAddr("10.9.0.1")
	_, err = Write(p, far)
	require.ErrorContains(t, err, "range 10.9.0.1-10.77.0.200")
	p.Scope = nil
	_, err = Write(p, full(formIf))
	require.ErrorIs(t, err, errNoScope)
	p.Scope = []netip.Prefix{netip.MustParsePrefix("2001:db8::/64")}
	_, err = Write(p, dialect.Request{})
	require.ErrorContains(t, err, "2001:db8::/64")
}
