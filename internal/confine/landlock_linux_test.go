package confine

import (
	"os"
	"path/filepath"
	"testing"

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
	dirs, err := openFolders([]string{filepath.Join(t.TempDir(), "plan.yaml"), ""})
	require.NoError(t, err)
	require.Len(t, dirs, 1)
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
