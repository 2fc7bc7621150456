package bootnames

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/internal/bootfiles"
	"pxekit/internal/lab"
)

// A folder is looked through where a link leads to it.
func TestScanLink(t *testing.T) {
	dir, _ := folder(t, map[string]string{"efi/bootx64.efi": lab.UEFIProgram(0x8664)})
	link := filepath.Join(t.TempDir(), "boot")
	require.NoError(t, os.Symlink(dir, link))
	root, err := bootfiles.OpenRoot(link)
	require.NoError(t, err)
	defer root.Close()
	p, _, err := Scan(link, root, "")
	require.NoError(t, err)
	require.Equal(t, "efi/bootx64.efi", p.Rules[0].File)
}

// What cannot be read is named, a few of it.
func TestScanUnreadable(t *testing.T) {
	program := lab.UEFIProgram(0x8664)
	dir, root := folder(t, map[string]string{"bootx64.efi": program, "private.efi": program, "closed/grubx64.efi": program, "folder.efi/x": "x"})
	require.NoError(t, os.Chmod(filepath.Join(dir, "private.efi"), 0))
	closed := filepath.Join(dir, "closed")
	require.NoError(t, os.Chmod(closed, 0))
	t.Cleanup(func() { _ = os.Chmod(closed, 0o755) }) // to be removed
	require.NoError(t, os.Symlink("../bootx64.efi", filepath.Join(dir, "outside.efi")))
	require.NoError(t, os.Symlink("none", filepath.Join(dir, "dangling.efi")))
	require.NoError(t, os.Symlink("folder.efi", filepath.Join(dir, "link.efi")))
	notes, err := scanAsNobody(dir, root)
	require.NoError(t, err)
	const first = "passed over, as it cannot be read: closed/ (permission denied), dangling.efi (no such file or directory), " +
		"outside.efi (path escapes from parent), private.efi (permission denied)"
	require.Equal(t, first+"!", texts(notes)[0])

	require.NoError(t, os.Remove(filepath.Join(dir, "bootx64.efi")))
	for _, name := range []string{"a.efi", "b.efi", "c.efi"} {
		require.NoError(t, os.Symlink("none", filepath.Join(dir, name)))
	}
	_, err = scanAsNobody(dir, root)
	require.ErrorContains(t, err, "and no UEFI program; passed over, as it cannot be read: closed/ ")
	require.ErrorContains(t, err, " and 2 more")
}

// scanAsNobody scans without root's right to read everything. The thread that has
// laid it down ends with its goroutine.
func scanAsNobody(dir string, root *bootfiles.Root) (notes []Note, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if err = syscall.Setfsuid(65534); err == nil {
			_, notes, err = Scan(dir, root, "")
		}
	}()
	<-done
	return notes, err
}
