//go:build unix

package bootfiles

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// tree makes a root with boot files, and beside it things that must never be
// sent.
func tree(t *testing.T) *Root {
	dir := t.TempDir()
	root := filepath.Join(dir, "root")
	put := func(name, text string) {
		name = filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	}
	put("secret", secret)
	put("root-secret/file", secret)
	put("root/Boot/BCD", "bcd")
	put("root/boot/x64/wdsnbp.com", "wds")
	put("root/pxelinux.0", "pxelinux")
	put("root/pxelinux.cfg/default", "default")
	put("root/b\xf6\xf6t.efi", "latin-1")
	put("root/b\u00f6\u00f6t.EFI", "utf-8")
	put(`root/flat\x64\name.com`, "flat")
	put("root/sp ace/a b.efi", "blank")
	put("root/A.EFI", "upper")
	put("root/a.efi", "lower")
	require.NoError(t, os.Symlink("pxelinux.0", filepath.Join(root, "link.0")))
	require.NoError(t, os.Symlink("../secret", filepath.Join(root, "out")))
	require.NoError(t, os.Symlink(filepath.Join(dir, "secret"), filepath.Join(root, "absolute")))
	require.NoError(t, os.Symlink("..", filepath.Join(root, "up")))
	require.NoError(t, os.Symlink("/dev/zero", filepath.Join(root, "zero")))
	require.NoError(t, os.Symlink("loop", filepath.Join(root, "loop")))
	require.NoError(t, syscall.Mkfifo(filepath.Join(root, "fifo"), 0o644))
	r, err := OpenRoot(root)
	require.NoError(t, err)
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func TestNames(t *testing.T) {
	r := tree(t)
	for _, c := range []struct{ name, want, junk string }{
		{"pxelinux.0", "pxelinux", ""},
		{"/pxelinux.0", "pxelinux", ""},
		{"//pxelinux.0", "pxelinux", ""},
		{`\pxelinux.0`, "pxelinux", ""},
		{`./pxelinux.0`, "pxelinux", ""},
		{`boot\..\pxelinux.0`, "pxelinux", ""},
		{"PXELINUX.0", "pxelinux", ""},
		{"PxeLinux.CFG/DEFAULT", "default", ""},
		{`boot\x64\wdsnbp.com`, "wds", ""},
		{`\boot\x64\wdsnbp.com`, "wds", ""},
		{`C:\boot\x64\wdsnbp.com`, "wds", ""},
		{`Boot\X64\WDSNBP.COM`, "wds", ""}, // there are Boot and boot
		{`\Boot\BCD`, "bcd", ""},
		{`\boot\bcd`, "bcd", ""},
		{`flat\x64\name.com`, "flat", ""},
		{"link.0", "pxelinux", ""},
		{"b\xf6\xf6t.efi", "latin-1", ""},
		{"B\xf6\xf6T.efi", "latin-1", ""},
		{"B\u00d6\u00d6T.efi", "utf-8", ""},
		{`sp ace\a b.efi`, "blank", ""},
		{"A.EFI", "upper", ""},
		{"a.efi", "lower", ""},
		{"a.EFI", "upper", ""}, // the first in byte order
		{"pxelinux.0\xff", "pxelinux", "\xff"},
		{"pxelinux.0\n", "pxelinux", "\n"},
		{"pxelinux.0\r\n", "pxelinux", "\r\n"},
		{"pxelinux.0 ", "pxelinux", " "},
		{"pxelinux.0\xff\x00", "pxelinux", "\xff\x00"},
		{`"pxelinux.0"`, "pxelinux", `""`},
		{`'pxelinux.0`, "pxelinux", `'`},
		{"boot\\x64\\wdsnbp.com\xff", "wds", "\xff"},
	} {
		f, err := r.Open(c.name)
		require.NoError(t, err, "%q", c.name)
		text, err := io.ReadAll(f)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		require.Equal(t, c.want, string(text), "%q", c.name)
		require.Equal(t, int64(len(c.want)), f.Size)
		require.Equal(t, c.junk, f.Junk, "%q", c.name)
	}
}

func TestNothingOutsideTheRootIsEverOpened(t *testing.T) {
	r := tree(t)
	names := corpus()
	require.Greater(t, len(names), 100)
	for _, name := range names {
		f, err := r.Open(name)
		if err != nil {
			require.True(t, errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, ErrNotRegular), "%.100q: %v", name, err)
			continue
		}
		text, err := io.ReadAll(io.LimitReader(f, 1000))
		require.NoError(t, err)
		require.NoError(t, f.Close())
		require.NotContains(t, string(text), secret, "%q", name)
		require.Contains(t, []string{"pxelinux", "wds", "bcd", "default", "flat"}, string(text), "%q opened %q", name, f.Path)
	}
}

func TestErrorsHaveKinds(t *testing.T) {
	r := tree(t)
	for name, kind := range map[string]error{
		"missing": fs.ErrNotExist, "B\xe4\xe4T.efi": fs.ErrNotExist, "missing/too": fs.ErrNotExist, "pxelinux.0/below": fs.ErrNotExist,
		"boot": ErrNotRegular, "fifo": ErrNotRegular, ".": ErrNotRegular,
		"out": fs.ErrPermission, "absolute": fs.ErrPermission, "../secret": fs.ErrPermission,
	} {
		_, err := r.Open(name)
		require.ErrorIs(t, err, kind, "%q", name)
	}
}
