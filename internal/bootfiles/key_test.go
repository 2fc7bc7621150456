package bootfiles

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// keyOf opens a file and returns its key once that has settled.
func keyOf(t *testing.T, r *Root, name string) string {
	t.Helper()
	f, err := r.Open(name)
	require.NoError(t, err)
	defer f.Close()
	return f.Key(f.changed.Add(settles))
}

// keyed is a root with one file of ten octets, and its path.
func keyed(t *testing.T) (*Root, string) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a.efi")
	require.NoError(t, os.WriteFile(name, []byte("0123456789"), 0o644))
	r, err := OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = r.Close() })
	return r, name
}

// Size and key are of one look, whatever is written to the file after it.
func TestKeyOfFileThatGrows(t *testing.T) {
	r, name := keyed(t)
	f, err := r.Open("a.efi")
	require.NoError(t, err)
	defer f.Close()
	settled := f.changed.Add(settles)
	key := f.Key(settled)
	require.Equal(t, key, keyOf(t, r, "a.efi"))

	require.NoError(t, os.WriteFile(name, []byte("0123456789 and more"), 0o644))
	require.Equal(t, key, f.Key(settled))
	require.Equal(t, int64(10), f.Size)
	require.NotEqual(t, key, keyOf(t, r, "a.efi"))
}

// The clock of the file system may not tick between two changes.
func TestKeySettles(t *testing.T) {
	r, _ := keyed(t)
	f, err := r.Open("a.efi")
	require.NoError(t, err)
	defer f.Close()
	require.Empty(t, f.Key(f.changed))
	require.Empty(t, f.Key(f.changed.Add(settles-1)))
	require.Empty(t, f.Key(f.changed.Add(-time.Hour)), "a clock that was set back")
	require.NotEmpty(t, f.Key(f.changed.Add(settles)))
}
