package serve

import (
	"fmt"
	"io"
	"net/netip"
	"sync"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"pxekit/internal/rawnet"
)

// recorder writes the DHCP messages that were seen and sent to a pcap file, as
// IPv4 packets: what pxekit decode and Wireshark read. nil records nothing.
type recorder struct {
	mu   sync.Mutex
	file io.Closer
	out  *pcapgo.Writer
	ends func(error) // is told once, of what ended the recording
	err  error       // the same; nothing is written after it
}

// record opens the recording. It comes last, as it may empty a file: a start
// that fails changes nothing.
func (s *Server) record() error {
	if s.Capture == nil {
		return nil
	}
	w, err := s.Capture()
	if err != nil {
		return err
	}
	s.capture = &recorder{file: w, out: pcapgo.NewWriterNanos(w), ends: func(err error) {
		s.Log.Warn(fmt.Sprintf("messages are not recorded any more: %v", err), "event", evDecision, "error", err.Error())
	}}
	return s.capture.out.WriteFileHeader(maxMessage+64, layers.LinkTypeRaw)
}

func (r *recorder) close() {
	if r != nil {
		_ = r.file.Close()
	}
}

func (r *recorder) record(from, to netip.AddrPort, payload []byte) {
	if r == nil {
		return
	}
	b := rawnet.Datagram{Src: from, Dst: to, Payload: payload}.AppendIP(nil)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return
	}
	r.err = r.out.WritePacket(gopacket.CaptureInfo{Timestamp: time.Now(), CaptureLength: len(b), Length: len(b)}, b)
	if r.err != nil {
		r.ends(r.err)
	}
}

// fault is what ended the recording, nil when nothing did.
func (r *recorder) fault() error {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return fmt.Errorf("cannot record messages: %w", r.err)
	}
	return nil
}
