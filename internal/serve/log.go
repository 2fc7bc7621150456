package serve

import (
	"context"
	"log/slog"
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
