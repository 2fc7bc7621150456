//go:build linux

package lab_test

import (
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/targets"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/lab"
	"pxekit/internal/lab/corpus"
)

// servers are the targets that have a real server here.
var servers = []struct {
	target  string
	version string // what the program says it is
	daemon  lab.Daemon
	// self: where nothing names another, the server says its own address in
	// siaddr. Expect, which cannot know it, says none.
	self bool
	// ambient: an option that the server fills with what its machine is, and
	// which Expect therefore leaves out. networkd sends the time zone in an ACK.
	ambient uint8
}{
	{target: "isc", version: "4.4.3-P1", daemon: lab.ISC},
	{target: "kea", version: "2.2.0", daemon: lab.Kea},
	{target: "dnsmasq", version: "2.90", daemon: lab.Dnsmasq, self: true},
	{target: "udhcpd", version: "1.35.0", daemon: lab.Udhcpd},
	{target: "networkd", version: "252", daemon: lab.Networkd, ambient: 101},
}

var nulModes = []plan.NULMode{plan.NULAlways, plan.NULAuto, plan.NULNever}

// whole is what turns a plan into a config that loads by itself in a [lab.Net].
func whole(form string) dialect.Request {
	return dialect.Request{
		As: form, Full: true, Interface: lab.ServerInterface,
		RangeLow: netip.MustParseAddr("10.77.0.100"), RangeHigh: netip.MustParseAddr("10.77.0.150"),
	}
}

// TestMatrix compares what five real servers send with Output.Expect, octet for
// octet: every form, plan, NUL policy, client and request list, OFFER and ACK.
func TestMatrix(t *testing.T) {
	for _, s := range servers {
		t.Run(s.target, func(t *testing.T) {
			lab.Need(t, "netns", s.daemon.Name)
			target, err := targets.Find(s.target)
			require.NoError(t, err)
			require.NotEmpty(t, target.Forms)
			m := &matrix{target: target, daemon: s.daemon, self: s.self, ambient: s.ambient, proven: map[dialect.Feature]bool{}}
			t.Run("cells", m.run)
			t.Logf("%s: %d cells equal the plan, %d as Expect says and not as the plan, %d where the server cannot follow",
				s.target, m.equal, m.bent, m.lost)
			cells := len(target.Forms) * len(plans()) * len(nulModes) * len(clients()) * 2
			require.Equal(t, cells, m.equal+m.bent+m.lost, "every cell is compared")
			m.compareSupport(t)
		})
	}
}

// matrix is one target's run.
type matrix struct {
	target  dialect.Target
	daemon  lab.Daemon
	self    bool
	ambient uint8

	mu                sync.Mutex
	equal, bent, lost int
	proven            map[dialect.Feature]bool
}

func (m *matrix) run(t *testing.T) {
	for _, form := range m.target.Forms {
		for _, p := range plans() {
			for _, mode := range nulModes {
				t.Run(fmt.Sprintf("%s/%s/nul %s", form.Name, p.Name, mode), func(t *testing.T) {
					t.Parallel()
					p := *p.Plan
					p.NUL.Mode = mode
					m.plan(t, &p, form.Name)
				})
			}
		}
	}
}

// plan is one server start: all clients at once.
func (m *matrix) plan(t *testing.T, p *plan.Plan, form string) {
	out, err := m.target.Write(p, whole(form))
	require.NoError(t, err)
	n := lab.NewNet(t)
	complaint, err := n.Check(t, m.daemon, out.Text)
	require.NoError(t, err, "%s\nof\n%s", complaint, out.Text)

	server := n.Start(t, m.daemon, out.Text)
	all := clients()
	for i, boot := range server.Boot(t, all) {
		c := all[i]
		m.cell(t, p, out, c, boot.Offer)
		m.cell(t, p, out, lab.Taking(c, boot.Offer), boot.Ack)
	}
	require.Empty(t, server.Crash())
}

// cell is one reply.
func (m *matrix) cell(t *testing.T, p *plan.Plan, out dialect.Output, c dhcpopts.Client, reply *dhcpopts.Packet) {
	t.Helper()
	got, expected := reply.Answer(), out.Expect(c)
	got.Options = slices.DeleteFunc(got.Options, func(o dhcpopts.Option) bool { return m.ambient != 0 && o.Code == m.ambient })
	if m.self && !expected.HasServer() {
		expected.SIAddr = netip.MustParseAddr(lab.ServerAddress)
	}
	if !got.Equal(expected) {
		t.Errorf("%s, message type %d\nexpect  %s\non wire %s", c.Name, reply.MessageType(), corpus.Show(expected), corpus.Show(got))
		return
	}
	want, _, _ := p.Answer(c)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.prove(p, c, want, got)
	switch {
	case got.Equal(want):
		m.equal++
	case len(out.Lost) > 0:
		m.lost++
	default:
		m.bent++
	}
}

func (m *matrix) prove(p *plan.Plan, c dhcpopts.Client, want, got dhcpopts.Answer) {
	if !corpus.Boots(c) && !got.Boots() {
		m.proven[dialect.FeatLaptop] = true
	}
	for _, rule := range p.Cases() {
		if rule.Cond.Holds(c) {
			for _, f := range shown(rule, c, want, got) {
				m.proven[f] = true
			}
			return
		}
	}
}

// compareSupport holds that Support, which docs/targets.md is made from, says
// "on the wire" of what the matrix saw, and of nothing else.
func (m *matrix) compareSupport(t *testing.T) {
	t.Helper()
	for _, f := range dialect.Features {
		if s := m.target.Support[f]; s.Can {
			require.Equal(t, s.Evidence == dialect.Wire, m.proven[f], "%s: Support says %s, the matrix saw it: %v", f, s.Evidence, m.proven[f])
		}
	}
}
