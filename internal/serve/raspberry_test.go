package serve

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

func rpiPlan() *plan.Plan {
	return &plan.Plan{Rules: []plan.Rule{{Match: plan.Match{Archs: []plan.ArchRef{{Arch: dhcpopts.RPiBoot}}}, File: "bootcode.bin"}}}
}

func raspberry() dhcpopts.Client {
	c := dhcpopts.Firmware(dhcpopts.BIOS)
	c.MachineID = []byte("\x00RPi4\x11\x31\xc0\x00\x32\x27\x76\xbc\x9f\xfe\xfd\xef")
	return c
}

// later collects what waits for its time.
type later struct {
	s    *Server
	wait []time.Duration
	f    []func()
}

func delays(s *Server) *later {
	l := &later{s: s}
	s.after = func(d time.Duration, f func()) { l.wait, l.f = append(l.wait, d), append(l.f, f) }
	return l
}

// A Pi's answer goes when the DHCP server's has gone, and never after a stop.
func TestDelayedAnswer(t *testing.T) {
	s, out := testServer(t, nil)
	s.policies = s.resolve(rpiPlan())
	clock, wire := delays(s), &sent{}
	hear(s, wire, raspberry(), 67)
	require.Empty(t, wire.all)
	require.Equal(t, []time.Duration{2 * time.Second}, clock.wait)
	require.Equal(t, "52:54:00:12:34:56 Raspberry Pi boot ROM: offered bootcode.bin (rule 1), 2s later", lines(out))
	clock.f[0]()
	require.Len(t, wire.all, 1)
	require.Equal(t, netip.MustParseAddrPort("255.255.255.255:68"), wire.all[0].remote)
	require.Zero(t, s.delayed)

	hear(s, wire, raspberry(), 67)
	s.wake()
	clock.f[1]()
	require.Len(t, wire.all, 1)
}

// A flood of boards does not pile up timers.
func TestDelayedAnswersAreBounded(t *testing.T) {
	s, _ := testServer(t, nil)
	s.policies = s.resolve(rpiPlan())
	clock, wire := delays(s), &sent{}
	for range maxDelayed + 3 {
		hear(s, wire, raspberry(), 67)
	}
	require.Len(t, clock.f, maxDelayed)
	require.Len(t, wire.all, 3)
}
