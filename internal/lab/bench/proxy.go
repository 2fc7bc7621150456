//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"pxekit/dhcpopts"
)

// exchange is a message that machines send, many at a time.
type exchange struct {
	scenario
	port        int
	outstanding int
}

var exchanges = []exchange{
	{scenario{name: "DISCOVER on port 67, 64 outstanding", speed: []target{{"dnsmasq", 2}, {bareLoop, 0.7}}}, 67, 64},
	{scenario{name: "DISCOVER on port 67, one outstanding", speed: []target{{"dnsmasq", 1}}}, 67, 1},
	{scenario{name: "REQUEST on port 4011, 64 outstanding", speed: []target{{"dnsmasq", 2}, {bareLoop, 0.7}}}, 4011, 64},
	{scenario{name: "REQUEST on port 4011, one outstanding", speed: []target{{"dnsmasq", 1}}}, 4011, 1},
}

const bareLoop = "bare loop"

// askFor is how long one measurement takes.
const askFor = 2 * time.Second

// answers measures how many answers a second responders give.
func answers(o options) (string, error) {
	b, err := openBuilding(o, "dnsmasq", "pxekit", bareLoop)
	if err != nil {
		return "", err
	}
	defer b.close()
	var out strings.Builder
	fmt.Fprintf(&out, "%s; %s.\n", machine(), dnsmasqVersion())
	for _, e := range exchanges {
		if !strings.Contains(e.name, o.only) {
			continue
		}
		r, err := b.race(e.scenario, o.rounds, func(r *room) (float64, int, error) { return b.ask(r, e) })
		if err != nil {
			return "", err
		}
		r.writeRate(&out, "answers/s", "CPU µs per answer", 1e6)
	}
	return out.String(), nil
}

// ask keeps requests outstanding at one responder.
func (b *building) ask(r *room, e exchange) (seconds float64, count int, err error) {
	out, err := b.client(r, "ask", "-port", fmt.Sprint(e.port), "-outstanding", fmt.Sprint(e.outstanding),
		"-for", askFor.String(), fmt.Sprintf("-anything=%t", r.name == bareLoop))
	if err != nil {
		return 0, 0, err
	}
	var got asked
	if err := json.Unmarshal(out, &got); err != nil {
		return 0, 0, err
	}
	if got.Lost > 0 {
		fmt.Fprintf(os.Stderr, "%s: %d requests without an answer\n", r.name, got.Lost)
	}
	return got.Seconds, got.Answers, nil
}

// race lets the responders take turns at something that is counted.
func (b *building) race(s scenario, rounds int, once func(*room) (seconds float64, count int, err error)) (result, error) {
	res := result{scenario: s, samples: map[string][]sample{}}
	for round := range rounds + 1 {
		for _, r := range b.rooms {
			before, err := r.group.used()
			if err != nil {
				return res, err
			}
			seconds, count, err := once(r)
			if err != nil {
				return res, fmt.Errorf("%s, %s: %w", s.name, r.name, err)
			}
			after, err := r.group.used()
			if err != nil {
				return res, err
			}
			if round == 0 {
				res.order = append(res.order, r.name)
				continue // to warm up
			}
			one := sample{PerSecond: float64(count) / seconds, CPU: (after - before).Seconds() / float64(count)}
			fmt.Fprintf(os.Stderr, "%-38s %-10s %9.1f/s  CPU %.1f µs\n", s.name, r.name, one.PerSecond, one.CPU*1e6)
			res.samples[r.name] = append(res.samples[r.name], one)
		}
	}
	return res, nil
}

// writeRate writes a table of counts per second and the processor time of one.
func (r result) writeRate(b *strings.Builder, unit, cpuUnit string, perSecond float64) {
	rate := func(s sample) float64 { return s.PerSecond }
	cpu := func(s sample) float64 { return s.CPU * perSecond }
	fmt.Fprintf(b, "\n### %s\n\n| responder | %s, each run | median | %s, each run | median |\n|---|---|---|---|---|\n", r.name, unit, cpuUnit)
	for _, name := range r.order {
		x, y := r.column(name, rate), r.column(name, cpu)
		fmt.Fprintf(b, "| %s | %s | %.0f | %s | %.1f |\n", name, join(x, "%.0f"), median(x), join(y, "%.1f"), median(y))
	}
	fmt.Fprintln(b)
	for _, t := range r.speed {
		ratio := r.against(t.peer, rate, slices.Max[[]float64])
		fmt.Fprintf(b, "- Against %s: %.2f; target at least %.1f: %s.\n", t, ratio, t.bound, verdict(ratio >= t.bound))
	}
}

// request is the message of an exchange as edk2 sends it for x64 (measured): to
// port 4011 with the address that it holds, without options 50 and 54.
func request(port int, mac []byte, held string) []byte {
	c := dhcpopts.Firmware(dhcpopts.EFIX64)
	c.MAC = mac
	if port == 4011 {
		c.Message, c.CIAddr, c.Unicast = dhcpopts.Request, addr(held), true
	}
	return c.Packet(0).Bytes()
}

// check says what is wrong with an answer to it.
func check(b []byte, port int, server string) error {
	p, err := dhcpopts.Parse(b)
	if err != nil {
		return err
	}
	class, _ := p.Get(dhcpopts.OptClass)
	id, _ := p.Get(dhcpopts.OptServerID)
	at := addr(server)
	switch {
	case p.Op != 2 || string(class) != dhcpopts.ClassPXE || string(id) != string(at.AsSlice()):
		return fmt.Errorf("op %d, option 60 %q, option 54 % x: no answer of %s", p.Op, class, id, server)
	case p.SIAddr != at:
		return fmt.Errorf("next server %s, not %s", p.SIAddr, server)
	case port == 67 && p.MessageType() == dhcpopts.Offer:
		return nil
	case port == 4011 && p.MessageType() == dhcpopts.Ack && string(p.FileName()) == bootFile:
		return nil
	}
	return fmt.Errorf("message type %d, file %q to a request on port %d", p.MessageType(), p.FileName(), port)
}
