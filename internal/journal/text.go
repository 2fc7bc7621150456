package journal

import (
	"context"
	"io"
	"log/slog"
	"sync"
)

// NewTextHandler writes records as lines for people: time and message, with
// "warning:" before those that want something done. Attributes are left out, as
// the message has them in words.
func NewTextHandler(w io.Writer) slog.Handler { return &textHandler{w: w} }

type textHandler struct {
	mu  sync.Mutex
	w   io.Writer
	buf []byte
}

func (h *textHandler) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }

func (h *textHandler) Handle(_ context.Context, r slog.Record) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.buf = r.Time.AppendFormat(h.buf[:0], "15:04:05 ")
	if r.Level >= slog.LevelWarn {
		h.buf = append(h.buf, "warning: "...)
	}
	h.buf = append(append(h.buf, r.Message...), '\n')
	_, err := h.w.Write(h.buf)
	return err
}

func (h *textHandler) WithAttrs([]slog.Attr) slog.Handler { return h }
func (h *textHandler) WithGroup(string) slog.Handler      { return h }
