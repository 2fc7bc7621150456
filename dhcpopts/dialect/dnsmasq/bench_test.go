package dnsmasq

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/lab/corpus"
)

func manyHosts(n int) *plan.Plan {
	p := corpus.One("pxelinux.0", dhcpopts.BIOS)
	for i := range n {
		p.Hosts = append(p.Hosts, plan.Rule{
			Match: plan.Match{MAC: []byte{0x52, 0x54, 0, byte(i >> 16), byte(i >> 8), byte(i)}}, File: fmt.Sprintf("hosts/%d.0", i),
		})
	}
	return p
}

func BenchmarkHosts(b *testing.B) {
	for _, n := range []int{1000, 10000, 100000} {
		p := manyHosts(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := Target.Write(p, dialect.Request{})
				require.NoError(b, err)
			}
		})
	}
}

func TestManyHosts(t *testing.T) {
	p := manyHosts(2000)
	out, err := Target.Write(p, dialect.Request{})
	require.NoError(t, err)
	c := corpus.BIOSClient
	c.MAC = []byte{0x52, 0x54, 0, 0, 7, 0xcf}
	require.Equal(t, "hosts/1999.0", string(out.Expect(c).File))
	c.MAC = []byte{0x52, 0x54, 0, 0, 7, 0xd0}
	require.Equal(t, "pxelinux.0", string(out.Expect(c).File))
}
