package serve

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// deaf is a socket that has nothing to read.
type deaf struct{ socket }

func (deaf) SetReadDeadline(time.Time) error { return nil }

// The lists of sockets have room to grow where an ear could not be opened:
// nobody who lists all of them writes into it.
func TestWakeWritesNothing(t *testing.T) {
	s, _ := testServer(t, nil)
	s.dhcp, s.ears = make([]socket, 2, 4), []socket{deaf{}}
	s.dhcp[0], s.dhcp[1] = deaf{}, deaf{}
	s.wake()
	require.Nil(t, s.dhcp[:3][2])
}

// failing is a socket whose reads fail, but for one in the middle; after too
// many it is closed.
type failing struct {
	socket
	reads, good int
	fault       error
}

var errBroken = errors.New("broken")

func (f *failing) read() ([]datagram, error) {
	switch f.reads++; {
	case f.reads == f.good:
		return nil, nil
	case f.reads > 10*maxFailures:
		return nil, net.ErrClosed
	}
	return nil, f.fault
}

// A socket that fails now and then is read on, one that only fails ends the
// server.
func TestLoopGivesUp(t *testing.T) {
	s, _ := testServer(t, nil)
	for good, reads := range map[int]int{0: maxFailures + 1, maxFailures: 2*maxFailures + 1} {
		k := &failing{good: good, fault: errBroken}
		require.ErrorIs(t, s.loop(t.Context(), k), errBroken)
		require.Equal(t, reads, k.reads)
	}
}

// No number of messages that are too long ends the server.
func TestLoopReadsOn(t *testing.T) {
	s, _ := testServer(t, nil)
	k := &failing{fault: &net.OpError{Op: "read", Err: os.NewSyscallError("wsarecvfrom", syscall.Errno(10040))}}
	require.ErrorIs(t, s.loop(t.Context(), k), net.ErrClosed)
}

// The error names what cannot be read.
func TestNameOf(t *testing.T) {
	s, _ := testServer(t, nil)
	for want, k := range map[string]socket{
		"port 67":           &udpSocket{port: 67},
		"port 4011 on lab0": &plainSocket{iface: s.ifaces[0], local: netip.AddrPortFrom(ourAddr, 4011)},
		"port 68 on lab0":   &rawSocket{iface: s.ifaces[0], ports: []uint16{68}},
		"a socket":          deaf{},
	} {
		require.Equal(t, want, nameOf(k))
	}
}
