package tftpserve

import "time"

// Retransmission. A client that has not answered yet asks again itself, ROMs
// after a second, others after five, and that is answered: the server's own
// timeout is the longer one, as some clients (atftp) break off when an OACK comes
// twice. After that it is a second until the round-trip time is known, then
// follows that (RFC 6298) and doubles while nothing comes back. A silent client
// is given up after maxRetries or strangerSilence, half a minute; one that asked
// for a longer timeout, after the second one that ends beyond maxSilence.
const (
	askTimeout      = 6 * time.Second
	firstTimeout    = time.Second
	minTimeout      = 100 * time.Millisecond
	maxTimeout      = 5 * time.Second
	maxRetries      = 6
	strangerSilence = 30 * time.Second
	maxSilence      = time.Minute
)

// Transfer is one file on its way to one client, as a state machine: packets
// and the passing of time go in, a [Step] comes out. It does no I/O and owns no
// clock, so that a test can lose, delay, double and reorder every packet.
//
//	       OACK ──ACK 0──┐
//	RRQ ─►               ├─► window ──ACK of its last block──► next window … done
//	       (no options) ─┘      ▲            │
//	                            └─ ACK of an earlier block, or timeout
type Transfer struct {
	terms  Terms
	size   int64
	blocks uint64 // how many DATA blocks the file takes; the last is short, maybe empty

	acked   uint64 // blocks the client has, counted from 1 as on the wire but without wrapping
	sent    uint64 // last block sent
	waiting bool   // for the ACK 0 that answers an OACK
	twice   bool   // the last window left more than once
	deaf    bool   // duplicate ACKs may be echoes of blocks that left twice

	// Until the client has answered, its address may be forged: what is sent
	// there unasked stays within one window.
	heard  bool
	budget int64
	echo   time.Duration // when a repeated request is answered again

	heardAt time.Time // when the client last got on
	armed   time.Time // when the timeout began to run
	sentAt  time.Time // when the window left; zero after a retransmission (Karn's rule)
	rtt     estimator
	timeout time.Duration
	retries int
	done    bool
}

// Step is what a transfer wants done now.
type Step struct {
	OACK        bool      // send the OACK
	First, Last uint64    // send these DATA blocks, counted from 1; none when First is 0
	Again       bool      // they were sent before
	Deadline    time.Time // call Tick then, if no packet came before
	Done        bool      // the transfer has ended
	Outcome     Outcome   // how, when Done
}

// Outcome is how a transfer ended.
type Outcome struct {
	Complete bool      // every block was acknowledged
	Silent   bool      // the client stopped answering
	Sent     bool      // Silent, but for its last ACK: it had every window but the last, and that was sent
	Code     ErrorCode // the client's ERROR, when neither of the above
	Message  string
}

// NewTransfer starts a transfer of size octets under terms.
func NewTransfer(now time.Time, size int64, terms Terms) (*Transfer, Step) {
	t := &Transfer{
		terms: terms, size: size, blocks: uint64(size)/uint64(terms.BlockSize) + 1,
		budget: int64(terms.WindowSize) * int64(terms.BlockSize+dataHeader), echo: minTimeout, heardAt: now,
	}
	t.timeout = t.patience()
	if terms.OACK == nil {
		step := t.window(now)
		t.budget -= t.cost()
		return t, step
	}
	t.waiting, t.sentAt, t.armed = true, now, now
	t.budget -= t.cost()
	return t, Step{OACK: true, Deadline: t.deadline()}
}

// Acked is how many octets of the file the client has.
func (t *Transfer) Acked() int64 { return min(int64(t.acked)*int64(t.terms.BlockSize), t.size) }

// Packet takes a packet of the client: ACK, ERROR, or the request once more.
// Anything else changes nothing.
func (t *Transfer) Packet(now time.Time, p Packet) Step {
	switch {
	case t.done:
		return Step{Done: true}
	case p.Op == ERROR:
		return t.end(Outcome{Code: p.Code, Message: p.Message})
	case p.Op == RRQ:
		return t.repeat(now)
	case p.Op != ACK:
		return t.wait()
	case t.waiting:
		return t.ackOACK(now, p.Block)
	}
	// The wire has 16 bits of the block number; which block is meant follows
	// from what is on its way. Anything else is an old duplicate.
	ahead := uint64(p.Block - uint16(t.acked))
	if ahead > t.sent-t.acked {
		return t.wait()
	}
	if ahead == 0 {
		return t.duplicate(now)
	}
	return t.progress(now, t.acked+ahead)
}

// repeat answers a client that has sent its request again because it has seen
// nothing. Copies that the network made come sooner than a client can ask, and a
// forged address gets ever less.
func (t *Transfer) repeat(now time.Time) Step {
	switch {
	case t.heard || now.Sub(t.armed) < t.echo:
		return t.wait()
	case t.givenUp(now.Sub(t.heardAt)), now.Sub(t.heardAt) > maxSilence:
		return t.end(Outcome{Silent: true})
	}
	t.echo = min(2*t.echo, maxTimeout)
	return t.again(now)
}

func (t *Transfer) ackOACK(now time.Time, block uint16) Step {
	if block != 0 {
		return t.wait()
	}
	t.waiting, t.heard = false, true
	t.measure(now)
	return t.window(now)
}

// progress goes on after block: with the next window, or, when the client says
// it has only part of this one, from where it stopped (RFC 7440 section 4).
func (t *Transfer) progress(now time.Time, block uint64) Step {
	if block == t.sent {
		t.measure(now)
	}
	t.acked, t.heard = block, true
	if t.acked == t.blocks {
		return t.end(Outcome{Complete: true})
	}
	return t.window(now)
}

// duplicate handles an ACK of what was acknowledged before. In lock-step it is
// ignored: answering it sends every later block twice (the Sorcerer's
// Apprentice, RFC 1123 section 4.2.3.1). In a window it says that the first
// block was lost, and is answered once; not when it comes sooner than the window
// can have reached the client and, lest each window leave twice for ever, not
// when it may be an echo of the window before.
func (t *Transfer) duplicate(now time.Time) Step {
	if t.terms.WindowSize == 1 || t.deaf || now.Sub(t.armed) < t.rtt.smooth/2 {
		return t.wait()
	}
	return t.again(now)
}

// Tick says that time has passed without a packet.
func (t *Transfer) Tick(now time.Time) Step {
	switch {
	case t.done:
		return Step{Done: true}
	case now.Before(t.deadline()):
		return t.wait()
	case t.givenUp(now.Sub(t.heardAt)):
		return t.end(t.silent())
	}
	t.retries++
	if t.terms.Timeout == 0 && t.heard {
		t.timeout = min(2*t.timeout, maxTimeout)
	}
	if !t.heard && t.cost() > t.budget {
		t.armed = now
		return t.wait()
	}
	t.budget -= t.cost()
	return t.again(now)
}

func (t *Transfer) givenUp(silence time.Duration) bool {
	return t.retries == maxRetries || t.retries > 0 && silence > maxSilence ||
		!t.heard && t.terms.Timeout == 0 && silence >= strangerSilence
}

// silent is the outcome of a client that no longer answers. Most likely it has
// all that was sent, when only the last ACK is missing: it may end on sending
// that (RFC 1350 section 6), which may be lost, and some ROMs send none.
func (t *Transfer) silent() Outcome {
	return Outcome{Silent: true, Sent: t.acked > 0 && t.sent == t.blocks}
}

// cost is how many octets of TFTP sending again takes.
func (t *Transfer) cost() (octets int64) {
	if t.waiting {
		return int64(len(Packet{Op: OACK, Options: t.terms.OACK}.Append(nil)))
	}
	from, to := span(t.acked+1, t.sent, t.terms.BlockSize, t.size)
	return to - from + dataHeader*int64(t.sent-t.acked)
}

// window sends the blocks after the last acknowledged one, as many as were
// agreed. Blocks of it that were on their way before are marked Again.
func (t *Transfer) window(now time.Time) Step {
	last := min(t.acked+uint64(t.terms.WindowSize), t.blocks)
	repeats := t.sent > t.acked
	t.sent, t.armed, t.sentAt, t.heardAt, t.retries = last, now, now, now, 0
	t.deaf, t.twice = t.twice, repeats
	if repeats {
		t.sentAt = time.Time{}
	}
	t.timeout = t.patience()
	return Step{First: t.acked + 1, Last: last, Again: repeats, Deadline: t.deadline()}
}

// again sends what was sent last.
func (t *Transfer) again(now time.Time) Step {
	t.sentAt, t.armed, t.deaf, t.twice = time.Time{}, now, true, true
	if t.waiting {
		return Step{OACK: true, Again: true, Deadline: t.deadline()}
	}
	return Step{First: t.acked + 1, Last: t.sent, Again: true, Deadline: t.deadline()}
}

// patience is how long to wait for the next answer.
func (t *Transfer) patience() time.Duration {
	switch {
	case t.terms.Timeout > 0:
		return t.terms.Timeout
	case !t.heard:
		return askTimeout
	}
	return t.rtt.timeout()
}

func (t *Transfer) wait() Step { return Step{Deadline: t.deadline()} }

func (t *Transfer) deadline() time.Time { return t.armed.Add(t.timeout) }

func (t *Transfer) end(o Outcome) Step {
	t.done = true
	return Step{Done: true, Outcome: o}
}

// measure takes the round-trip time of what was just acknowledged, unless it
// was sent twice: then nobody knows which copy the answer is for.
func (t *Transfer) measure(now time.Time) {
	if !t.sentAt.IsZero() {
		t.rtt.add(now.Sub(t.sentAt))
	}
}
