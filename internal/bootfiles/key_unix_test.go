//go:build linux || darwin

package bootfiles

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Another content of the same size, whose time was set to the old one's as rsync
// and cp -p do, has another key: moved into place, or written over the old.
func TestKeyOfLookAlikes(t *testing.T) {
	r, name := keyed(t)
	old := time.Unix(1_700_000_000, 0)
	require.NoError(t, os.Chtimes(name, old, old))
	key := keyOf(t, r, "a.efi")
	require.Equal(t, key, keyOf(t, r, "a.efi"))

	other := name + ".new"
	require.NoError(t, os.WriteFile(other, []byte("ABCDEFGHIJ"), 0o644))
	require.NoError(t, os.Chtimes(other, old, old))
	require.NoError(t, os.Rename(other, name))
	replaced := keyOf(t, r, "a.efi")
	require.NotEqual(t, key, replaced)

	for keyOf(t, r, "a.efi") == replaced { // the system's clock has not ticked
		require.NoError(t, os.WriteFile(name, []byte("abcdefghij"), 0o644))
		require.NoError(t, os.Chtimes(name, old, old))
	}
}
