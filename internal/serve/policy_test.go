package serve

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

// {server} is the address a machine talks to, with the HTTP port where the URL
// has none and the port is not the usual one.
func TestPolicy(t *testing.T) {
	s, _ := testServer(t, nil)
	web := func(file string, server netip.Addr) string {
		p := &plan.Plan{Server: server, Rules: []plan.Rule{{Match: plan.Match{Stage: dhcpopts.IPXEStage}, File: file}}}
		return string(s.resolve(p)[ourAddr].Cases[0].Answer.File)
	}
	elsewhere := netip.MustParseAddr("10.9.9.9")
	require.Equal(t, "http://10.0.0.2/x", web("http://{server}/x", netip.Addr{}))
	s.HTTPPort = 8080
	require.Equal(t, "http://10.0.0.2:8080/x", web("http://{server}/x", netip.Addr{}))
	require.Equal(t, "http://10.0.0.2:8080", web("http://{server}", netip.Addr{}))
	require.Equal(t, "http://10.0.0.2:81/x", web("http://{server}:81/x", netip.Addr{}))
	require.Equal(t, "https://10.0.0.2/x", web("https://{server}/x", netip.Addr{}), "not the scheme that is served")
	require.Equal(t, "http://10.9.9.9/x", web("http://{server}/x", elsewhere), "not this server")
	s.HTTPPort = 0
	require.Equal(t, "http://10.0.0.2/x", web("http://{server}/x", netip.Addr{}))
}

// Who stands in for a menu's missing boot servers: we, for the files that we
// hand out, and for all where nobody else can be asked.
func TestComplete(t *testing.T) {
	for text, want := range map[string][]uint16{
		"{discovery-control: 3, prompt: {timeout: 0}, menu: [{type: 1, text: x}, {type: 0, text: disk}]}":                {1},
		"{discovery-control: 7, prompt: {timeout: 0}, menu: [{type: 1, text: x}, {type: 2, text: y, file: z}]}":          {1, 2},
		"{discovery-control: 3, prompt: {timeout: 0}, menu: [{type: 1, text: x, server: 10.9.9.9}, {type: 2, text: y}]}": {1},
		"{discovery-control: 2, prompt: {timeout: 0}, menu: [{type: 1, text: x}, {type: 2, text: y, file: z}]}":          {2},
		"{discovery-control: 1, multicast: 239.1.1.1, prompt: {timeout: 0}, menu: [{type: 1, text: x}]}":                 nil,
		"{discovery-control: 1, prompt: {timeout: 0}, menu: [{type: 1, text: x}]}":                                       {1},
		"{prompt: {timeout: 0}, menu: [{type: 1, text: x}]}":                                                             nil,
	} {
		p, _, err := plan.Parse("plan.yaml", []byte("version: 1\nrules:\n  - match: {arch: bios}\n    file: a\n    pxe: "+text+"\n"))
		require.NoError(t, err)
		own := Complete(p, ourAddr)
		for _, f := range own.Check() {
			require.NotEqual(t, dhcpopts.Error, f.Severity, "%s: %s", text, f.Message)
		}
		var listed []uint16
		for _, b := range own.Rules[0].PXE.Servers {
			listed = append(listed, b.Type)
		}
		require.Equal(t, want, listed, text)
		require.False(t, p.Server.IsValid(), "the plan itself stays")
	}
}
