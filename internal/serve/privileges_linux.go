package serve

import (
	"errors"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// dropPrivileges gives up every capability, on all threads and for good. What
// serves needs none: the sockets are open, and transfers take ports that anyone
// may have. A binary that was built with cgo cannot reach all threads.
func dropPrivileges() error {
	if _, _, errno := syscall.AllThreadsSyscall(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0); errno != 0 {
		return withoutCgo(errno)
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	_, _, errno := syscall.AllThreadsSyscall(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&none[0])), 0)
	if errno != 0 {
		return withoutCgo(errno)
	}
	return nil
}

func withoutCgo(errno syscall.Errno) error {
	if errno == syscall.ENOTSUP {
		return errors.New("this binary was built with cgo; build it with CGO_ENABLED=0")
	}
	return errno
}
