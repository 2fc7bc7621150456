package serve

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"pxekit/internal/bootfiles"
)

// serveFile answers with a boot file, found by the rules that TFTP has.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	client, name := clientOf(r), strings.TrimLeft(r.URL.Path, "/")
	f, err := s.Root.Open(name)
	if s.HTTPList && errors.Is(err, bootfiles.ErrNotRegular) && s.serveFolder(w, name) {
		return
	}
	if err != nil {
		s.metrics.refused.Add(1)
		s.missed(client, r.Method, r.URL.Path, err)
		refuseHTTP(w, err)
		return
	}
	defer f.Close()
	if f.Junk != "" {
		s.junk(client, r.URL.Path, f)
	}
	s.asks(client, r.Method)
	w.Header().Set("Content-Type", typeOf(f.Path))
	modified := s.validate(w, f)
	d := &download{ResponseWriter: w, client: client, name: r.URL.Path, began: s.now()}
	s.begin(d)
	defer s.end(d)
	// The *os.File itself, not a wrapper: the kernel then sends it.
	http.ServeContent(d, r, "", modified, f.File)
	if r.Method == http.MethodGet {
		s.metrics.httpFiles.Add(1)
		fault := d.fault(r)
		if fault != "" && s.cut.Load() {
			fault = stopped
		}
		s.downloaded(d, fault)
	}
}

// validate sets the tag by which a broken-off download is not continued with
// another file's end (If-Range), and returns the date that does the same. Right
// after a change there is neither: one more might not show in them (RFC 9110
// section 8.8). The tag tells nothing of the disk.
func (s *Server) validate(w http.ResponseWriter, f *bootfiles.File) (modified time.Time) {
	key := f.Key(s.now())
	if key == "" {
		return time.Time{}
	}
	sum := sha256.Sum256([]byte(key))
	w.Header().Set("Etag", fmt.Sprintf(`"%x"`, sum[:12]))
	return f.Modified
}

// refuseHTTP says that there is no file, or none to be had, and nothing else of
// the server.
func refuseHTTP(w http.ResponseWriter, err error) {
	status := http.StatusForbidden
	switch {
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE): // "Forbidden" would end a boot that need only wait
		status = http.StatusServiceUnavailable
		w.Header().Set("Retry-After", "1")
	case errors.Is(err, fs.ErrNotExist):
		status = http.StatusNotFound
	}
	http.Error(w, http.StatusText(status), status)
}

func clientOf(r *http.Request) netip.Addr {
	a, _ := netip.ParseAddrPort(r.RemoteAddr) // what net/http has made of the socket's address
	return a.Addr().Unmap()
}

// download is a response with a boot file. It counts what is sent and keeps the
// response's way of sending files through the kernel.
type download struct {
	http.ResponseWriter
	client netip.Addr
	name   string
	began  time.Time
	status int
	part   bool         // a range that is not the file's end
	size   atomic.Int64 // of the content
	bytes  atomic.Int64 // sent of it
	err    error
}

func (d *download) WriteHeader(status int) {
	d.status = status
	var first, last, whole int64
	if n, _ := fmt.Sscanf(d.Header().Get("Content-Range"), "bytes %d-%d/%d", &first, &last, &whole); n == 3 {
		d.part = last+1 < whole
	}
	var size int64
	_, _ = fmt.Sscan(d.Header().Get("Content-Length"), &size) // 0 without one
	d.size.Store(size)
	d.ResponseWriter.WriteHeader(status)
}

func (d *download) Write(b []byte) (int, error) {
	n, err := d.ResponseWriter.Write(b)
	d.bytes.Add(int64(n))
	d.err = err
	return n, err
}

// sendChunk is how much goes to the kernel at once: less would cost, more would
// let a long download's progress stand still.
const sendChunk = 4 << 20

// ReadFrom hands the file to the connection, which has sendfile. It takes the
// limited file of http.ServeContent apart, since sendfile knows one limit only.
func (d *download) ReadFrom(r io.Reader) (int64, error) {
	limited, ok := r.(*io.LimitedReader)
	if !ok {
		return io.Copy(writeOnly{d}, r)
	}
	var sent int64
	patience := http.NewResponseController(d.ResponseWriter)
	for limited.N > 0 && d.err == nil {
		_ = patience.SetWriteDeadline(time.Now().Add(httpChunkTime)) // no connection refuses it
		n, err := io.Copy(d.ResponseWriter, &io.LimitedReader{R: limited.R, N: min(limited.N, sendChunk)})
		sent, limited.N, d.err = sent+n, limited.N-n, err
		d.bytes.Add(n)
		if n == 0 {
			break // the file has become shorter
		}
	}
	return sent, d.err
}

// writeOnly hides ReadFrom from io.Copy.
type writeOnly struct{ io.Writer }

func (d *download) fault(r *http.Request) string {
	switch {
	case d.err != nil && r.Context().Err() != nil, errors.Is(d.err, net.ErrClosed), errors.Is(d.err, syscall.EPIPE), errors.Is(d.err, syscall.ECONNRESET):
		return "the client went away"
	case d.err != nil:
		return d.err.Error()
	case d.status >= http.StatusBadRequest:
		return fmt.Sprintf("%d %s", d.status, http.StatusText(d.status))
	case d.bytes.Load() < d.size.Load():
		return "the file has become shorter"
	}
	return ""
}
