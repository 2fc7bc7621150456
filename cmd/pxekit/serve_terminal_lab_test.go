//go:build linux

package main

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/internal/lab"
	"pxekit/tftpserve"
)

// On a terminal one line shows what has been running for a while, and the log
// stays whole above it.
func TestServeShowsProgress(t *testing.T) {
	t.Parallel()
	lab.Need(t, "script")
	root := bootFolder(t)
	require.NoError(t, os.WriteFile(filepath.Join(root, "big.iso"), nil, 0o644))
	require.NoError(t, os.Truncate(filepath.Join(root, "big.iso"), 1<<30)) // sparse
	segment := lab.NewSegment(t)
	s := visit(t, segment)
	// script(1) runs it on a terminal of its own and copies what that shows.
	run := lab.Program("pxekit", `export TERM=vt100; exec script -qefc "$1 serve -i s0 --root `+root+`" /dev/null </dev/null`, "answering on s0")
	s.pxekit = segment.Host(t, pxeHost).Start(t, run, "")
	const drawn = "\r\x1b[K"

	// A client that reads no more: its download stands still once the sockets' buffers are full.
	web := s.dial("tcp4", pxeHost+":80")
	_, err := io.WriteString(web, "GET /big.iso HTTP/1.0\r\n\r\n")
	require.NoError(t, err)
	s.shows(drawn + bootHost + ": /big.iso, 0% of 1.1 GB, ")

	// With a TFTP client that answers no more there are two.
	tftp := s.dial("udp4", pxeHost+":69")
	_, err = tftp.Write(tftpserve.Packet{Op: tftpserve.RRQ, File: "big.iso", Mode: "octet"}.Append(nil))
	require.NoError(t, err)
	s.shows(drawn + "2 transfers: 0% of 2.1 GB, ")
	require.NoError(t, web.Close())
	s.said(": /big.iso, failed after ")
	// What stands before a line of the log was erased, if anything does.
	for line := range strings.Lines(s.pxekit.Log()) {
		if last := line[strings.LastIndex(line, drawn)+1:]; strings.Contains(last, ", ok") {
			require.Regexp(t, `^(\x1b\[K)?\d\d:\d\d:\d\d 10\.77\.0\.50: /boot\.ipxe, 7 bytes, ok\r\n$`, last)
		}
	}
}

// shows waits for what is drawn on pxekit's terminal. It is seen here once a line
// of the log follows it.
func (s *site) shows(text string) {
	s.Helper()
	require.Eventually(s, func() bool {
		_, err := s.fetch("http://10.77.0.2/boot.ipxe")
		return err == nil && strings.Contains(s.pxekit.Log(), text)
	}, patience, 500*time.Millisecond, "%s\n%s", text, lazyLog{s.pxekit})
}

// dial connects from the machine's side, for as long as the test runs.
func (s *site) dial(network, to string) (conn net.Conn) {
	s.Helper()
	require.NoError(s, s.client.Do(func() (err error) {
		conn, err = net.Dial(network, to)
		return err
	}))
	s.Cleanup(func() { conn.Close() })
	return conn
}

// Where standard output is no terminal there is no line to draw.
func TestNoScreen(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	defer w.Close()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	require.NoError(t, err)
	defer null.Close()
	for _, out := range []io.Writer{r, w, null, io.Discard} {
		v := &serveVerb{ui: &ui{world: world{stdout: out}}, logForm: "text"}
		require.Nil(t, v.screen(), "%T", out)
	}
}
