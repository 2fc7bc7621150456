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
	s := scenario{name: fmt.Sprintf("%d machines at once, %s each", together, size(bootSize)), speed: []target{{"dnsmasq", 3}}}
	var out strings.Builder
	fmt.Fprintf(&out, "%s; %s.\n", machine(), dnsmasqVersion())
	r, err := b.race(s, o.rounds, b.boot)
	if err != nil {
		return "", err
	}
	r.writeRate(&out, "boots/s", "CPU ms per boot", 1e3)
	return out.String(), nil
}

// boot lets all machines boot from one responder.
func (b *building) boot(r *room) (seconds float64, count int, err error) {
	out, err := b.client(r, "boot")
	if err != nil {
		return 0, 0, err
	}
	var got booted
	err = json.Unmarshal(out, &got)
	return got.Seconds, got.Boots, err
}
