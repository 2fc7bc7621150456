package kea

import (
	"fmt"
	"testing"

	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/lab/corpus"
)

// manyHosts is a plan of n machines, each with a file of its own or all with one.
func manyHosts(n int, own bool) *plan.Plan {
	p := *corpus.Plans()[0].Plan
	for i := range n {
		file := "pxelinux.0"
		if own {
			file = fmt.Sprintf("hosts/%d/pxelinux.0", i)
		}
		mac := []byte{0x52, 0x54, 0, byte(i >> 16), byte(i >> 8), byte(i)}
		p.Hosts = append(p.Hosts, plan.Rule{Match: plan.Match{MAC: mac}, File: file})
	}
	return &p
}

func BenchmarkHosts(b *testing.B) {
	for _, own := range []bool{false, true} {
		b.Run(fmt.Sprintf("own=%v", own), func(b *testing.B) {
			p := manyHosts(100_000, own)
			b.ReportAllocs()
			for b.Loop() {
				out, err := Target.Write(p, dialect.Request{})
				if err != nil || len(out.Expect(corpus.BIOSClient).File) == 0 {
					b.Fatal(err)
				}
			}
		})
	}
}
