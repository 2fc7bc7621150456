package lab

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// Segment is one Ethernet: a switch with a socket for a virtual machine, and
// hosts that are plugged in, each in a network namespace of its own.
type Segment struct {
	wire  *space // the switch
	ports int
}

const (
	bridgeInterface = "br0"
	tapInterface    = "tap0"
)

// NewSegment makes a switch that ends with the test.
func NewSegment(t testing.TB) *Segment {
	t.Helper()
	Need(t, "netns", "ip", "tun")
	s := &Segment{wire: newQuietSpace(t)}
	require.NoError(t, s.wire.do(func() error {
		return each(
			// Without a spanning tree a port forwards at once.
			[]string{"link", "add", bridgeInterface, "type", "bridge", "stp_state", "0", "forward_delay", "0"},
			[]string{"link", "set", bridgeInterface, "up"},
			[]string{"tuntap", "add", tapInterface, "mode", "tap"},
			[]string{"link", "set", tapInterface, "master", bridgeInterface, "up"},
		)
	}))
	return s
}

// Host plugs a host with an address in. Servers run on it as at the server's end
// of any [Net].
func (s *Segment) Host(t testing.TB, address string) *Net {
	t.Helper()
	h := &Net{server: newQuietSpace(t)}
	s.Plug(t, h, ServerInterface, address)
	// What is sent to 255.255.255.255 needs a route.
	require.NoError(t, h.server.do(func() error { return ip("route", "add", "default", "dev", ServerInterface) }))
	return h
}

// Plug gives a host an interface on this segment.
func (s *Segment) Plug(t testing.TB, h *Net, iface, address string) {
	t.Helper()
	s.ports++
	port := "p" + strconv.Itoa(s.ports)
	require.NoError(t, s.wire.do(func() error {
		return each(
			[]string{"link", "add", port, "type", "veth", "peer", "name", iface, "netns", strconv.Itoa(h.server.tid)},
			[]string{"link", "set", port, "master", bridgeInterface, "up"},
		)
	}))
	require.NoError(t, h.server.do(func() error { return raise(iface, address) }))
}

func each(commands ...[]string) error {
	for _, c := range commands {
		if err := ip(c...); err != nil {
			return err
		}
	}
	return nil
}
