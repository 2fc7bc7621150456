package confine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"pxekit/dhcpopts"
)

// What landlock(7) of each ABI can forbid. All that the kernel knows is
// forbidden, and reading below some folders allowed again.
const (
	landlockFirst    = unix.LANDLOCK_ACCESS_FS_MAKE_SYM<<1 - 1 // ABI 1: read, write, execute, make, remove
	landlockRefer    = 2
	landlockTruncate = 3
	landlockNet      = 4
	landlockIoctl    = 5
)

// FileSystem puts the file system out of reach, but for reading below a folder
// and where some files stand, and so TCP ports that are not open yet: on all
// threads and for good. It says what is left. Of files that an editor replaces
// by new ones the folder counts, and where a link stands for one its target too;
// "" is none.
func FileSystem(root *os.File, files []string) (said string, err error) {
	abi, err := landlockABI()
	if err != nil {
		return "", outOfReach(err)
	}
	dirs, err := openFolders(files)
	defer closeFiles(dirs)
	if err != nil {
		return "", outOfReach(err)
	}
	dirs = slices.Insert(dirs, 0, root)
	if err := restrict(abi, dirs); err != nil {
		return "", outOfReach(err)
	}
	var names []string
	for _, d := range dirs {
		names = append(names, safe(filepath.Clean(d.Name())))
	}
	return fmt.Sprintf("reads files below %s alone and writes none (landlock ABI %d)", strings.Join(names, " and "), abi), nil
}

func safe(name string) string { return dhcpopts.SafeText([]byte(name)) }

func outOfReach(err error) error { return fmt.Errorf("the whole file system stays in reach: %w", err) }

// landlockABI asks the kernel how much of landlock it has.
func landlockABI() (int, error) {
	abi, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	switch errno {
	case 0:
		return int(abi), nil
	case unix.ENOSYS:
		return 0, errors.New("this kernel has no landlock")
	case unix.EOPNOTSUPP:
		return 0, errors.New("landlock is turned off on this system")
	}
	return 0, fmt.Errorf("landlock: %w", errno)
}

// openFolders opens the folders of files.
func openFolders(files []string) (dirs []*os.File, err error) {
	for _, name := range folders(files) {
		d, err := os.OpenFile(name, unix.O_PATH|unix.O_DIRECTORY, 0)
		if err != nil {
			return dirs, err
		}
		dirs = append(dirs, d)
	}
	return dirs, nil
}

// folders are those that files stand in, and those that their links lead to.
func folders(files []string) (names []string) {
	for _, f := range files {
		if f == "" {
			continue
		}
		names = append(names, filepath.Dir(f))
		if target, err := filepath.EvalSymlinks(f); err == nil {
			names = append(names, filepath.Dir(target))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func closeFiles(files []*os.File) {
	for _, f := range files {
		_ = f.Close()
	}
}

// forbidden is what a ruleset of an ABI handles.
func forbidden(abi int) unix.LandlockRulesetAttr {
	a := unix.LandlockRulesetAttr{Handled_access_fs: landlockFirst}
	for _, x := range []struct {
		abi int
		fs  uint64
		net uint64
	}{
		{landlockRefer, unix.LANDLOCK_ACCESS_FS_REFER, 0},
		{landlockTruncate, unix.LANDLOCK_ACCESS_FS_TRUNCATE, 0},
		{landlockNet, 0, unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP},
		{landlockIoctl, unix.LANDLOCK_ACCESS_FS_IOCTL_DEV, 0},
	} {
		if abi >= x.abi {
			a.Handled_access_fs |= x.fs
			a.Handled_access_net |= x.net
		}
	}
	return a
}

// rulesetSize is the attributes' part that ABI 4 has; older kernels take it
// when what they do not know is zero.
const rulesetSize = unsafe.Offsetof(unix.LandlockRulesetAttr{}.Scoped)

// ruleset allows to read below folders and nothing else.
func ruleset(abi int, dirs []*os.File) (fd int, err error) {
	attr := forbidden(abi)
	r, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), rulesetSize, 0)
	if errno != 0 {
		return 0, fmt.Errorf("landlock_create_ruleset: %w", errno)
	}
	for _, d := range dirs {
		rule := unix.LandlockPathBeneathAttr{
			Allowed_access: unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR, Parent_fd: int32(d.Fd()),
		}
		_, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, r, unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&rule)), 0, 0, 0)
		if errno != 0 {
			_ = unix.Close(int(r))
			return 0, fmt.Errorf("landlock_add_rule for %q: %w", d.Name(), errno)
		}
	}
	return int(r), nil
}

// restrict allows no more than a ruleset, on all threads.
func restrict(abi int, dirs []*os.File) error {
	fd, err := ruleset(abi, dirs)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := noNewPrivileges(); err != nil {
		return err
	}
	if err := onAllThreads(unix.SYS_LANDLOCK_RESTRICT_SELF, uintptr(fd), 0, 0); err != nil {
		return fmt.Errorf("landlock_restrict_self: %w", err)
	}
	return nil
}
