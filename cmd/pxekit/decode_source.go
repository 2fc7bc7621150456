package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/capture"
)

// maxText bounds input that is no capture; captures stream.
const maxText = 16 << 20

// item is one thing to explain.
type item struct {
	frame capture.Frame
	kind  capture.Kind
	bare  bool // options without a message around them
}

// source yields the items of an input, whatever its form.
type source struct {
	reader   *capture.Reader // captures
	tracker  capture.Tracker
	items    []item // the others, all at once
	progress *progress
}

// source finds out what the input is.
func (d *decode) source(in io.Reader, name string) (*source, error) {
	progress := newProgress(d.ui, in)
	buffered := bufio.NewReader(progress)
	magic, err := buffered.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, ioError("read "+name, err)
	}
	if capture.Is(magic) {
		r, err := capture.Open(buffered)
		if err != nil {
			return nil, usagef("", "%s: %w", name, err)
		}
		return &source{reader: r, progress: progress}, nil
	}
	data, err := readAll(buffered, name)
	if err != nil {
		return nil, err
	}
	if utf16(data) {
		return nil, usagef("PowerShell's > writes UTF-16; | Out-File -Encoding ascii FILE does not", "%s is UTF-16 text", name)
	}
	blobs := [][]byte{data}
	if d.given["hex"] || isText(data) {
		if blobs, err = dhcpopts.ParseHexPackets(string(data)); err != nil {
			return nil, usagef(textHint(string(data)), "%s is neither a capture nor hex text: %w", name, err)
		}
	}
	s := &source{progress: progress}
	for i, b := range blobs {
		if len(b) == 0 {
			return nil, usagef("pxekit decode FILE, or --hex '…'", "%s is empty", name)
		}
		it := s.classify(b)
		it.frame.Index = i + 1
		s.items = append(s.items, it)
	}
	return s, nil
}

// typedHint guesses what was meant by an argument that is no file.
func typedHint(arg string) string {
	if _, err := dhcpopts.ParseHex(arg); err == nil {
		return "for hex text: pxekit decode --hex " + plan.ShellQuote(arg)
	}
	return "for text as typed on a server: pxekit decode --as isc " + plan.ShellQuote(arg)
}

func textHint(text string) string {
	if line := strings.TrimSpace(text); len(line) < 100 && !strings.Contains(line, "\n") {
		return typedHint(line)
	}
	return "give a capture, a raw DHCP message or hex text"
}

// classify tells what octets without a capture around them are: a DHCP message,
// a frame or IP packet with one in it, or options alone.
func (s *source) classify(b []byte) item {
	message := item{frame: capture.Frame{Payload: b, UDP: true}, kind: capture.DHCP}
	if hasCookie(b) {
		return message
	}
	if f, ok := capture.Whole(b); ok {
		return item{frame: f, kind: s.tracker.Kind(f)}
	}
	options := bytes.TrimPrefix(b, cookie)
	if len(options) < len(b) || onlyOptions(options) {
		return item{frame: capture.Frame{Payload: options, UDP: true}, kind: capture.DHCP, bare: true}
	}
	return message
}

// cookie opens the options field (RFC 2131 section 3).
var cookie = []byte{99, 130, 83, 99}

const headerSize = 236

func hasCookie(b []byte) bool {
	return len(b) >= headerSize+4 && bytes.Equal(b[headerSize:headerSize+4], cookie)
}

// onlyOptions reports whether octets are options without a message, as encode
// --tlv prints them: too short for a message, and not the beginning of one,
// which is op, hardware type and a length of 6 or so.
func onlyOptions(b []byte) bool {
	isMessage := len(b) > 2 && (b[0] == 1 || b[0] == 2) && b[1] == 1 && b[2] <= 16
	return len(b) < headerSize && !isMessage
}

// next returns the next item, io.EOF after the last.
func (s *source) next() (item, error) {
	if s.reader != nil {
		f, err := s.reader.Next()
		s.progress.show(f.Index)
		return item{frame: f, kind: s.tracker.Kind(f)}, err
	}
	if len(s.items) == 0 {
		return item{}, io.EOF
	}
	it := s.items[0]
	s.items = s.items[1:]
	return it, nil
}

func (s *source) done() { s.progress.done() }

func readAll(in io.Reader, name string) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(in, maxText+1))
	switch {
	case err != nil:
		return nil, ioError("read "+name, err)
	case len(data) > maxText:
		return nil, usagef("captures may be of any size", "%s is no capture and longer than %d bytes", name, maxText)
	}
	return data, nil
}

// utf16 reports a byte order mark, with which no message and no options begin.
func utf16(b []byte) bool {
	return bytes.HasPrefix(b, []byte{0xff, 0xfe}) || bytes.HasPrefix(b, []byte{0xfe, 0xff})
}

// isText reports whether octets are text that someone could have typed.
func isText(b []byte) bool {
	return utf8.Valid(b) && bytes.IndexFunc(b, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' }) < 0
}

func parseHex(text, name string) ([]byte, error) {
	value, err := dhcpopts.ParseHex(text)
	if err != nil {
		return nil, usagef(textHint(text), "%s is no hex text: %w", name, err)
	}
	return value, nil
}

func stringReader(s string) io.Reader { return strings.NewReader(s) }

// progress counts the octets read and, when a person watches and it takes
// longer than a second, shows how far it is.
type progress struct {
	ui    *ui
	in    io.Reader
	size  int64 // 0: not known
	read  int64
	next  time.Time
	shown bool
}

func newProgress(u *ui, in io.Reader) *progress {
	p := &progress{ui: u, in: in, next: time.Now().Add(time.Second)}
	if f, ok := in.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			p.size = info.Size()
		}
	}
	return p
}

func (p *progress) Read(b []byte) (int, error) {
	n, err := p.in.Read(b)
	p.read += int64(n)
	return n, err
}

func (p *progress) show(packets int) {
	if !p.ui.stderrTTY || packets%1024 != 0 || time.Now().Before(p.next) {
		return
	}
	p.next, p.shown = time.Now().Add(200*time.Millisecond), true
	if p.size > 0 {
		fmt.Fprintf(p.ui.stderr, "\r%d packets, %d %%", packets, 100*p.read/p.size)
	} else {
		fmt.Fprintf(p.ui.stderr, "\r%d packets", packets)
	}
}

func (p *progress) done() {
	if p.shown {
		fmt.Fprint(p.ui.stderr, "\r\x1b[K")
	}
}
