//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/internal/lab"
)

// TestUnits lets systemd read the units of docs/deploy, and rate the service.
func TestUnits(t *testing.T) {
	lab.Need(t, "systemd-analyze")
	dir := t.TempDir()
	units, err := filepath.Glob(filepath.Join(repository, "docs", "deploy", "pxekit.*"))
	require.NoError(t, err)
	require.Len(t, units, 2)
	for _, unit := range units {
		text, err := os.ReadFile(unit)
		require.NoError(t, err)
		// The program is not installed here: any that is stands in for it.
		text = []byte(strings.ReplaceAll(string(text), "/usr/local/bin/pxekit", "/bin/true"))
		require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.Base(unit)), text, 0o644))
	}
	for _, args := range [][]string{
		{"verify", "--man=no", filepath.Join(dir, "pxekit.service"), filepath.Join(dir, "pxekit.socket")},
		{"security", "--offline=yes", "--no-pager", "--threshold=25", filepath.Join(dir, "pxekit.service")},
	} {
		out, err := exec.Command("systemd-analyze", args...).CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.NotContains(t, string(out), "Unknown")
	}
}

// What is open stays open, and the right to open more is gone.
func TestServeGivesUpRights(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o755))
	program := filepath.Join(dir, "pxekit-static")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))

	segment := lab.NewSegment(t)
	s := visit(t, segment)
	run := lab.Program("pxekit-static", `"$1" serve -i s0 --root `+bootFolder(t), "answering on s0")
	s.pxekit = segment.Host(t, pxeHost).Start(t, run, "")
	s.said("gave up all capabilities")
	require.Equal(t, []string{"CapInh:\t0000000000000000", "CapPrm:\t0000000000000000", "CapEff:\t0000000000000000"}, rights(t, program))
	content, err := s.fetch("tftp://10.77.0.2/undionly.kpxe")
	require.NoError(t, err, s.pxekit.Log())
	require.Equal(t, "not really iPXE", content)
}

// rights are the capability lines of the process that runs a program.
func rights(t *testing.T, program string) (lines []string) {
	t.Helper()
	processes, err := filepath.Glob("/proc/[0-9]*")
	require.NoError(t, err)
	for _, p := range processes {
		command, _ := os.ReadFile(filepath.Join(p, "cmdline")) // a process may end meanwhile
		status, err := os.ReadFile(filepath.Join(p, "status"))
		if err != nil || !strings.HasPrefix(string(command), program+"\x00") {
			continue
		}
		for _, line := range strings.Split(string(status), "\n") {
			if strings.HasPrefix(line, "CapInh:") || strings.HasPrefix(line, "CapPrm:") || strings.HasPrefix(line, "CapEff:") {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// Without the right to open ports the error names the command to run.
func TestServeWithoutRights(t *testing.T) {
	lab.Need(t, "setpriv")
	segment := lab.NewSegment(t)
	run := lab.Program("pxekit", `exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs "$1" serve -i s0 --root `+bootFolder(t), "answering on s0")
	_, err := segment.Host(t, pxeHost).Launch(t, run, "")
	require.ErrorContains(t, err, "pxekit: error: no right to open the ports: ")
	require.ErrorContains(t, err, "sudo setcap cap_net_bind_service,cap_net_raw+ep $(command -v pxekit)")
}
