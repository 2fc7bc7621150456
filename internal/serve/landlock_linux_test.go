package serve

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// Each ABI forbids what it knows (landlock(7), "Access rights"), and no more: a
// kernel refuses bits that it does not know.
func TestForbidden(t *testing.T) {
	for abi, want := range map[int][2]uint64{
		1: {0x1fff, 0}, 2: {0x3fff, 0}, 3: {0x7fff, 0}, 4: {0x7fff, 3}, 5: {0xffff, 3}, 7: {0xffff, 3}, 100: {0xffff, 3},
	} {
		a := forbidden(abi)
		require.Equal(t, want, [2]uint64{a.Handled_access_fs, a.Handled_access_net}, abi)
	}
}

// The kernel takes the ruleset; this process is not restricted by it.
func TestRuleset(t *testing.T) {
	abi, err := landlockABI()
	if err != nil {
		t.Skip(err)
	}
	s, _ := testServer(t, nil)
	dirs, err := s.readable()
	require.NoError(t, err)
	defer closeFiles(dirs)
	for lower := range abi {
		fd, err := ruleset(lower+1, dirs)
		require.NoError(t, err, lower+1)
		require.NoError(t, unix.Close(fd))
	}
	file, err := os.Open(os.DevNull)
	require.NoError(t, err)
	defer file.Close()
	_, err = ruleset(abi, []*os.File{file})
	require.ErrorContains(t, err, "landlock_add_rule for \"/dev/null\"")
}

// A plan's folder is read, and that of the file that it is a link to.
func TestFolders(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	real, links := filepath.Join(dir, "real"), filepath.Join(dir, "links")
	require.NoError(t, os.Mkdir(real, 0o755))
	require.NoError(t, os.Mkdir(links, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(real, "plan.yaml"), nil, 0o644))
	require.NoError(t, os.Symlink("../real/plan.yaml", filepath.Join(links, "plan.yaml")))
	require.Equal(t, []string{links, real}, folders([]string{filepath.Join(links, "plan.yaml"), filepath.Join(links, "none.csv"), ""}))
	require.Empty(t, folders([]string{"", ""}))
}

// A flood of unknown addresses reads the ARP table now and then.
func TestNeighbours(t *testing.T) {
	const table = `IP address       HW type     Flags       HW address            Mask     Device
10.0.0.50        0x1         0x2         52:54:00:12:34:56     *        eth1
10.0.0.51        0x1         0x2         broken                *        eth1
10.0.0.53        0x1         0x0         00:00:00:00:00:00     *        eth1
`
	now, reads := time.Unix(1000, 0), 0
	n := &neighbours{table: counted{strings.NewReader(table), &reads}, now: func() time.Time { return now }}
	for range 1000 {
		require.Equal(t, net.HardwareAddr(theMAC), n.find(theLease))
		require.Nil(t, n.find(netip.MustParseAddr("10.0.0.51")))
		require.Nil(t, n.find(netip.MustParseAddr("10.0.0.52")))
		require.Nil(t, n.find(netip.MustParseAddr("10.0.0.53")))
	}
	once := reads
	require.NotZero(t, once)
	now = now.Add(readAgain)
	n.find(theLease)
	require.Equal(t, once, reads)
	n.find(netip.MustParseAddr("10.0.0.52"))
	require.Equal(t, 2*once, reads)
	now = now.Add(trusted)
	n.find(theLease)
	require.Equal(t, 3*once, reads)

	arp, file := newNeighbours()
	require.NotNil(t, file)
	require.Nil(t, arp.find(netip.MustParseAddr("192.0.2.77")))
	require.NoError(t, file.Close())
}

type counted struct {
	*strings.Reader
	reads *int
}

func (c counted) ReadAt(b []byte, at int64) (int, error) {
	*c.reads++
	return c.Reader.ReadAt(b, at)
}
