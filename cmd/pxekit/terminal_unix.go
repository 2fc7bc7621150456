//go:build linux || darwin

package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// columns is the width of a terminal, 0 for what is none. One that does not
// know its width counts as 80 wide.
func columns(f *os.File) int {
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	switch {
	case err != nil || os.Getenv("TERM") == "dumb":
		return 0
	case size.Col == 0:
		return 80
	}
	return int(size.Col)
}
