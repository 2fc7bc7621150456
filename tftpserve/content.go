package tftpserve

import (
	"errors"
	"io"
)

// content is what a transfer sends: octets.
type content interface {
	size() int64
	// read returns n octets from an offset, in scratch (n octets) or in memory of
	// its own; valid until the next call.
	read(offset int64, n int, scratch []byte) ([]byte, error)
	close()
}

// onDisk reads as it goes.
type onDisk struct{ file File }

func (d onDisk) size() int64 { return d.file.Size() }
func (d onDisk) close()      { _ = d.file.Close() }

func (d onDisk) read(offset int64, n int, scratch []byte) ([]byte, error) {
	return scratch[:n], readFull(d.file, scratch[:n], offset)
}

// span is the part of a file that blocks first to last cover.
func span(first, last uint64, block int, size int64) (from, to int64) {
	return min(int64(first-1)*int64(block), size), min(int64(last)*int64(block), size)
}

// readFull fills b from an offset. A file that has become shorter is an error:
// the client was told its size.
func readFull(f io.ReaderAt, b []byte, at int64) error {
	n, err := f.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return err
}
