package bootfiles

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFolder(t *testing.T) {
	top := t.TempDir()
	dir := filepath.Join(top, "root")
	for _, d := range []string{"Boot/x64", "empty"} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, d), 0o755))
	}
	for name, content := range map[string]string{"secret": "s", "root/Boot/b.efi": "12345", "root/Boot/<a>": ""} {
		require.NoError(t, os.WriteFile(filepath.Join(top, name), []byte(content), 0o644))
	}
	for name, target := range map[string]string{"in": "b.efi", "out": "../../secret", "gone": "nothing", "up": "../.."} {
		require.NoError(t, os.Symlink(target, filepath.Join(dir, "Boot", name)))
	}
	r, err := OpenRoot(dir)
	require.NoError(t, err)
	defer r.Close()

	for _, name := range []string{"Boot", `\\BOOT`, "//boot//", `c:\boot\`, "Boot/x64/.."} {
		path, entries, err := r.Folder(name)
		require.NoError(t, err, name)
		require.Equal(t, "Boot", path, name)
		var names []string
		for _, e := range entries {
			names = append(names, e.Name)
		}
		require.Equal(t, []string{"<a>", "b.efi", "in", "x64"}, names, "nothing that leads outside")
		require.Equal(t, int64(5), entries[1].Size)
		require.False(t, entries[2].Folder)
		require.True(t, entries[3].Folder)
	}
	path, entries, err := r.Folder("")
	require.NoError(t, err)
	require.Equal(t, ".", path)
	require.Len(t, entries, 2)
	_, entries, err = r.Folder("empty")
	require.NoError(t, err)
	require.Empty(t, entries)

	for name, want := range map[string]error{
		"none": fs.ErrNotExist, "Boot/b.efi": ErrNotFolder, "..": fs.ErrPermission, "Boot/up": fs.ErrPermission, "Boot\x00": fs.ErrNotExist,
	} {
		_, _, err := r.Folder(name)
		require.ErrorIs(t, err, want, name)
	}
}
