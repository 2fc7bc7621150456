package journal

import (
	"io"
	"sync"
)

// Screen is a terminal: the lines of the log, and below them one line of what
// runs, which is taken away before the log goes on.
type Screen struct {
	mu    sync.Mutex
	w     io.Writer
	width func() int // in columns
	shown bool
}

// NewScreen makes a screen of a terminal. width is asked before each line is
// drawn, as windows change.
func NewScreen(w io.Writer, width func() int) *Screen { return &Screen{w: w, width: width} }

// clearLine returns to the first column and erases the line (ECMA-48, CR and EL).
const clearLine = "\r\x1b[K"

// Write takes lines of the log.
func (s *Screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.shown {
		return s.w.Write(b)
	}
	s.shown = false
	n, err := s.w.Write(append([]byte(clearLine), b...))
	return max(n-len(clearLine), 0), err
}

// Show draws the line of what runs; "" takes it away. Its last column stays
// free: some terminals wrap there.
func (s *Screen) Show(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if line == "" && !s.shown {
		return
	}
	if r, room := []rune(line), max(s.width()-1, 1); len(r) > room {
		line = string(r[:room-1]) + "…"
	}
	_, _ = io.WriteString(s.w, clearLine+line) // nobody to tell: the log goes there too
	s.shown = line != ""
}
