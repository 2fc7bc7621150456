package plan

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// An index finds what looking at each case finds, whatever of a machine the
// conditions name and in whatever order.
func TestIndex(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	octets := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(rng.IntN(2))
		}
		return b
	}
	pick := func(lengths ...int) []byte {
		if n := lengths[rng.IntN(len(lengths))]; n > 0 {
			return octets(n)
		}
		return nil
	}
	found := 0
	for range 300 {
		var cases []Case
		for range 20 {
			cond := Cond{Class: dhcpopts.ClassPXE, MAC: pick(0, 1, 2, 3, 6)}
			if rng.IntN(4) == 0 {
				cond.UUID = append(make([]byte, 14), octets(2)...)
			}
			if rng.IntN(3) == 0 {
				cond.Archs = []dhcpopts.Arch{dhcpopts.EFIX64}
			}
			cases = append(cases, Case{Cond: cond})
		}
		x := NewIndex(cases)
		for range 20 {
			cl := pxe(dhcpopts.Arch(6 + rng.IntN(2)))
			cl.MAC = pick(0, 1, 6, 6, 6)
			if rng.IntN(2) == 0 {
				cl.MachineID = append(make([]byte, 15), octets(2)...)
			}
			var want *Case
			for i := range cases {
				if cases[i].Cond.Holds(cl) {
					want = &cases[i]
					break
				}
			}
			require.Same(t, want, x.First(cl))
			if want != nil {
				found++
			}
		}
	}
	require.Greater(t, found, 100)
	require.Less(t, found, 300*20)
	require.Nil(t, NewIndex(nil).First(pxe()))
}
