package serve

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

// cork keeps lines back until uncork. A nil Lines, of a log that is written
// otherwise, has none to keep.
func (l *Lines) cork() {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.corked++
}

func (l *Lines) uncork() {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.corked--
	_ = l.flush() // package log/slog has nobody to tell of an error either
}
