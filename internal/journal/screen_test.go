package journal

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// The line is taken away before the log goes on, drawn over itself, and never
// longer than the terminal.
func TestScreen(t *testing.T) {
	var out bytes.Buffer
	s := NewScreen(&out, func() int { return 10 })
	step := func(do func(), want string) {
		t.Helper()
		out.Reset()
		do()
		require.Equal(t, want, out.String())
	}
	write := func() {
		n, err := s.Write([]byte("log\n"))
		require.NoError(t, err)
		require.Equal(t, 4, n)
	}
	step(func() { s.Show("") }, "")
	step(write, "log\n")
	step(func() { s.Show("short") }, "\r\x1b[Kshort")
	step(func() { s.Show("ünd länger") }, "\r\x1b[Künd läng…")
	step(write, "\r\x1b[Klog\n")
	step(write, "log\n")
	step(func() { s.Show("x") }, "\r\x1b[Kx")
	step(func() { s.Show("") }, "\r\x1b[K")
	step(func() { s.Show("") }, "")
}
