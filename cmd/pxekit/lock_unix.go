//go:build linux || darwin

package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lock keeps a file for this process until it is closed (flock(2)). Where the file
// system has no locks it is as before.
func lock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return fmt.Errorf("%q: %w", f.Name(), errRecording)
	}
	return nil
}
