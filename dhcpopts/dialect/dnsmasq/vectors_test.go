package dnsmasq

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/internal/lab/corpus"
	"pxekit/internal/lab/vectors"
)

// TestVectors reproduces every measurement, the crashes and the reply that does
// not parse among them.
func TestVectors(t *testing.T) {
	for _, v := range vectors.Load(t, "dnsmasq") {
		t.Run(v.ID, func(t *testing.T) { checkVector(t, v) })
	}
}

func checkVector(t *testing.T, v vectors.Vector) {
	c, err := Parse("port=0\n" + v.Text) // given by command line: the replies have no option 6
	if v.Rejected != "" {
		require.Error(t, err)
		message, _, _ := strings.Cut(v.Rejected, " at line")
		require.Contains(t, err.Error(), message)
		return
	}
	require.NoError(t, err)
	c.Self = netip.MustParseAddr("10.77.0.1")
	got := c.Reply(v.Client)
	require.Equal(t, v.ServerExit, got.Crash)
	require.Equal(t, v.NoReply && v.ServerExit == "", got.Silent)
	if v.NoReply {
		return
	}
	require.Equal(t, v.Reply.Malformed, got.Malformed)
	if v.Reply.Malformed == nil {
		require.True(t, v.Reply.Matches(got.Answer), "want %s\ngot  %s\n%s", corpus.Show(v.Reply.Answer), corpus.Show(got.Answer), v.Text)
	}
}
