package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// reader is a pipe that the log goes into. When its other end is closed, as head
// does, serve ends like every verb.
type reader struct {
	io.Writer
	gone context.CancelFunc
}

func (r reader) Write(b []byte) (int, error) {
	n, err := r.Writer.Write(b)
	if errors.Is(err, syscall.EPIPE) {
		r.gone()
	}
	return n, err
}

// watched is where the log goes. Under systemd that is a socket, whose reader may
// be started again: machines are served all the same.
func watched(out io.Writer, gone context.CancelFunc) io.Writer {
	f, ok := out.(*os.File)
	if !ok {
		return out
	}
	if info, err := f.Stat(); err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		return out
	}
	return reader{out, gone}
}
