package main

import (
	"os"
	"syscall"
)

// peakMemory is the most a process held, in octets.
func peakMemory(p *os.ProcessState) int64 {
	return p.SysUsage().(*syscall.Rusage).Maxrss << 10 // Linux counts KiB
}
