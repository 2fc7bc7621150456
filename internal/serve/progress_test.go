package serve

import (
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
