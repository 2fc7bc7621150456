package tftpserve_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	. "pxekit/tftpserve"
)

// A client that asks for another file by the port it fetches one with has given
// the first up. By one port it cannot tell their blocks apart, so no more of the
// first may come.
func TestSinglePortAsksForAnother(t *testing.T) {
	for _, heard := range []bool{false, true} {
		f := start(t, ipv4, func(f *fixture) { f.SinglePort, f.PerClient = true, 2 })
		f.put("first", text(2000))
		f.put("second", []byte("second"))
		r := f.raw()
		r.send(r.from, "\x00\x01first\x00octet\x00timeout\x001\x00")
		require.Equal(t, "\x00\x06timeout\x001\x00", r.next(soon))
		if heard {
			r.send(r.from, "\x00\x04\x00\x00")
			require.Len(t, r.next(soon), 516)
		}
		r.send(r.from, "\x00\x01second\x00octet\x00timeout\x00255\x00")
		require.Equal(t, "\x00\x06timeout\x00255\x00", r.next(soon))
		first := f.told(Finished)
		require.Equal(t, "first", first.Packet.File)
		require.ErrorIs(t, first.Err, ErrAbandoned)
		r.send(r.from, "\x00\x04\x00\x00")
		require.Equal(t, "\x00\x03\x00\x01second", r.next(soon))
		r.send(r.from, "\x00\x04\x00\x01")
		require.Eventually(t, func() bool { return len(f.Running()) == 0 }, soon, time.Millisecond)
		require.Empty(t, r.next(0))
	}
}

// An ACK that comes once more, after the transfer has ended, earns no ERROR: the
// client's port may wait for the next file's first packet, and would take it for
// that.
func TestSinglePortLateACK(t *testing.T) {
	f := start(t, ipv4, func(f *fixture) { f.SinglePort = true })
	f.put("a", []byte("abc"))
	r := f.raw()
	for range 3 {
		r.send(r.from, "\x00\x01a\x00octet\x00")
		require.Equal(t, "\x00\x03\x00\x01abc", r.next(soon))
		r.send(r.from, "\x00\x04\x00\x01")
		require.Eventually(t, func() bool { return len(f.Running()) == 0 }, soon, time.Millisecond)
		r.send(r.from, "\x00\x04\x00\x01")
	}
	require.Zero(t, f.count(func(e Event) bool { return e.Kind == Refused }))
}
