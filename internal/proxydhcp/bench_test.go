package proxydhcp

import (
	"fmt"
	"testing"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

// Decide with the plan of a small network, and with a plan that lists 10,000
// machines by hardware address.
func BenchmarkDecide(b *testing.B) {
	for _, hosts := range []int{0, 10_000} {
		b.Run(fmt.Sprintf("hosts=%d", hosts), func(b *testing.B) {
			p := Policy{Index: plan.NewIndex(listing(hosts).Cases())}
			x64 := withMAC(dhcpopts.Firmware(dhcpopts.EFIX64), 1)
			e := event(x64, ServerPort)
			b.ReportAllocs()
			for b.Loop() {
				Decide(now, e, p, Machine{}, "")
			}
		})
	}
}

// listing is a plan for x64 machines, of which so many are listed.
func listing(hosts int) *plan.Plan {
	x64 := []plan.ArchRef{{Arch: dhcpopts.EFIX64}}
	p := &plan.Plan{Rules: []plan.Rule{{Match: plan.Match{Archs: x64}, File: "bootx64.efi"}}}
	for i := range hosts {
		p.Hosts = append(p.Hosts, plan.Rule{Match: plan.Match{MAC: []byte{4, 0, 0, 0, byte(i >> 8), byte(i)}}, File: "own.efi"})
	}
	return p
}
