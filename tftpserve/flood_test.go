package tftpserve_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"net"
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

// Requests from addresses that never answer, as forged ones do, keep nobody
// waiting: they make room for each other and for clients that are there. A
// client that has answered keeps its place however slow it is.
func TestForgedAddresses(t *testing.T) {
	const places, forged = 50, 1000
	for _, single := range []bool{false, true} {
		f := start(t, ipv4, func(f *fixture) { f.SinglePort, f.Transfers = single, places })
		f.put("x", text(50_000))
		f.put("three blocks", text(1200))
		slow := f.raw()
		slow.send(slow.from, "\x00\x01three blocks\x00octet\x00timeout\x00255\x00") // nothing is sent again meanwhile
		require.NotEmpty(t, slow.next(soon))
		slow.send(slow.from, "\x00\x04\x00\x00")
		require.Len(t, slow.next(soon), 516)
		slow.send(slow.from, "\x00\x04\x00\x01")
		require.Len(t, slow.next(soon), 516)

		goroutines := runtime.NumGoroutine()
		for i := range forged {
			f.forge(t, net.IPv4(127, 1, byte(i>>8), byte(i)), "\x00\x01x\x00octet\x00")
			if i%100 == 99 {
				got, _, err := f.get(tftpget.Get{Name: "x", Block: 1428, Window: 1 + i%3})
				require.NoError(t, err)
				require.True(t, bytes.Equal(f.files["x"], got))
				require.LessOrEqual(t, len(f.Running()), places+64)
				require.LessOrEqual(t, runtime.NumGoroutine()-goroutines, places+64)
			}
		}
		slow.send(slow.from, "\x00\x04\x00\x02")
		require.Len(t, slow.next(soon), 4+1200-2*512)
		slow.send(slow.from, "\x00\x04\x00\x03")
		require.Eventually(t, func() bool { return f.count(func(e Event) bool { return e.Outcome.Complete }) == 11 }, soon, time.Millisecond,
			"ten honest clients and the slow one")
		f.stop()
		require.GreaterOrEqual(t, f.count(func(e Event) bool { return errors.Is(e.Err, ErrDisplaced) }), forged*3/4)
	}
}

// Requests for a large file as text, which has to be read to know its length,
// neither keep others waiting nor outlive a stop.
func TestForgedNetASCII(t *testing.T) {
	f := start(t, ipv4, func(f *fixture) { f.Transfers = 50 })
	f.put("large", make([]byte, 64<<20))
	f.put("x", text(50_000))
	for i := range 300 {
		f.forge(t, net.IPv4(127, 3, byte(i>>8), byte(i)), "\x00\x01large\x00netascii\x00")
	}
	got, _, err := f.get(tftpget.Get{Name: "x", Block: 1428})
	require.NoError(t, err)
	require.True(t, bytes.Equal(f.files["x"], got))
	f.stop()
}

// forge sends one packet from an address whose owner will say no more.
func (f *fixture) forge(t *testing.T, from net.IP, packet string) {
	t.Helper()
	conn, err := net.DialUDP("udp4", &net.UDPAddr{IP: from}, net.UDPAddrFromAddrPort(f.addr))
	require.NoError(t, err)
	_, err = conn.Write([]byte(packet))
	require.NoError(t, err)
	require.NoError(t, conn.Close())
}

func (f *fixture) count(match func(Event) bool) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.events {
		if match(e) {
			n++
		}
	}
	return n
}

// One address has no more places than PerClient, forged or not, and takes none
// from others.
func TestOneAddressFloods(t *testing.T) {
	f := start(t, ipv4, func(f *fixture) { f.Transfers, f.PerClient = 20, 5 })
	f.put("x", text(5000))
	for range 200 {
		f.forge(t, net.IPv4(127, 2, 0, 1), "\x00\x01x\x00octet\x00")
	}
	_, _, err := f.get(tftpget.Get{Name: "x"})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(f.Running()) == 5 }, soon, time.Millisecond)
	require.NotZero(t, f.count(func(e Event) bool { return errors.Is(e.Err, ErrBusy) }))
	require.Zero(t, f.count(func(e Event) bool { return errors.Is(e.Err, ErrDisplaced) }))
}

// inUse is the memory of heap and stacks.
func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
