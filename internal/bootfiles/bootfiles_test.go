package bootfiles

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const secret = "outside the root"

// corpus is the spellings that must never lead outside.
func corpus() []string {
	var all []string
	for _, up := range []string{"../", "..\\", "....//", "..././", "%2e%2e/", "%2e%2e%2f", "..%2f", "..%5c", "..%c0%af", "..\u2215", "\uff0e\uff0e/", "..;/", ".. /", "..\x00/", "../\x00", "./../", ".\\..\\", "boot/../../", "boot\\..\\..\\", "up/", "up\\", "up/up/"} {
		for _, target := range []string{"secret", "root-secret/file", "etc/passwd", `windows\win.ini`} {
			for _, lead := range []string{"", "/", "\\"} {
				all = append(all, lead+up+target)
			}
		}
	}
	return append(all,
		"out", "absolute", "zero", "up", "loop", "fifo", "/dev/zero", "/proc/self/environ", "/etc/passwd",
		`C:\..\secret`, `C:..\secret`, `\\srv\share\secret`, `\\?\C:\secret`, `//srv/share/secret`, `\\.\PhysicalDrive0`,
		"file:///etc/passwd", "CON", "NUL", "AUX", "COM1", "boot:stream", "pxelinux.0:$DATA", "~root/secret", "~/secret", "$HOME/secret",
		"", ".", "..", "/", "\\", "//", "C:", "C:\\", "boot", "boot/", "boot/x64", "boot/x64/", "pxelinux.0/", "pxelinux.0/..", "pxelinux.0/../../secret",
		"../root-secret/file", strings.Repeat("../", 500)+"etc/passwd", strings.Repeat("a/", 5000), strings.Repeat("a", 70000), "\xff\xfe", "\x00", "secret\x00pxelinux.0",
	)
}

func FuzzOpen(f *testing.F) {
	for _, name := range corpus() {
		f.Add(name)
	}
	dir := f.TempDir()
	root := filepath.Join(dir, "root")
	require.NoError(f, os.MkdirAll(filepath.Join(root, "boot"), 0o755))
	require.NoError(f, os.WriteFile(filepath.Join(root, "boot", "a.efi"), []byte("inside"), 0o644))
	require.NoError(f, os.WriteFile(filepath.Join(dir, "secret"), []byte(secret), 0o644))
	require.NoError(f, os.Symlink("../secret", filepath.Join(root, "out")))
	r, err := OpenRoot(root)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, name string) {
		file, err := r.Open(name)
		if err != nil {
			return
		}
		defer file.Close()
		text, err := io.ReadAll(file)
		require.NoError(t, err)
		require.Equal(t, "inside", string(text))
	})
}

// A flood of requests looks for a few files at a time; the others wait.
func TestLooksAreBounded(t *testing.T) {
	root, err := OpenRoot(t.TempDir())
	require.NoError(t, err)
	defer root.Close()
	for range maxLooking {
		root.looking <- struct{}{}
	}
	done := make(chan error)
	go func() {
		_, err := root.Open("none")
		done <- err
	}()
	select {
	case <-done:
		t.Fatal("looked beside all the others")
	case <-time.After(10 * time.Millisecond):
	}
	<-root.looking
	require.ErrorIs(t, <-done, fs.ErrNotExist)
}
