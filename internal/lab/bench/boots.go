//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// together is how many simulated machines boot at a time, and bootsEach how
// often each does.
const (
	together  = 32
	bootsEach = 5
)

// boots measures whole boots.
func boots(o options) (string, error) {
	b, err := openBuilding(o, "dnsmasq", "pxekit")
	if err != nil {
		return "", err
	}
	defer b.close()
	var out strings.Builder
	fmt.Fprintf(&out, "%s; %s.\n", machine(), dnsmasqVersion())
	name := fmt.Sprintf("%d machines at once, %s each", together, size(bootSize))
	for _, s := range []bootScenario{{name: name}, {name: name + ", windows joined", joined: true}} {
		of := scenario{name: s.name, speed: []target{{"dnsmasq", 3}}}
		r, err := b.race(of, o.rounds, func(r *room) (float64, int, error) { return b.boot(r, s.joined) })
		if err != nil {
			return "", err
		}
		r.writeRate(&out, "boots/s", "CPU ms per boot", 1e3)
	}
	return out.String(), nil
}

// bootScenario is how the machines boot. joined: the kernel hands them the
// packets of a window together, as it then takes them from the cable. All of that
// happens on the sender's processor here, which on a real network it does not.
type bootScenario struct {
	name   string
	joined bool
}

// boot lets all machines boot from one responder.
func (b *building) boot(r *room, joined bool) (seconds float64, count int, err error) {
	out, err := b.client(r, "boot", fmt.Sprintf("-joined=%t", joined))
	if err != nil {
		return 0, 0, err
	}
	var got booted
	err = json.Unmarshal(out, &got)
	return got.Seconds, got.Boots, err
}
