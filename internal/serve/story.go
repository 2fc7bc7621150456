package serve

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/netip"
	"path"
	"strings"
	"time"

	"pxekit/internal/bootnames"
)

// transfers counts the transfers of a client that run: its boot's story is not
// over as long as there is one.
func (s *Server) transfers(client netip.Addr, change int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fetching[client] += change; s.fetching[client] == 0 {
		delete(s.fetching, client)
	}
}

// begin counts a download in, and end out.
func (s *Server) begin(d *download) {
	s.transfers(d.client, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.downloads[d] = struct{}{}
}

func (s *Server) end(d *download) {
	s.metrics.httpBytes.Add(d.bytes.Load())
	s.transfers(d.client, -1)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.downloads, d)
}

// downloaded tells of a download's end.
func (s *Server) downloaded(d *download, fault string) {
	s.fetched(d.client, fetch{
		name: d.name, bytes: d.bytes.Load(), took: s.now().Sub(d.began), fault: fault,
		part: d.part, same: d.status == http.StatusNotModified,
	})
}

// fetch is a file that was sent, or not to its end.
type fetch struct {
	name   string
	bytes  int64
	took   time.Duration
	resent int
	part   bool   // and more of it is to come
	same   bool   // the client has it already
	unsure bool   // its end was sent and not acknowledged
	fault  string // "" when all is well
}

func (f fetch) String() string {
	if f.fault != "" {
		return fmt.Sprintf("failed after %s: %s", size(f.bytes), f.fault)
	}
	if f.same {
		return "not changed, ok"
	}
	if f.unsure {
		return size(f.bytes) + ", sent to the end, which was not acknowledged"
	}
	text := size(f.bytes) + ", ok"
	if f.resent > 0 {
		text += fmt.Sprintf(" (%d blocks sent again)", f.resent)
	}
	return text
}

// asks notes a request for a file: RRQ, GET, or HEAD, by which firmware learns
// the size before it asks for the file.
func (s *Server) asks(client netip.Addr, request string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.book.at(client, s.neighbour)
	if m == nil {
		return
	}
	s.book.fetched(m)
	m.heard, m.grub = s.now(), false
	if m.steps != nil {
		m.asked = m.asked || request != http.MethodHead
		m.step(m.heard, request)
	}
}

// fetched tells of a transfer's end: with it the boot's story ends, and files
// after the first have a line of their own.
func (s *Server) fetched(client netip.Addr, f fetch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.book.at(client, s.neighbour)
	who, mac := s.whoIs(client)
	event, line := evFile, ""
	if m != nil {
		m.heard, m.grub = s.now(), bootnames.IsGRUB(f.name) && f.fault == ""
	}
	switch {
	case m != nil && m.steps != nil:
		event, line = evVerdict, m.end(m.result(f), f.fault == "")
	case f.part && f.fault == "":
		return // iPXE reads a disk image by thousands of parts
	case !s.quotas.files.allows(s.now(), who, nil):
		return
	default:
		line = fmt.Sprintf("%s: %s, %s", who, safe(f.name), f)
	}
	attrs := []any{"event", event, "mac", mac, "ip", client.String(), "file", safe(f.name), "bytes", f.bytes, "seconds", f.took.Seconds(), "ok", f.fault == ""}
	if f.fault != "" {
		s.Log.Warn(line, append(attrs, "error", f.fault)...)
		return
	}
	s.Log.Info(line, attrs...)
}

// result tells of the file that a boot ends with, by name where it is not what the
// machine was told.
func (m *machine) result(f fetch) string {
	base := path.Base(strings.ReplaceAll(f.name, `\`, "/"))
	if strings.Contains(strings.ToLower(strings.Join(m.steps, " ")), strings.ToLower(safe(base))) {
		return f.String()
	}
	return safe(f.name) + ", " + f.String()
}

// missed tells of a request that got no file. Boot loaders try names that are
// mostly not there: those are normal. For a machine that was offered a file and
// asks for one that it cannot have the boot is over.
func (s *Server) missed(client netip.Addr, request, name string, err error) {
	why := "refused: " + fmt.Sprint(err)
	if errors.Is(err, fs.ErrNotExist) {
		why = "there is no such file"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.book.at(client, s.neighbour)
	who, mac := s.whoIs(client)
	if m != nil {
		s.book.fetched(m)
		m.heard, m.grub = s.now(), false
	}
	normal := ""
	if errors.Is(err, fs.ErrNotExist) {
		normal = bootnames.UsualMiss(name)
	}
	ends := normal == "" && m != nil && m.steps != nil
	if !ends && !s.quotas.files.allows(s.now(), who, nil) {
		return
	}
	attrs := []any{"mac", mac, "ip", client.String(), "file", safe(name), "ok", false, "error", why}
	if normal != "" {
		s.Log.Info(fmt.Sprintf("%s: %s is not there, which is normal: %s", who, safe(name), normal), append(attrs, "event", evFile, "normal", true)...)
		return
	}
	event, line := evFile, fmt.Sprintf("%s: %s for %s: %s", who, request, safe(name), safe(why))
	if ends {
		m.step(m.heard, request)
		event, line = evVerdict, m.end(fmt.Sprintf("%s: %s", safe(name), safe(why)), false)
	}
	s.Log.Warn(line, append(attrs, "event", event)...)
}

// whoIs names a client for the log: by hardware address and kind where known.
func (s *Server) whoIs(client netip.Addr) (text, mac string) {
	if m := s.book.at(client, s.neighbour); m != nil {
		return m.name + " " + m.who, m.mac
	}
	return client.String(), ""
}
