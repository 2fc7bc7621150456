package lab

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The two ends of the cable. The client's address only answers ARP for servers
// that reply to ciaddr; requests leave by a packet socket and need none.
const (
	ServerInterface = "s0"
	ServerAddress   = "10.77.0.1"
	clientInterface = "c0"
	clientAddress   = "10.77.0.50"
	prefixLength    = "/24"
)

// Net is a server's and a client's network namespace, joined by a veth pair.
type Net struct {
	server, client *space
}

// NewNet makes a pair of namespaces that ends with the test.
func NewNet(t testing.TB) *Net {
	t.Helper()
	Need(t, "netns", "ip")
	n := &Net{}
	n.server, n.client = newQuietSpace(t), newQuietSpace(t)
	require.NoError(t, n.server.do(func() error {
		return ip("link", "add", ServerInterface, "type", "veth", "peer", "name", clientInterface, "netns", strconv.Itoa(n.client.tid))
	}))
	require.NoError(t, n.server.do(func() error { return raise(ServerInterface, ServerAddress) }))
	require.NoError(t, n.client.do(func() error { return raise(clientInterface, clientAddress) }))
	return n
}

// newQuietSpace makes a namespace that ends with the test and says nothing by
// itself.
func newQuietSpace(t testing.TB) *space {
	t.Helper()
	s, err := newSpace()
	require.NoError(t, err)
	t.Cleanup(s.close)
	require.NoError(t, s.do(noIPv6))
	return s
}

// noIPv6 keeps router solicitations and the like off the cable. A kernel
// without IPv6 has nothing to turn off.
func noIPv6() error {
	for _, which := range []string{"all", "default"} {
		err := os.WriteFile("/proc/sys/net/ipv6/conf/"+which+"/disable_ipv6", []byte("1"), 0)
		if err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}

func raise(iface, addr string) error {
	if err := ip("link", "set", "lo", "up"); err != nil {
		return err
	}
	if err := ip("addr", "add", addr+prefixLength, "dev", iface); err != nil {
		return err
	}
	return ip("link", "set", iface, "up")
}

func ip(args ...string) error {
	path, err := Path("ip")
	if err != nil {
		return err
	}
	if out, err := exec.Command(path, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, out)
	}
	return nil
}
