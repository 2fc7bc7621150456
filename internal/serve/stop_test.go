package serve

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/tftpserve"
)

// stopping is a server with files, which a client is fetching from when it is
// asked to stop.
func stopping(t *testing.T, within time.Duration) (s *Server, out *bytes.Buffer, tftp *net.UDPConn, web net.Conn) {
	t.Helper()
	s, out = testServer(t, map[string]string{"small": strings.Repeat("x", 600), "big": strings.Repeat("x", 64<<20)})
	s.StopWithin = within
	s.tftp, s.http = &tftpserve.Server{Open: s.openTFTP, Event: s.tftpEvent}, s.newHTTP()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	go func() { _ = s.tftp.Serve(ctx, conn) }()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = s.runHTTP(l) }()

	tftp, err = net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	t.Cleanup(func() { _ = tftp.Close() })
	_, err = tftp.WriteTo([]byte("\x00\x01small\x00octet\x00"), conn.LocalAddr())
	require.NoError(t, err)
	web, err = net.Dial("tcp4", l.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = web.Close() })
	_, err = web.Write([]byte("GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.downloads) == 1 && len(s.tftp.Running()) == 1
	}, 10*time.Second, time.Millisecond)
	cancel()
	return s, out, tftp, web
}

// Who goes on fetching gets the whole file.
func TestStopWaits(t *testing.T) {
	s, _, tftp, web := stopping(t, time.Hour)
	ended := make(chan struct{})
	go func() { s.finish(); close(ended) }()
	buf := make([]byte, 1000)
	for _, want := range []int{516, 4 + 600 - 512} {
		require.NoError(t, tftp.SetReadDeadline(time.Now().Add(10*time.Second)))
		n, from, err := tftp.ReadFrom(buf)
		require.NoError(t, err)
		require.Equal(t, want, n)
		_, err = tftp.WriteTo(append([]byte{0, 4}, buf[2:4]...), from)
		require.NoError(t, err)
	}
	select {
	case <-ended:
		t.Fatal("ended before the download")
	default:
	}
	n, err := countHTTP(web)
	require.NoError(t, err)
	require.Equal(t, int64(64<<20), n)
	<-ended
}

func countHTTP(conn net.Conn) (n int64, err error) {
	var body strings.Builder
	if _, err = io.Copy(&body, conn); err != nil {
		return 0, err
	}
	_, content, _ := strings.Cut(body.String(), "\r\n\r\n")
	return int64(len(content)), nil
}

// Who does not is told so when the time is up.
func TestStopIsBounded(t *testing.T) {
	s, out, tftp, web := stopping(t, 100*time.Millisecond)
	s.finish()
	buf := make([]byte, 1000)
	for last := ""; last != "\x00\x05\x00\x00not defined\x00"; {
		require.NoError(t, tftp.SetReadDeadline(time.Now().Add(10*time.Second)))
		n, err := tftp.Read(buf)
		require.NoError(t, err)
		last = string(buf[:n])
	}
	n, err := countHTTP(web)
	require.True(t, err != nil || n < 64<<20, "the download was broken off")
	require.Eventually(t, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return strings.Count(out.String(), "pxekit was stopped") == 2
	}, 10*time.Second, time.Millisecond, "neither client is blamed")
	_, err = http.Get("http://" + web.RemoteAddr().String() + "/healthz")
	require.Error(t, err)
}
