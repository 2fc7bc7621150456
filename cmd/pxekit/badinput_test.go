package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
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
	wide := filepath.Join(dir, "wide")
	require.NoError(t, os.WriteFile(wide, []byte("\xff\xfe6\x002\x00"), 0o644))
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
		"UTF-16":          {[]string{"decode", wide}, "is UTF-16 text"},
		"folder":          {[]string{"decode", dir}, "is a directory"},
		"folder, a plan":  {[]string{"generate", "isc", "--plan", dir}, "is a directory"},
		"no such file":    {[]string{"decode", filepath.Join(dir, "none")}, "no such file"},
		"no such program": {[]string{"generate", "no-such", "--server", "192.0.2.10", "--file", "x"}, `unknown target "no-such"`},
		"no folder":       {[]string{"generate", "isc", "--server", "192.0.2.10", "--file", "x", "-o", filepath.Join(dir, "none", "f")}, "cannot write the result: create " + filepath.Join(dir, "none", "f") + ": no such file"},
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
	require.Len(t, left, 3, "nothing is written")
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

// TestCutByTheCapture: a message that a short snap length cut is not the fault of
// who sent it.
func TestCutByTheCapture(t *testing.T) {
	frame := slices.Concat(bytes.Repeat([]byte{0xff}, 12), []byte{8, 0}, // Ethernet
		[]byte{0x45, 0, 1, 0x20, 0, 1, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 255, 255, 255, 255}, // IPv4, 288 octets
		[]byte{0, 67, 0, 68, 1, 12, 0, 0}, []byte{2, 1, 6, 0}) // UDP, the start of a reply
	var capture bytes.Buffer
	w := pcapgo.NewWriter(&capture)
	require.NoError(t, w.WriteFileHeader(64, layers.LinkTypeEthernet))
	require.NoError(t, w.WritePacket(gopacket.CaptureInfo{Timestamp: time.Unix(1, 0), CaptureLength: len(frame), Length: 14 + 288}, frame))
	code, stdout, _ := drive(capture.String(), "decode", "--json")
	require.Equal(t, exitFindings, code)
	require.Contains(t, stdout, `"error":"message ends at byte 4, inside its header of 236; the capture holds less than was on the wire"`)
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
