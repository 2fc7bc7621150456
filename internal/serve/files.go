package serve

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"

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
	return tftpFile{f, f.Key(s.now())}, nil
}

// junk names the DHCP option to mend when a file was found only without the end
// of the name that was asked for.
func (s *Server) junk(client netip.Addr, asked string, f *bootfiles.File) {
	s.mu.Lock()
	defer s.mu.Unlock()
	who, mac := s.whoIs(client)
	if !s.quotas.files.allows(s.now(), who, nil) {
		return
	}
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
		switch {
		case errors.Is(e.Err, tftpserve.ErrBusy):
			s.busy(e.Client.Addr(), name)
		case e.Packet.Op == tftpserve.RRQ:
			s.missed(e.Client.Addr(), "RRQ", name, e.Err)
		default:
			s.strange(e)
		}
	case tftpserve.Started:
		s.metrics.tftpStarted.Add(1)
		s.transfers(e.Client.Addr(), 1)
		s.asks(e.Client.Addr(), "RRQ")
	case tftpserve.Finished:
		s.transfers(e.Client.Addr(), -1)
		s.metrics.tftpBytes.Add(e.Bytes)
		if !e.Probe() {
			s.fetched(e.Client.Addr(), fetchOf(e))
		}
	}
}

// fetchOf is the file of a transfer that has ended.
func fetchOf(e tftpserve.Event) fetch {
	f := fetch{name: e.Packet.File, bytes: e.Bytes, took: e.Took, resent: e.Resent, fault: faultOf(e)}
	if e.Outcome.Sent {
		f.bytes, f.unsure = e.Size, true
	}
	return f
}

// busy tells that a limit kept a client waiting; it was sent nothing, so it asks
// again.
func (s *Server) busy(client netip.Addr, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	who, mac := s.whoIs(client)
	if !s.quotas.files.allows(s.now(), who, nil) {
		return
	}
	s.Log.Warn(fmt.Sprintf("%s: TFTP for %s waits: too many transfers", who, safe(name)), "event", evFile, "mac", mac, "ip", client.String(), "file", safe(name), "ok", false)
}

// strange tells of a packet that is no request for a file.
func (s *Server) strange(e tftpserve.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	client := e.Client.Addr()
	who, mac := s.whoIs(client)
	if !s.quotas.files.allows(s.now(), who, nil) {
		return
	}
	s.Log.Warn(fmt.Sprintf("%s: TFTP packet refused: %v", who, e.Err), "event", evFile, "mac", mac, "ip", client.String(),
		"file", safe(e.Packet.File), "ok", false, "error", e.Err.Error())
}

// stopped is the fault of what ran on after a stop for longer than it may.
const stopped = "pxekit was stopped"

// faultOf says how a transfer failed, "" when it did not.
func faultOf(e tftpserve.Event) string {
	switch o := e.Outcome; {
	case o.Complete, o.Sent:
		return ""
	case errors.Is(e.Err, context.Canceled):
		return stopped
	case e.Err != nil:
		return e.Err.Error()
	case o.Silent:
		return "the client stopped answering"
	default:
		return fmt.Sprintf("the client broke off: %s %s", o.Code, safe(o.Message))
	}
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
