package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"path"
	"strings"
	"time"

	"golang.org/x/net/netutil"
)

// Bounds of the HTTP server. A boot file of gigabytes may take long, so writing
// has no limit of time; a client that says nothing does.
const (
	httpConnections = 2000
	httpHeaderTime  = 10 * time.Second
	httpIdleTime    = 60 * time.Second
	httpHeaderBytes = 16 << 10
)

// bootTypes are the media types of boot files. UEFI HTTP boot takes a program
// by its type, and a RAM disk only by its type (UEFI specification, "HTTP
// Boot"). What is not listed goes out as octets, never by a guess at content.
var bootTypes = map[string]string{
	".efi":  "application/efi",
	".iso":  "application/vnd.efi-iso",
	".img":  "application/vnd.efi-img",
	".ipxe": "text/plain; charset=utf-8",
	".cfg":  "text/plain; charset=utf-8",
	".txt":  "text/plain; charset=utf-8",
	".sh":   "text/plain; charset=utf-8",
	".ks":   "text/plain; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".json": "application/json",
	".xml":  "text/xml; charset=utf-8",
	".yaml": "application/yaml",
	".yml":  "application/yaml",
	".gz":   "application/gzip",
}

func typeOf(name string) string {
	if t, ok := bootTypes[strings.ToLower(path.Ext(name))]; ok {
		return t
	}
	return "application/octet-stream"
}

func (s *Server) newHTTP() *http.Server {
	return &http.Server{
		Handler: http.HandlerFunc(s.serveHTTP), ReadHeaderTimeout: httpHeaderTime, IdleTimeout: httpIdleTime,
		MaxHeaderBytes: httpHeaderBytes, ErrorLog: nil,
	}
}

// runHTTP serves one listener until the server is shut down.
func (s *Server) runHTTP(l net.Listener) error {
	l = netutil.LimitListener(l, httpConnections)
	var err error
	if s.tls() {
		err = s.http.ServeTLS(l, s.TLSCert, s.TLSKey)
	} else {
		err = s.http.Serve(l)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// serveHTTP is no http.ServeMux: that answers a path with "//" by a redirect,
// at which UEFI HTTP boot fails.
func (s *Server) serveHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
	case r.URL.Path == "/healthz":
		s.health(w)
	case r.URL.Path == "/metrics":
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_, _ = io.WriteString(w, s.metrics.text())
	default:
		s.serveFile(w, r)
	}
}

// serveFile answers with a boot file, found by the rules that TFTP has.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	client := clientOf(r)
	f, err := s.Root.Open(strings.TrimLeft(r.URL.Path, "/"))
	if err != nil {
		s.metrics.refused.Add(1)
		s.missed(client, r.Method, r.URL.Path, err)
		status := http.StatusForbidden
		if errors.Is(err, fs.ErrNotExist) {
			status = http.StatusNotFound
		}
		http.Error(w, http.StatusText(status), status)
		return
	}
	defer f.Close()
	if f.Junk != "" {
		s.junk(client, r.URL.Path, f)
	}
	info, err := f.Stat()
	if err != nil {
		http.Error(w, http.StatusText(http.StatusForbidden), http.StatusForbidden)
		return
	}
	s.started(client, "HTTP")
	s.transfers(client, 1)
	defer s.transfers(client, -1)
	w.Header().Set("Content-Type", typeOf(f.Path))
	began, counted := s.now(), &counter{ResponseWriter: w}
	// The *os.File itself, not a wrapper: the kernel then sends it.
	http.ServeContent(counted, r, "", info.ModTime(), f.File)
	s.metrics.httpBytes.Add(counted.bytes)
	if r.Method == http.MethodGet {
		s.metrics.httpFiles.Add(1)
		s.fetched(client, fetch{name: r.URL.Path, bytes: counted.bytes, took: s.now().Sub(began), fault: counted.fault(r)})
	}
}

func clientOf(r *http.Request) netip.Addr {
	a, _ := netip.ParseAddrPort(r.RemoteAddr) // what net/http has made of the socket's address
	return a.Addr().Unmap()
}

// health reports whether the sockets are open; a server that is up has them.
func (s *Server) health(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok\n")
}

// counter counts what a response writer sends and keeps its way of sending
// files through the kernel.
type counter struct {
	http.ResponseWriter
	status int
	bytes  int64
	err    error
}

func (c *counter) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.bytes, c.err = c.bytes+int64(n), err
	return n, err
}

// ReadFrom hands the file to the connection, which has sendfile.
func (c *counter) ReadFrom(r io.Reader) (int64, error) {
	n, err := io.Copy(c.ResponseWriter, r)
	c.bytes, c.err = c.bytes+n, err
	return n, err
}

func (c *counter) fault(r *http.Request) string {
	switch {
	case c.err != nil && r.Context().Err() != nil, errors.Is(c.err, net.ErrClosed):
		return "the client went away"
	case c.err != nil:
		return c.err.Error()
	case c.status >= http.StatusBadRequest:
		return fmt.Sprintf("%d %s", c.status, http.StatusText(c.status))
	}
	return ""
}

// stopHTTP lets requests that run finish until ctx ends.
func (s *Server) stopHTTP(ctx context.Context) {
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close()
	}
}
