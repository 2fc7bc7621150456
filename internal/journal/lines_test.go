package journal

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// writes collects each write.
type writes struct{ all []string }

func (w *writes) Write(b []byte) (int, error) {
	w.all = append(w.all, string(b))
	return len(b), nil
}

func TestLines(t *testing.T) {
	w := &writes{}
	l := NewLines(w)
	line := func(s string) {
		n, err := l.Write([]byte(s))
		require.NoError(t, err)
		require.Len(t, s, n)
	}
	line("at once\n")
	l.Cork()
	line("one\n")
	line("two\n")
	require.Equal(t, []string{"at once\n"}, w.all)
	l.Cork() // of another socket
	line("three\n")
	l.Uncork()
	require.Equal(t, []string{"at once\n", "one\ntwo\nthree\n"}, w.all)
	line("four\n")
	l.Uncork()
	line("five\n")
	require.Equal(t, []string{"four\n", "five\n"}, w.all[2:])

	l.Cork()
	long := strings.Repeat("x", maxLines)
	line(long)
	require.Equal(t, long, w.all[4], "what waits is bounded")

	var none *Lines
	none.Cork()
	none.Uncork()
}
