package tftpserve_test

import (
	"bytes"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/internal/lab/tftpget"
	. "pxekit/tftpserve"
)

// Garbage and clients that ask for windows and go away neither stop the server
// nor an honest client, and take no more memory than the Server's doc states.
func TestFlood(t *testing.T) {
	const strangers = 300
	for _, single := range []bool{false, true} {
		f := start(t, ipv4, func(f *fixture) { f.SinglePort, f.PerClient = single, strangers+1 })
		f.put("x", text(1<<20))
		before := inUse()
		rng := rand.New(rand.NewPCG(1, 2))
		for range strangers {
			r := f.raw()
			server := r.from
			garbage := make([]byte, rng.IntN(600))
			for i := range garbage {
				garbage[i] = byte(rng.Uint32())
			}
			r.send(server, string(garbage))
			r.send(server, "\x00\x01x\x00octet\x00blksize\x001428\x00windowsize\x0064\x00")
			for answer := "\x00\x05"; answer[1] != byte(OACK); { // past the ERROR that garbage may earn
				answer = r.next(soon)
				require.NotEmpty(t, answer)
			}
			r.send(r.from, "\x00\x04\x00\x00") // one window, and no word more
		}
		require.Eventually(t, func() bool { return len(f.Running()) == strangers }, soon, 10*time.Millisecond)
		got, _, err := f.get(tftpget.Get{Name: "x", Block: 1428, Window: 16})
		require.NoError(t, err)
		require.True(t, bytes.Equal(f.files["x"], got))
		require.Less(t, (inUse()-before)/strangers, int64(100<<10), "octets for each transfer")
		f.stop()
	}
}

// inUse is the memory of heap and stacks.
func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
