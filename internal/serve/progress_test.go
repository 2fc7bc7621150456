package serve

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestStatusLine(t *testing.T) {
	const second = time.Second
	for want, all := range map[string][]progress{
		"": {{"a", "b", 1, 2, second}},
		"52:54:00:12:34:56 UEFI x64: install.iso, 45% of 4.7 GB, 106 MB/s, 0:24 left": {
			{"52:54:00:12:34:56 UEFI x64", "install.iso", 2_115_000_000, 4_700_000_000, 20 * second}, {"b", "c", 1, 2, second}},
		"a: x, 0% of 2.0 KB, 0 bytes/s":                   {{"a", "x", 0, 2000, 3 * second}},
		"a: x, 3.0 KB, 1.0 KB/s":                          {{"a", "x", 3000, 0, 3 * second}},
		"a: x, 100% of 3.0 KB, 1.0 KB/s":                  {{"a", "x", 3000, 3000, 3 * second}},
		"a: x, 10% of 10.0 GB, 500 KB/s, 5:00:00 left":    {{"a", "x", 1_000_000_000, 10_000_000_000, 2000 * second}},
		"2 transfers: 50% of 8.0 KB, 1.0 KB/s, 0:04 left": {{"a", "x", 1000, 2000, 2 * second}, {"b", "y", 3000, 6000, 4 * second}},
	} {
		require.Equal(t, want, statusLine(all))
	}
}

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
	step(func() { s.show("") }, "")
	step(write, "log\n")
	step(func() { s.show("short") }, "\r\x1b[Kshort")
	step(func() { s.show("ünd länger") }, "\r\x1b[Künd läng…")
	step(write, "\r\x1b[Klog\n")
	step(write, "log\n")
	step(func() { s.show("x") }, "\r\x1b[Kx")
	step(func() { s.show("") }, "\r\x1b[K")
	step(func() { s.show("") }, "")
}
