package serve

import (
	"net"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

// An IPv6 address that cannot be had is a note; the files are served without it.
func TestIPv6PortTaken(t *testing.T) {
	other, err := net.ListenPacket("udp6", "[::1]:0")
	if err != nil {
		t.Skip(err)
	}
	defer other.Close()
	s, _ := testServer(t, nil)
	s.TFTPPort, s.HTTPPort = portOf(other.LocalAddr()), 0
	s.ifaces[0].Addrs = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/8")}
	s.ifaces[0].Addrs6 = []netip.Addr{netip.IPv6Loopback()}
	require.NoError(t, s.openFiles())
	defer s.close()
	require.Len(t, s.udp, 1)
	require.Len(t, s.notes, 1)
	require.Contains(t, s.notes[0], "no files at ::1, which machines on IPv4 do not mind: listen udp6 [::1]:")
	require.Empty(t, s.ifaces[0].served6)
}
