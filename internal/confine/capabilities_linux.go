package confine

import (
	"errors"
	"fmt"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// readAll is the right that files of others need: who starts pxekit with sudo
// may have boot files that are his alone.
const readAll = unix.CAP_DAC_READ_SEARCH

// Capabilities gives up the process's capabilities, on all threads and for good,
// and says so. unreadable names a file that the caller has to read and cannot
// when asked, "" when there is none: only that keeps readAll.
func Capabilities(unreadable func() string) (said string, err error) {
	held, err := capabilities()
	if err != nil {
		return "", keeps(err)
	}
	said = "gave up all capabilities"
	kept := [2]unix.CapUserData{}
	if held[0].Effective&(1<<readAll) != 0 {
		if name := withoutAny(held, unreadable); name != "" {
			kept[0].Effective, kept[0].Permitted = 1<<readAll, 1<<readAll
			said += fmt.Sprintf(" but CAP_DAC_READ_SEARCH, without which %s cannot be read", safe(name))
		}
	}
	if err := noNewPrivileges(); err != nil {
		return "", keeps(err)
	}
	header := capHeader()
	if err := onAllThreads(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&kept[0])), 0); err != nil {
		return "", keeps(err)
	}
	return said, nil
}

func keeps(err error) error { return fmt.Errorf("keeps the rights it was started with: %w", err) }

// withoutAny asks with a thread that has laid all capabilities down for the
// moment.
func withoutAny(held [2]unix.CapUserData, ask func() string) string {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	header, bare := capHeader(), held
	bare[0].Effective, bare[1].Effective = 0, 0
	if unix.Capset(&header, &bare[0]) != nil {
		return ""
	}
	defer func() { _ = unix.Capset(&header, &held[0]) }() // what is permitted can be taken up again
	return ask()
}

func capHeader() unix.CapUserHeader {
	return unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
}

func capabilities() (held [2]unix.CapUserData, err error) {
	header := capHeader()
	err = unix.Capget(&header, &held[0])
	return held, err
}

// noNewPrivileges lets no program that is started later have more rights, which
// landlock wants too.
func noNewPrivileges() error { return onAllThreads(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0) }

// onAllThreads makes a system call on every thread. A binary that was built with
// cgo cannot.
func onAllThreads(trap, a1, a2, a3 uintptr) error {
	switch _, _, errno := syscall.AllThreadsSyscall(trap, a1, a2, a3); errno {
	case 0:
		return nil
	case syscall.ENOTSUP:
		return errors.New("this binary was built with cgo; build it with CGO_ENABLED=0")
	default:
		return errno
	}
}
