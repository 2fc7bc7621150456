package dhcpopts_test

import (
	"testing"

	"pxekit/dhcpopts"
)

// The three steps of decode, on the messages of the corpus.

func BenchmarkParse(b *testing.B) {
	messages := corpus(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		dhcpopts.Parse(messages[i%len(messages)].payload)
	}
}

func BenchmarkExplain(b *testing.B) {
	packets := parsed(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		dhcpopts.Explain(packets[i%len(packets)])
	}
}

func BenchmarkCheck(b *testing.B) {
	packets := parsed(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		dhcpopts.Check(packets[i%len(packets)])
	}
}

func parsed(b *testing.B) (all []*dhcpopts.Packet) {
	for _, m := range corpus(b) {
		p, _ := dhcpopts.Parse(m.payload)
		all = append(all, p)
	}
	return all
}
