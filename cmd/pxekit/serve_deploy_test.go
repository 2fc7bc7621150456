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

// Without the right to open ports the error names the command to run.
func TestServeWithoutRights(t *testing.T) {
	lab.Need(t, "setpriv")
	segment := lab.NewSegment(t)
	run := lab.Program("pxekit", `exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs "$1" serve -i s0 --root `+bootFolder(t), "answering on s0")
	_, err := segment.Host(t, pxeHost).Launch(t, run, "")
	require.ErrorContains(t, err, "pxekit: error: no right to open the ports: ")
	require.ErrorContains(t, err, "sudo setcap cap_net_bind_service,cap_net_raw+ep $(command -v pxekit)")
}
