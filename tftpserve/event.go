package tftpserve

import (
	"io"
	"net/netip"
	"strings"
	"time"
)

// Request is a read request.
type Request struct {
	Client netip.AddrPort
	Local  netip.Addr // the address it was sent to; invalid where the system does not tell
	Packet Packet
}

// File is a boot file. ReadAt is called from one goroutine at a time.
type File interface {
	io.ReaderAt
	io.Closer
	Size() int64
	// Key names the content for as long as it does not change; "" keeps it out of
	// the memory that hot files share.
	Key() string
}

// EventKind says what an Event is about.
type EventKind int

// The kinds of events.
const (
	Refused  EventKind = iota // a request was answered with an ERROR (Code, Err), or dropped (ErrBusy)
	Started                   // a transfer began: Terms, Size
	Finished                  // a transfer ended: Outcome, Bytes, Resent, Took
)

// Event is something that happened to a request.
type Event struct {
	Kind EventKind
	Request
	Terms   Terms
	Size    int64
	Outcome Outcome
	Bytes   int64 // of the file, that the client acknowledged
	Resent  int   // blocks that were sent again
	Took    time.Duration
	Code    ErrorCode
	Err     error // why the server refused or broke off; its text is not for the client
}

// Probe reports whether a transfer ended as firmware ends its question for the
// size: after the OACK, before any data, by an ERROR with code 8 (edk2) or 0
// (BIOS ROMs, "TFTP Aborted").
func (e Event) Probe() bool {
	if e.Kind != Finished || e.Err != nil || e.Bytes > 0 || e.Outcome.Complete || e.Outcome.Silent {
		return false
	}
	for _, o := range e.Terms.OACK {
		if strings.EqualFold(o.Name, "tsize") {
			return e.Outcome.Code == OptionRefused || e.Outcome.Code == NotDefined
		}
	}
	return false
}

// Progress is how far a running transfer has got.
type Progress struct {
	Request
	Size  int64
	Bytes int64 // acknowledged
	Took  time.Duration
}
