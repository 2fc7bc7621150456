package tftpserve

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// netASCII reads a file with its line ends as TELNET has them: LF becomes CR LF
// and CR becomes CR NUL (RFC 764). The size is known only after reading it once.
// Blocks are made in order; the last window is kept, as it may be sent again.
type netASCII struct {
	file   File
	in     *bufio.Reader
	length int64
	block  int
	from   int64  // offset of buf in the converted text
	buf    []byte // the window
}

func newNetASCII(f File, t Terms) *netASCII {
	in := bufio.NewReader(io.NewSectionReader(f, 0, f.Size()))
	return &netASCII{file: f, in: in, length: converted(f), block: t.BlockSize}
}

// converted counts the octets of the text after conversion.
func converted(f File) (total int64) {
	buf := make([]byte, 32<<10)
	r := io.NewSectionReader(f, 0, f.Size())
	for {
		k, err := r.Read(buf)
		for _, c := range buf[:k] {
			total++
			if c == '\n' || c == '\r' {
				total++
			}
		}
		if err != nil {
			return total
		}
	}
}

func (n *netASCII) size() int64 { return n.length }
func (n *netASCII) close()      { _ = n.file.Close() }

func (n *netASCII) read(first, last uint64) ([]byte, error) {
	from, to := span(first, last, n.block, n.length)
	if from < n.from {
		return nil, fmt.Errorf("netascii: block %d was acknowledged and is gone", first)
	}
	if have := n.from + int64(len(n.buf)); from <= have {
		n.buf = append(n.buf[:0], n.buf[from-n.from:]...)
	}
	n.from = from
	for int64(len(n.buf)) < to-from {
		if err := n.more(); err != nil {
			return nil, err
		}
	}
	return n.buf[:to-from], nil
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

// readFull fills b from an offset. A file that has become shorter is an error:
// the client was told its size.
func readFull(f io.ReaderAt, b []byte, at int64) (int, error) {
	n, err := f.ReadAt(b, at)
	if n == len(b) {
		return n, nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
