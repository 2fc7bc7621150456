//go:build linux

package lab_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/targets"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/lab"
	"pxekit/internal/lab/corpus"
)

// randomSeeds is how many random plans each form gets; PXEKIT_SEEDS asks for
// more (make random), PXEKIT_SEED for one.
func randomSeeds(t *testing.T) (first, count uint64) {
	number := func(name string, fallback uint64) uint64 {
		text := os.Getenv(name)
		if text == "" {
			return fallback
		}
		n, err := strconv.ParseUint(text, 10, 32)
		require.NoError(t, err, name)
		return n
	}
	if one := number("PXEKIT_SEED", 0); one > 0 {
		return one, 1
	}
	return 1, number("PXEKIT_SEEDS", 5)
}

// TestRandomPlans compares Expect with the wire on plans and clients that nobody
// picked, and, where nothing is lost, with the plan.
func TestRandomPlans(t *testing.T) {
	first, count := randomSeeds(t)
	for _, s := range servers {
		t.Run(s.target, func(t *testing.T) {
			lab.Need(t, "netns", s.daemon.Name)
			target, err := targets.Find(s.target)
			require.NoError(t, err)
			for _, form := range target.Forms {
				for seed := first; seed < first+count; seed++ {
					t.Run(fmt.Sprintf("%s/seed %d", form.Name, seed), func(t *testing.T) {
						t.Parallel()
						r := random{target: target, daemon: s.daemon, self: s.self, ambient: s.ambient}
						r.run(t, form.Name, rand.New(rand.NewPCG(seed, 7)))
					})
				}
			}
		})
	}
}

type random struct {
	target  dialect.Target
	daemon  lab.Daemon
	self    bool
	ambient uint8
}

func (r *random) run(t *testing.T, form string, rng *rand.Rand) {
	p := corpus.RandomPlan(rng)
	clients := corpus.RandomClients(rng, p)
	out, err := r.target.Write(p, whole(form))
	require.NoError(t, err, "%s", p.YAML())
	n := lab.NewNet(t)
	complaint, err := n.Check(t, r.daemon, out.Text)
	require.NoError(t, err, "%s\nof\n%s", complaint, out.Text)

	server := n.Start(t, r.daemon, out.Text)
	for i, boot := range server.Boot(t, clients) {
		r.compare(t, p, out, clients[i], boot.Offer)
		r.compare(t, p, out, lab.Taking(clients[i], boot.Offer), boot.Ack)
	}
	require.Empty(t, server.Crash())
	if t.Failed() {
		t.Logf("lost %v\nplan\n%s\ntext\n%s", out.Lost, p.YAML(), out.Text)
	}
}

func (r *random) compare(t *testing.T, p *plan.Plan, out dialect.Output, c dhcpopts.Client, reply *dhcpopts.Packet) {
	t.Helper()
	got, expected := reply.Answer(), out.Expect(c)
	got.Options = slices.DeleteFunc(got.Options, func(o dhcpopts.Option) bool { return r.ambient != 0 && o.Code == r.ambient })
	if r.self && !expected.HasServer() {
		expected.SIAddr = netip.MustParseAddr(lab.ServerAddress)
	}
	if !got.Equal(expected) {
		t.Errorf("%s %+v, message type %d\nexpect  %s\non wire %s", c.Name, c, reply.MessageType(), corpus.Show(expected), corpus.Show(got))
		return
	}
	want, origin, _ := p.Answer(c)
	if len(out.Lost) > 0 || !plain(c, want) {
		return
	}
	if r.self && !want.HasServer() {
		want.SIAddr = expected.SIAddr
	}
	if !corpus.Trimmed(got).Equal(corpus.Trimmed(want)) {
		t.Errorf("%s %+v: nothing is lost, and yet\nplan    %s (%s)\non wire %s", c.Name, c, corpus.Show(want), origin, corpus.Show(got))
	}
}

// plain leaves out clients that no text reaches as the plan wants: small messages
// make servers drop or move options, and a host name that closes with a NUL makes
// ISC dhcpd and dnsmasq close every text so. Expect knows of both.
func plain(c dhcpopts.Client, want dhcpopts.Answer) bool {
	size := 240 + len(want.SName) + len(want.File)
	for _, o := range want.Options {
		size += 2 + len(o.Data)
	}
	return size < 450 && !bytes.HasSuffix(c.HostName, []byte{0})
}
