package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"path"
	"strings"
	"time"
)

// Bounds of the HTTP server. A boot file of gigabytes may take long, so writing
// it has no limit of time; a client that says nothing, or takes nothing, does.
const (
	httpHeaderTime  = 10 * time.Second
	httpChunkTime   = 5 * time.Minute // for sendChunk octets
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

// newHTTP speaks HTTP/1 only: no firmware has HTTP/2, which would put many
// requests past the bounds of time and number that a connection has.
func (s *Server) newHTTP() *http.Server {
	var one http.Protocols
	one.SetHTTP1(true)
	return &http.Server{
		Protocols: &one,
		Handler:   http.HandlerFunc(s.serveHTTP), ReadHeaderTimeout: httpHeaderTime, IdleTimeout: httpIdleTime,
		MaxHeaderBytes: httpHeaderBytes, ErrorLog: log.New(httpLog{s}, "", 0), TLSConfig: s.tlsConfig(),
		ConnState: newConnections().changed,
	}
}

// httpLog takes what net/http complains of into the log: above all, why a
// machine refuses the certificate.
type httpLog struct{ *Server }

func (l httpLog) Write(b []byte) (int, error) {
	text := strings.TrimPrefix(strings.TrimSpace(string(b)), "http: ")
	if !l.quotas.files.allows(l.now(), "", nil) {
		return len(b), nil
	}
	attrs := []any{"event", evFile, "ok", false}
	if rest, ok := strings.CutPrefix(text, "TLS handshake error from "); ok {
		at, why, _ := strings.Cut(rest, ": ")
		client, _ := netip.ParseAddrPort(at) // as net/http has made it
		l.mu.Lock()
		defer l.mu.Unlock()
		who, mac := l.whoIs(client.Addr().Unmap())
		text = fmt.Sprintf("%s: no HTTPS connection, as when the client does not trust the certificate: %s", who, why)
		attrs = append(attrs, "mac", mac, "ip", client.Addr().Unmap().String(), "error", safe(why))
	}
	l.Log.Warn(safe(text), attrs...)
	return len(b), nil
}

// runHTTP serves one listener until the server is shut down.
func (s *Server) runHTTP(l net.Listener) error {
	var err error
	if s.tls() {
		err = s.http.ServeTLS(l, "", "") // by TLSConfig
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
	bound(w, r)
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

// bound ends a request whose announced body does not come, or whose answer is not
// taken: either would keep its connection for ever.
func bound(w http.ResponseWriter, r *http.Request) {
	patience := http.NewResponseController(w)
	_ = patience.SetWriteDeadline(time.Now().Add(httpChunkTime)) // no connection refuses it
	if r.ContentLength != 0 {
		_ = patience.SetReadDeadline(time.Now().Add(httpHeaderTime))
	}
}

// health says ok, or which interface or folder is not what it was: a server that
// answers at all has its sockets.
func (s *Server) health(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	faults := s.faults()
	if len(faults) == 0 {
		_, _ = io.WriteString(w, "ok\n")
		return
	}
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = io.WriteString(w, strings.Join(faults, "\n")+"\n")
}

// stopHTTP lets requests that run finish until ctx ends.
func (s *Server) stopHTTP(ctx context.Context) {
	if s.http.Shutdown(ctx) != nil {
		s.cut.Store(true)
		_ = s.http.Close()
	}
}
