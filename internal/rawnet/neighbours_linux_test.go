package rawnet

import (
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A flood of unknown addresses reads the ARP table now and then.
func TestNeighbours(t *testing.T) {
	const table = `IP address       HW type     Flags       HW address            Mask     Device
10.0.0.50        0x1         0x2         52:54:00:12:34:56     *        eth1
10.0.0.51        0x1         0x2         broken                *        eth1
10.0.0.53        0x1         0x0         00:00:00:00:00:00     *        eth1
`
	mac, lease := net.HardwareAddr{0x52, 0x54, 0, 0x12, 0x34, 0x56}, netip.MustParseAddr("10.0.0.50")
	now, reads := time.Unix(1000, 0), 0
	n := &Neighbours{table: counted{strings.NewReader(table), &reads}, now: func() time.Time { return now }}
	for range 1000 {
		require.Equal(t, mac, n.Find(lease))
		require.Nil(t, n.Find(netip.MustParseAddr("10.0.0.51")))
		require.Nil(t, n.Find(netip.MustParseAddr("10.0.0.52")))
		require.Nil(t, n.Find(netip.MustParseAddr("10.0.0.53")))
	}
	once := reads
	require.NotZero(t, once)
	now = now.Add(readAgain)
	n.Find(lease)
	require.Equal(t, once, reads)
	n.Find(netip.MustParseAddr("10.0.0.52"))
	require.Equal(t, 2*once, reads)
	now = now.Add(trusted)
	n.Find(lease)
	require.Equal(t, 3*once, reads)

	arp := OpenNeighbours()
	require.NotNil(t, arp.table)
	require.Nil(t, arp.Find(netip.MustParseAddr("192.0.2.77")))
	require.NoError(t, arp.Close())
}

type counted struct {
	*strings.Reader
	reads *int
}

func (c counted) ReadAt(b []byte, at int64) (int, error) {
	*c.reads++
	return c.Reader.ReadAt(b, at)
}
