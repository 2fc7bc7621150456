package isc

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/internal/lab/corpus"
	"pxekit/internal/lab/vectors"
)

// Every measurement is reproduced: what dhcpd refuses with its first message,
// what it accepts, and each reply octet for octet.
func TestVectors(t *testing.T) {
	replies, rejected, accepted := 0, 0, 0
	for _, v := range vectors.Load(t, "isc") {
		t.Run(v.ID, func(t *testing.T) {
			config, err := Parse(v.Text)
			if v.Rejected != "" {
				rejected++
				first, _, _ := strings.Cut(v.Rejected, "; ")
				var syntax *SyntaxError
				require.ErrorAs(t, err, &syntax, v.Text)
				require.Equal(t, first, syntax.Message, v.Text)
				return
			}
			require.NoError(t, err, v.Text)
			if v.Accepted {
				accepted++
				return
			}
			replies++
			require.NotNil(t, v.Reply)
			got := config.Answer(v.Client)
			require.True(t, v.Reply.Matches(got), "want %s\ngot  %s\n%s", corpus.Show(v.Reply.Answer), corpus.Show(got), v.Text)
		})
	}
	require.Equal(t, []int{198, 72, 41}, []int{replies, rejected, accepted})
}
