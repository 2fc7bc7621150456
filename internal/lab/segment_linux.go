package lab

import (
	"os"
	"strconv"
	"strings"
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
	h.IP(t, "route", "add", "default", "dev", ServerInterface) // for what is sent to 255.255.255.255
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

// IP runs ip(8) at the server's end, for routes and the like.
func (n *Net) IP(t testing.TB, args ...string) {
	t.Helper()
	require.NoError(t, n.server.do(func() error { return ip(args...) }))
}

// Forward makes a host with several interfaces a router.
func (n *Net) Forward(t testing.TB) {
	t.Helper()
	require.NoError(t, n.server.do(func() error { return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0) }))
}

func each(commands ...[]string) error {
	for _, c := range commands {
		if err := ip(c...); err != nil {
			return err
		}
	}
	return nil
}

// Sent is how many octets a host has sent on its segment.
func (n *Net) Sent() (octets int, err error) {
	err = n.server.do(func() error {
		counters, err := os.ReadFile("/proc/thread-self/net/dev")
		for line := range strings.Lines(string(counters)) {
			if rest, ok := strings.CutPrefix(strings.TrimSpace(line), ServerInterface+":"); ok {
				octets, err = strconv.Atoi(strings.Fields(rest)[8]) // behind eight of what was received
			}
		}
		return err
	})
	return octets, err
}
