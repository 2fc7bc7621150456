package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// endless is a stdin of zeros without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestBadInput: what is no packet ends with exit 2 and an error that says why,
// in little memory however long the input is.
func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	zeros := filepath.Join(dir, "zeros")
	require.NoError(t, os.WriteFile(zeros, nil, 0o644))
	require.NoError(t, os.Truncate(zeros, 1<<30)) // sparse
	empty := filepath.Join(dir, "empty")
	require.NoError(t, os.WriteFile(empty, nil, 0o644))
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"zeros":           {[]string{"decode", zeros}, "is no capture and longer than 16777216 bytes"},
		"zeros, a value":  {[]string{"decode", "--option", "67", zeros}, "is no capture and longer than 16777216 bytes"},
		"endless":         {[]string{"decode", "-"}, "stdin is no capture and longer than 16777216 bytes"},
		"endless, JSON":   {[]string{"decode", "--json"}, "stdin is no capture and longer than 16777216 bytes"},
		"endless plan":    {[]string{"generate", "isc", "--plan", "-"}, "the plan is longer than 1048576 octets"},
		"empty":           {[]string{"decode", empty}, "is empty"},
		"folder":          {[]string{"decode", dir}, "is a directory"},
		"folder, a plan":  {[]string{"generate", "isc", "--plan", dir}, "is a directory"},
		"no such file":    {[]string{"decode", filepath.Join(dir, "none")}, "no such file"},
		"no such program": {[]string{"generate", "no-such", "--server", "192.0.2.10", "--file", "x"}, `unknown target "no-such"`},
		"no folder":       {[]string{"generate", "isc", "--server", "192.0.2.10", "--file", "x", "-o", filepath.Join(dir, "none", "f")}, "cannot write the result"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var stdout, stderr bytes.Buffer
		code := run(context.Background(), world{args: c.args, stdin: endless{}, stdout: &stdout, stderr: &stderr})
		runtime.ReadMemStats(&after)
		require.Equal(t, exitUsage, code, name)
		require.Empty(t, stdout.String(), name)
		require.Contains(t, stderr.String(), "pxekit: error: ", name)
		require.Contains(t, stderr.String(), c.says, name)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(128<<20), name)
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 2, "nothing is written")
}

// TestCutGzip: the packets before the cut stand, as whole JSON, and the error
// says that there would be more.
func TestCutGzip(t *testing.T) {
	whole, err := os.ReadFile(filepath.Join(repository, "testdata", "captures", "ovmf-x64-4011.pcap"))
	require.NoError(t, err)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, err = z.Write(whole)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	code, stdout, stderr := drive(zipped.String()[:zipped.Len()/2], "decode", "--json")
	require.Equal(t, exitUsage, code)
	require.Contains(t, stdout, `"index":1,`)
	require.Contains(t, stdout, "\n]}\n")
	require.Contains(t, stderr, "ends in the middle")
}

// TestDecodeToAReaderThatLeaves ends quietly.
func TestDecodeToAReaderThatLeaves(t *testing.T) {
	file := filepath.Join(repository, "testdata", "captures", "ovmf-x64-4011.pcap")
	for _, args := range [][]string{{"decode", file}, {"decode", file, "--json"}} {
		var stderr bytes.Buffer
		code := run(context.Background(), world{args: args, stdout: brokenWriter{syscall.EPIPE}, stderr: &stderr})
		require.Equal(t, exitClean, code)
		require.Empty(t, stderr.String())
	}
}
