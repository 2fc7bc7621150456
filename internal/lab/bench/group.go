//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// group is a control group that counts processor time, version 1 or 2.
type group struct {
	dir string
	v2  bool
}

func newGroup(name string) (*group, error) {
	g := &group{dir: filepath.Join("/sys/fs/cgroup/cpuacct", name)}
	if _, err := os.Stat("/sys/fs/cgroup/cgroup.controllers"); err == nil {
		g = &group{dir: filepath.Join("/sys/fs/cgroup", name), v2: true}
	}
	if err := os.MkdirAll(g.dir, 0o755); err != nil {
		return nil, err
	}
	return g, nil
}

// used is the processor time of all that ever ran in it.
func (g *group) used() (time.Duration, error) {
	if !g.v2 {
		b, err := os.ReadFile(filepath.Join(g.dir, "cpuacct.usage"))
		if err != nil {
			return 0, err
		}
		n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
		return time.Duration(n), err
	}
	b, err := os.ReadFile(filepath.Join(g.dir, "cpu.stat"))
	if err != nil {
		return 0, err
	}
	var micros int64
	if _, err := fmt.Sscanf(string(b), "usage_usec %d", &micros); err != nil {
		return 0, err
	}
	return time.Duration(micros) * time.Microsecond, nil
}

// pids are the processes in it.
func (g *group) pids() []string {
	b, _ := os.ReadFile(filepath.Join(g.dir, "cgroup.procs"))
	return strings.Fields(string(b))
}

// peak is the largest resident memory of its processes, in octets.
func (g *group) peak() (most int64) {
	for _, pid := range g.pids() {
		b, _ := os.ReadFile(filepath.Join("/proc", pid, "status"))
		for line := range strings.Lines(string(b)) {
			var kilo int64
			if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kilo); n == 1 {
				most = max(most, kilo<<10)
			}
		}
	}
	return most
}

// remove waits for the last process to have gone.
func (g *group) remove() {
	for range 50 {
		if os.Remove(g.dir) == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}
