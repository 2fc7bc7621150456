// Package journal writes a server's log: lines for people, many by one system
// call, and on a terminal above a line of what runs.
package journal

import (
	"io"
	"sync"
)

// maxLines bounds the octets of log that wait.
const maxLines = 64 << 10

// Lines is the writer under a log. Messages that come together are answered
// before their lines are written, by one system call. No line is lost and the
// order stays; a writer that does not keep up makes the server wait.
type Lines struct {
	mu     sync.Mutex
	w      io.Writer
	corked int
	buf    []byte
}

// NewLines makes a writer to w.
func NewLines(w io.Writer) *Lines { return &Lines{w: w} }

// Write takes lines; an error may be that of lines before.
func (l *Lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buf = append(l.buf, b...)
	if l.corked > 0 && len(l.buf) < maxLines {
		return len(b), nil
	}
	return len(b), l.flush()
}

func (l *Lines) flush() error {
	if len(l.buf) == 0 {
		return nil
	}
	_, err := l.w.Write(l.buf)
	l.buf = l.buf[:0]
	return err
}

// Cork keeps lines back until Uncork. A nil Lines, of a log that is written
// otherwise, has none to keep.
func (l *Lines) Cork() {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.corked++
}

// Uncork writes them, once all who have said Cork have said this too.
func (l *Lines) Uncork() {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.corked--
	_ = l.flush() // package log/slog has nobody to tell of an error either
}
