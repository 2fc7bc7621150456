package serve

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

// The event attribute of a log record. With the text handler the message says
// it all; JSON has the attributes beside it.
const (
	evStart    = "start"    // what is served, and what of it may go wrong
	evDecision = "decision" // a message was answered, or on purpose not
	evVerdict  = "verdict"  // how a machine's boot went
	evFile     = "file"     // a file was asked for
	evRival    = "rival"    // another server was heard
	evPlan     = "plan"     // the plan was loaded or refused
	evStop     = "stop"
)

// say writes a record of a message's decision. Where in the program it comes
// from, which package log/slog finds out for each, is of no use to its reader and
// costs as much as the line.
func (s *Server) say(now time.Time, level slog.Level, text string, attrs ...slog.Attr) {
	h, ctx := s.Log.Handler(), context.Background()
	if !h.Enabled(ctx, level) {
		return
	}
	r := slog.NewRecord(now, level, text, 0)
	r.AddAttrs(attrs...)
	_ = h.Handle(ctx, r) // as in log/slog, nobody could be told
}

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
