package tftpserve

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
)

// netASCII reads a file with its line ends as TELNET has them: LF becomes CR LF
// and CR becomes CR NUL (RFC 764). The size is known only after reading it once.
// It is made in order; as much as a window is kept, as it may be sent again.
type netASCII struct {
	file   File
	in     *bufio.Reader
	length int64
	err    error // of counting
	window int
	from   int64 // offset of buf in the converted text
	buf    []byte
}

func newNetASCII(f File, t Terms, gone func() bool) *netASCII {
	n := &netASCII{file: f, in: bufio.NewReader(whole(f)), window: t.WindowSize * t.BlockSize}
	n.length, n.err = converted(f, gone)
	return n
}

func whole(f File) io.Reader { return io.NewSectionReader(f, 0, f.Size()) }

// converted counts the octets of the text after conversion, unless its client
// has gone meanwhile: a file may be large.
func converted(f File, gone func() bool) (total int64, err error) {
	buf := make([]byte, 64<<10)
	for at := int64(0); at < f.Size(); at += int64(len(buf)) {
		if gone() {
			return 0, context.Canceled
		}
		buf = buf[:min(int64(len(buf)), f.Size()-at)]
		if err := readFull(f, buf, at); err != nil {
			return 0, err
		}
		total += int64(len(buf) + bytes.Count(buf, []byte{'\n'}) + bytes.Count(buf, []byte{'\r'}))
	}
	return total, nil
}

func (n *netASCII) size() int64 { return n.length }
func (n *netASCII) close()      { _ = n.file.Close() }

func (n *netASCII) read(offset int64, count int, _ []byte) ([]byte, error) {
	if n.err != nil {
		return nil, n.err
	}
	if offset < n.from {
		return nil, fmt.Errorf("netascii: offset %d was acknowledged and is gone", offset)
	}
	end := offset + int64(count)
	for n.from+int64(len(n.buf)) < end {
		if err := n.more(); err != nil {
			return nil, err
		}
	}
	if old := int(end-n.from) - n.window; old > 0 {
		n.buf = append(n.buf[:0], n.buf[old:]...)
		n.from += int64(old)
	}
	return n.buf[offset-n.from : end-n.from], nil
}

// more converts one octet.
func (n *netASCII) more() error {
	c, err := n.in.ReadByte()
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF // the file has become shorter
	}
	if err != nil {
		return err
	}
	switch c {
	case '\n':
		n.buf = append(n.buf, '\r', '\n')
	case '\r':
		n.buf = append(n.buf, '\r', 0)
	default:
		n.buf = append(n.buf, c)
	}
	return nil
}
