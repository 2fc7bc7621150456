package kea

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/internal/lab/corpus"
	"pxekit/internal/lab/vectors"
)

// TestVectors reproduces every measurement: what is refused, and the reply to
// the byte.
func TestVectors(t *testing.T) {
	refused, replies := 0, 0
	for _, v := range vectors.Load(t, "kea") {
		conf, err := Parse(v.Text)
		if v.Rejected != "" {
			require.Error(t, err, "%s must be refused: %s", v.ID, v.Rejected)
			refused++
			continue
		}
		require.NoError(t, err, v.ID)
		require.NotNil(t, v.Reply, v.ID)
		got := conf.Answer(v.Client)
		require.True(t, v.Reply.Matches(got), "%s\nwant %s\ngot  %s\n%s", v.ID, corpus.Show(v.Reply.Answer), corpus.Show(got), v.Text)
		replies++
	}
	require.Equal(t, 34, refused)
	require.Equal(t, 169, replies)
}
