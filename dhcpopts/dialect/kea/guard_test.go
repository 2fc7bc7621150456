package kea

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/lab/corpus"
)

// TestGuardsOfUUIDs: machines with different UUIDs need no guards against each
// other, and are found not to compete without comparing each with all.
func TestGuardsOfUUIDs(t *testing.T) {
	p := *corpus.Plans()[0].Plan
	id := func(i int) []byte { return binary.BigEndian.AppendUint64(make([]byte, 8), uint64(i)) }
	for i := range 50 {
		p.Hosts = append(p.Hosts, plan.Rule{Match: plan.Match{UUID: id(i)}, File: fmt.Sprintf("own/%d", i)})
	}
	list := guard(entries(p.Cases()))
	for _, e := range list[:50] {
		require.Empty(t, e.guards, e.name)
	}
	earlier := newKeyed()
	for _, e := range list[:50] {
		for _, some := range earlier.candidates(e) {
			require.Empty(t, some, e.name)
		}
		earlier.add(e)
	}
	out, err := Target.Write(&p, dialect.Request{})
	require.NoError(t, err)
	c := corpus.BIOSClient
	c.MachineID = append([]byte{0}, id(7)...)
	want, _, _ := p.Answer(c)
	require.True(t, corpus.Trimmed(want).Equal(corpus.Trimmed(out.Expect(c))))
}

// TestGuardsBetweenKinds: a machine by address and one by UUID may be the same.
func TestGuardsBetweenKinds(t *testing.T) {
	p := *corpus.Plans()[0].Plan
	uuid := make([]byte, 16)
	mac := []byte{2, 0, 0, 0, 0, 1}
	p.Hosts = []plan.Rule{
		{Match: plan.Match{UUID: uuid}, File: "by-uuid"},
		{Match: plan.Match{MAC: mac}, File: "by-mac"},
		{Match: plan.Match{UUID: uuid, MAC: mac, Stage: dhcpopts.IPXEStage}, File: "both"},
	}
	list := guard(entries(p.Cases()))
	require.Empty(t, list[0].guards)
	require.Equal(t, []string{"pxekit-host-1"}, list[1].guards)
	require.Equal(t, []string{"pxekit-host-1", "pxekit-host-2"}, list[2].guards)
}
