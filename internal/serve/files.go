package serve

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"path"
	"strings"
	"time"

	"pxekit/dhcpopts"
	"pxekit/internal/bootfiles"
	"pxekit/tftpserve"
)

// tftpFile is a boot file as tftpserve wants it.
type tftpFile struct {
	*bootfiles.File
	key string
}

func (f tftpFile) Size() int64 { return f.File.Size }
func (f tftpFile) Key() string { return f.key }

// openTFTP finds what a client asks for.
func (s *Server) openTFTP(r tftpserve.Request) (tftpserve.File, error) {
	f, err := s.Root.Open(r.Packet.File)
	if err != nil {
		return nil, err
	}
	if f.Junk != "" {
		s.junk(r.Client.Addr(), r.Packet.File, f)
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	// A file that was replaced or written to is another content.
	key := fmt.Sprintf("%s %d %d", f.Path, info.Size(), info.ModTime().UnixNano())
	return tftpFile{f, key}, nil
}

// junk names the DHCP option to mend when a file was found only without the end
// of the name that was asked for.
func (s *Server) junk(client netip.Addr, asked string, f *bootfiles.File) {
	s.mu.Lock()
	defer s.mu.Unlock()
	who, mac := s.whoIs(client)
	s.Log.Warn(fmt.Sprintf("%s asked for %s, served %s: the boot file name it was given, option 67 or the header's file, ends in %s; %s",
		who, safe(asked), safe(f.Path), safe(f.Junk), junkCause(f.Junk)), "event", evFile, "mac", mac, "ip", client.String(), "file", f.Path, "junk", safe(f.Junk))
}

// junkCause says what writes such a tail, and how to mend it.
func junkCause(tail string) string {
	switch {
	case strings.ContainsAny(tail, "\r\n"):
		return "a line end was pasted or redirected into the DHCP server's config: remove it there"
	case strings.ContainsAny(tail, `"'`):
		return "the DHCP server's form takes the name without quotes"
	case strings.Trim(tail, " ") == "":
		return "remove the blank in the DHCP server's config"
	}
	return "the ROM reads past the option's end: close option 67 with a NUL on the DHCP server (pxekit encode 67 NAME --nul --as SERVER)"
}

// tftpEvent tells of a request or transfer, and continues its machine's story.
func (s *Server) tftpEvent(e tftpserve.Event) {
	name := e.Packet.File
	switch e.Kind {
	case tftpserve.Refused:
		s.metrics.refused.Add(1)
		if errors.Is(e.Err, tftpserve.ErrBusy) {
			s.busy(e.Client.Addr(), name)
			return
		}
		s.missed(e.Client.Addr(), "TFTP", name, e.Err)
	case tftpserve.Started:
		s.metrics.tftpStarted.Add(1)
		s.transfers(e.Client.Addr(), 1)
		s.started(e.Client.Addr(), "RRQ")
	case tftpserve.Finished:
		s.transfers(e.Client.Addr(), -1)
		s.metrics.tftpBytes.Add(e.Bytes)
		if !e.Probe() {
			s.fetched(e.Client.Addr(), fetch{name: name, bytes: e.Bytes, took: e.Took, resent: e.Resent, fault: faultOf(e)})
		}
	}
}

// transfers counts the transfers of a client that run: its boot's story is not
// over as long as there is one.
func (s *Server) transfers(client netip.Addr, change int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fetching[client] += change; s.fetching[client] == 0 {
		delete(s.fetching, client)
	}
}

// busy tells that a limit kept a client waiting; it was sent nothing, so it asks
// again.
func (s *Server) busy(client netip.Addr, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	who, mac := s.whoIs(client)
	s.Log.Warn(fmt.Sprintf("%s: TFTP for %s waits: too many transfers", who, safe(name)), "event", evFile, "mac", mac, "ip", client.String(), "file", safe(name), "ok", false)
}

// faultOf says how a transfer failed, "" when it did not.
func faultOf(e tftpserve.Event) string {
	switch o := e.Outcome; {
	case o.Complete:
		return ""
	case e.Err != nil:
		return e.Err.Error()
	case o.Silent:
		return "the client stopped answering"
	default:
		return fmt.Sprintf("the client broke off: %s %s", o.Code, safe(o.Message))
	}
}

// fetch is a file that was sent, or not to its end.
type fetch struct {
	name   string
	bytes  int64
	took   time.Duration
	resent int
	fault  string // "" when all is well
}

func (f fetch) String() string {
	if f.fault != "" {
		return fmt.Sprintf("failed after %s: %s", size(f.bytes), f.fault)
	}
	text := size(f.bytes) + ", ok"
	if f.resent > 0 {
		text += fmt.Sprintf(" (%d blocks sent again)", f.resent)
	}
	return text
}

// started notes the first request for a file of a boot.
func (s *Server) started(client netip.Addr, step string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.book.at(client, s.neighbour)
	if m == nil {
		return
	}
	s.book.fetched(m)
	m.heard, m.grub = s.now(), false
	if m.steps != nil && !m.asked {
		m.asked = true
		m.step(m.heard, step)
	}
}

// fetched tells of a transfer's end: with it the boot's story ends, and files
// after the first have a line of their own.
func (s *Server) fetched(client netip.Addr, f fetch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.book.at(client, s.neighbour)
	who, mac := s.whoIs(client)
	event, line := evFile, fmt.Sprintf("%s: %s, %s", who, safe(f.name), f)
	if m != nil {
		m.heard, m.grub = s.now(), isGRUB(f.name) && f.fault == ""
		if m.steps != nil {
			event, line = evVerdict, m.end(f.String())
		}
	}
	attrs := []any{"event", event, "mac", mac, "ip", client.String(), "file", safe(f.name), "bytes", f.bytes, "seconds", f.took.Seconds(), "ok", f.fault == ""}
	if f.fault != "" {
		s.Log.Warn(line, append(attrs, "error", f.fault)...)
		return
	}
	s.Log.Info(line, attrs...)
}

func isGRUB(name string) bool {
	base := strings.ToLower(path.Base(strings.ReplaceAll(name, `\`, "/")))
	return strings.HasPrefix(base, "grub") && strings.HasSuffix(base, ".efi")
}

// missed tells of a request that got no file. Boot loaders try names that are
// mostly not there: those are normal.
func (s *Server) missed(client netip.Addr, how, name string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	who, mac := s.whoIs(client)
	if m := s.book.at(client, s.neighbour); m != nil {
		s.book.fetched(m)
		m.heard, m.grub = s.now(), false
	}
	attrs := []any{"event", evFile, "mac", mac, "ip", client.String(), "file", safe(name), "ok", false}
	normal := usualMiss(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && normal != "":
		s.Log.Info(fmt.Sprintf("%s: %s is not there, which is normal: %s", who, safe(name), normal), append(attrs, "normal", true)...)
	case errors.Is(err, fs.ErrNotExist):
		s.Log.Warn(fmt.Sprintf("%s: %s for %s: there is no such file", who, how, safe(name)), attrs...)
	default:
		s.Log.Warn(fmt.Sprintf("%s: %s for %s refused: %v", who, how, safe(name), err), append(attrs, "error", fmt.Sprint(err))...)
	}
}

// usualMiss says why a file that is not there need not be (measured, firmware
// facts: what pxelinux, shim and iPXE ask for).
func usualMiss(name string) string {
	name = strings.ToLower(strings.ReplaceAll(name, `\`, "/"))
	dir, base := path.Split(name)
	switch {
	case strings.HasSuffix(dir, "pxelinux.cfg/") && base != "default":
		return "pxelinux tries names for one machine before pxelinux.cfg/default"
	case base == "revocations_sku.efi" || base == "revocations_sbat.efi" || strings.HasPrefix(base, "shim_certificate"):
		return "shim asks for it, and few have it"
	case base == "autoexec.ipxe":
		return "iPXE looks for a script of that name first"
	case strings.HasPrefix(base, "grub.cfg-"):
		return "GRUB tries names for one machine before grub.cfg"
	case strings.Contains(dir, "/x86_64-efi/") || strings.Contains(dir, "/arm64-efi/") || strings.Contains(dir, "/i386-efi/"):
		return "GRUB looks for its lists and modules, and does without"
	}
	return ""
}

// whoIs names a client for the log: by hardware address and kind where known.
func (s *Server) whoIs(client netip.Addr) (text, mac string) {
	if m := s.book.at(client, s.neighbour); m != nil {
		return m.mac + " " + m.who, m.mac
	}
	return client.String(), ""
}

func safe(name string) string { return dhcpopts.SafeText([]byte(name)) }

// size is a number of octets for people, by thousands.
func size(n int64) string {
	value, unit := float64(n), "bytes"
	for _, next := range []string{"KB", "MB", "GB", "TB"} {
		if value < 1000 {
			break
		}
		value, unit = value/1000, next
	}
	if unit == "bytes" || value >= 100 {
		return fmt.Sprintf("%.0f %s", value, unit)
	}
	return fmt.Sprintf("%.1f %s", value, unit)
}
