package serve

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// listening is a server's HTTP port, as it is in real use.
func listening(t *testing.T, s *Server) string {
	t.Helper()
	s.http = s.newHTTP()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = s.runHTTP(l) }()
	t.Cleanup(func() { _ = s.http.Close() })
	return l.Addr().String()
}

// patience is a response that tells how long its connection waits.
type patience struct {
	*httptest.ResponseRecorder
	read, write time.Time
}

func (p *patience) SetReadDeadline(t time.Time) error {
	p.read = t
	return nil
}

func (p *patience) SetWriteDeadline(t time.Time) error {
	p.write = t
	return nil
}

// Nobody keeps a connection by an announced body that does not come, or by an
// answer that is not taken; a file's last octets, which HTTPS holds back until
// the answer ends, are no exception.
func TestHTTPWaitsForNobody(t *testing.T) {
	s, _ := testServer(t, map[string]string{"a.efi": "boot"})
	s.HTTPList = true
	for _, method := range []string{"GET", "POST"} {
		for _, path := range []string{"/a.efi", "/", "/none", "/metrics", "/healthz"} {
			for body, waits := range map[string]bool{"": false, "x": true} {
				w := &patience{ResponseRecorder: httptest.NewRecorder()}
				r := httptest.NewRequest(method, path, strings.NewReader(body))
				began := time.Now()
				s.serveHTTP(w, r)
				require.WithinRange(t, w.write, began, time.Now().Add(httpChunkTime), "%s %s", method, path)
				require.Equal(t, waits, !w.read.IsZero(), "%s %s", method, path)
			}
		}
	}
}

// What is odd but honest gets its file: HTTP/1.0 without a Host, a URL with the
// server's name in it, backslashes, more than one request by one connection.
func TestHTTPRequestsAsTheyCome(t *testing.T) {
	s, _ := testServer(t, map[string]string{"boot/x64/w.efi": "boot"})
	conn, err := net.Dial("tcp4", listening(t, s))
	require.NoError(t, err)
	defer conn.Close()
	answers := bufio.NewReader(conn)
	for _, line := range []string{
		"GET /boot/x64/w.efi HTTP/1.1\r\nHost: x", `GET /boot\x64\W.EFI HTTP/1.1` + "\r\nHost: x", "GET http://10.0.0.2/boot/x64/w.efi HTTP/1.1\r\nHost: x",
		"GET /boot/x64/w.efi?a=b HTTP/1.1\r\nHost: x\r\nExpect: 100-continue", "GET /boot/x64/w.efi HTTP/1.0",
	} {
		_, err := fmt.Fprint(conn, line, "\r\n\r\n")
		require.NoError(t, err)
		got, err := http.ReadResponse(answers, nil)
		require.NoError(t, err, line)
		body, err := io.ReadAll(got.Body)
		require.NoError(t, err, line)
		require.Equal(t, "200 boot", fmt.Sprint(got.StatusCode, " ", string(body)), line)
	}
}

// A server that has too many files open says so.
func TestHTTPOutOfFiles(t *testing.T) {
	for _, err := range []error{syscall.EMFILE, syscall.ENFILE} {
		w := httptest.NewRecorder()
		refuseHTTP(w, fmt.Errorf("%w: open x: %w", fs.ErrPermission, err)) // as bootfiles has it
		require.Equal(t, http.StatusServiceUnavailable, w.Code)
		require.Equal(t, "1", w.Header().Get("Retry-After"))
	}
}
