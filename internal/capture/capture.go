// Package capture reads the UDP datagrams out of captures: pcap and pcapng in
// both byte orders, with micro- or nanoseconds, several interfaces, plain or
// gzipped. It streams: memory does not grow with the capture.
package capture

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// Frame is one captured frame, down to its UDP payload. It is valid until the
// next one is read.
type Frame struct {
	Index        int // from 1, as Wireshark numbers it
	Time         time.Time
	Link         string     // "ethernet", "ethernet vlan 7", "linux-sll" …
	Src, Dst     netip.Addr // invalid when the frame is not IP
	SPort, DPort uint16
	UDP          bool   // SPort, DPort and Payload are set
	Payload      []byte // of UDP
	Truncated    bool   // the capture holds less than was on the wire
	Problem      string // why the frame could not be read down to UDP, "" for other protocols
}

// Reader reads frames from one capture.
type Reader struct {
	next    func() ([]byte, gopacket.CaptureInfo, error)
	link    layers.LinkType // pcap: of the file; pcapng: of each packet
	perPkt  bool
	index   int
	decoder decoder
}

var (
	magicGzip = []byte{0x1f, 0x8b}
	magicNG   = []byte{0x0a, 0x0d, 0x0d, 0x0a}
	// The four spellings of pcap's magic: byte order × micro- or nanoseconds.
	magicPcap = [][]byte{{0xd4, 0xc3, 0xb2, 0xa1}, {0xa1, 0xb2, 0xc3, 0xd4}, {0x4d, 0x3c, 0xb2, 0xa1}, {0xa1, 0xb2, 0x3c, 0x4d}}
)

// Is reports whether data begins like a capture or like gzip, which of all
// inputs only captures come in. Four octets are enough to say.
func Is(data []byte) bool {
	for _, m := range append(magicPcap, magicGzip, magicNG) {
		if bytes.HasPrefix(data, m) {
			return true
		}
	}
	return false
}

// Open starts reading a capture. Link types other than Ethernet, Linux cooked
// v1 and v2, raw IP and loopback are refused by name.
func Open(r io.Reader) (*Reader, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	if magic, _ := in.Peek(2); bytes.Equal(magic, magicGzip) {
		unzipped, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("capture: gzip: %w", err)
		}
		in = bufio.NewReaderSize(unzipped, 1<<16)
		if magic, err := in.Peek(4); err == nil && !Is(magic) {
			return nil, errors.New("capture: the gzip file holds no capture")
		}
	}
	magic, err := in.Peek(4)
	if err != nil {
		return nil, fmt.Errorf("capture of %d bytes: %w", len(magic), errShort(err))
	}
	if bytes.Equal(magic, magicNG) {
		return openNG(in)
	}
	return openPcap(in)
}

func openNG(in io.Reader) (*Reader, error) {
	ng, err := pcapgo.NewNgReader(in, pcapgo.NgReaderOptions{WantMixedLinkType: true, SkipUnknownVersion: true})
	if err != nil {
		return nil, fmt.Errorf("capture: pcapng: %w", errShort(err))
	}
	return &Reader{next: ng.ZeroCopyReadPacketData, perPkt: true}, nil
}

func openPcap(in io.Reader) (*Reader, error) {
	p, err := pcapgo.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("capture: pcap: %w", errShort(err))
	}
	if !supported(p.LinkType()) {
		return nil, unsupported(p.LinkType())
	}
	return &Reader{next: p.ZeroCopyReadPacketData, link: p.LinkType()}, nil
}

// Next returns the next frame, io.EOF at the end, and another error where the
// capture is damaged: what was read before it stands.
func (r *Reader) Next() (Frame, error) {
	data, info, err := r.next()
	if errors.Is(err, io.EOF) && info.Timestamp.IsZero() { // else the packet's header was read and nothing of its data
		return Frame{}, io.EOF
	}
	r.index++
	if err != nil {
		return Frame{}, fmt.Errorf("capture: packet %d: %w", r.index, errShort(err))
	}
	link := r.link
	if r.perPkt {
		link, _ = info.AncillaryData[0].(layers.LinkType)
	}
	f := r.decoder.decode(link, data)
	f.Index, f.Time = r.index, info.Timestamp.UTC()
	f.Truncated = f.Truncated || info.CaptureLength < info.Length
	return f, nil
}

// Whole reads one frame that did not come from a capture file: a frame or an IP
// packet pasted as hex. ok is false when it is neither.
func Whole(data []byte) (f Frame, ok bool) {
	var d decoder
	for _, link := range []layers.LinkType{layers.LinkTypeEthernet, layers.LinkTypeRaw, layers.LinkTypeLinuxSLL} {
		if f := d.decode(link, data); f.UDP {
			f.Index = 1
			return f, true
		}
	}
	return Frame{}, false
}

func errShort(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("ends in the middle")
	}
	return err
}

func unsupported(l layers.LinkType) error {
	return fmt.Errorf("capture: link type %d (%v) is not read; Ethernet, Linux cooked, raw IP and loopback are", uint(l), l)
}
