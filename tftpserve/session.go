package tftpserve

import (
	"container/list"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// maxReply is more than a client sends in an ACK or ERROR.
const maxReply = 1024

// dataHeader is the opcode and block number before the data.
const dataHeader = 4

// session is a transfer with its file and its way to the client.
type session struct {
	server *Server
	req    Request
	began  time.Time
	link   link // once ready is closed
	ready  chan struct{}

	place     *list.Element // among the unanswered, guarded by the server's mu; nil: answered, or made room
	displaced atomic.Bool   // to end without a word, for another
	why       error         // displaced; set before it is
	asked     atomic.Bool   // the client has sent its request again
	stopped   atomic.Bool   // by Shutdown
	acked     atomic.Int64  // octets
	size      atomic.Int64
	heard     atomic.Int64 // when the client last got on, in Unix nanoseconds; 0: never

	terms   Terms
	content content
	resent  int
}

// opened reports whether the file and the way to the client are.
func (se *session) opened() bool {
	select {
	case <-se.ready:
		return true
	default:
		return false
	}
}

// wake makes an opened session look at its flags.
func (se *session) wake() {
	if se.link != nil {
		se.link.wake()
	}
}

// run serves the file until the transfer has ended.
func (se *session) run(file File) {
	se.content = se.server.cache.open(file, se.terms, func() bool { return se.displaced.Load() || se.stopped.Load() })
	defer se.content.close()
	size := se.content.size()
	se.size.Store(size)
	se.server.tell(Event{Kind: Started, Request: se.req, Terms: se.terms, Size: size})
	t, step := NewTransfer(time.Now(), size, se.terms)
	outcome, err := se.loop(t, step)
	se.server.tell(Event{
		Kind: Finished, Request: se.req, Terms: se.terms, Size: size, Outcome: outcome, Err: err,
		Bytes: t.Acked(), Resent: se.resent, Took: time.Since(se.began),
	})
}

// loop does what the state machine says until it has ended.
func (se *session) loop(t *Transfer, step Step) (Outcome, error) {
	buf := make([]byte, maxReply)
	for confirmed := false; !step.Done; {
		if se.displaced.Load() {
			return Outcome{Silent: true}, se.why
		}
		if err := se.send(step); err != nil {
			_ = se.link.write(Packet{Op: ERROR, Message: NotDefined.String()}.Append(nil))
			return Outcome{}, err
		}
		if se.stopped.Load() {
			_ = se.link.write(Packet{Op: ERROR, Message: NotDefined.String()}.Append(nil))
			return Outcome{}, context.Canceled
		}
		n, err := se.link.read(buf, step.Deadline)
		step = se.next(t, time.Now(), buf[:max(n, 0)], err)
		if t.heard && !confirmed {
			se.server.answered(se)
			confirmed = true
		}
	}
	return step.Outcome, nil
}

// next tells the state machine what has happened.
func (se *session) next(t *Transfer, now time.Time, b []byte, err error) Step {
	before := t.Acked()
	var step Step
	switch {
	case err == nil:
		p, err := Parse(b)
		if err != nil {
			return t.wait()
		}
		step = t.Packet(now, p)
	case se.asked.Swap(false):
		step = t.Packet(now, Packet{Op: RRQ})
	case errors.Is(err, os.ErrDeadlineExceeded):
		step = t.Tick(now)
	default: // ICMP: the client has closed its port, or the network is away for a moment
		step = t.wait()
	}
	if t.Acked() != before {
		se.acked.Store(t.Acked())
		se.heard.Store(now.UnixNano())
	}
	return step
}

// send sends what a step asks for.
func (se *session) send(s Step) error {
	if s.OACK {
		return ignoreICMP(se.link.write(Packet{Op: OACK, Options: se.terms.OACK}.Append(nil)))
	}
	if s.First == 0 {
		return nil
	}
	if s.Again {
		se.resent += int(s.Last - s.First + 1)
	}
	frame := frames.Get().(*[]byte)
	defer frames.Put(frame)
	size := se.terms.BlockSize + dataHeader
	most := uint64(max(min(windowPackets, windowOctets/size), 1))
	for first := s.First; first <= s.Last; first += most {
		b, err := se.data(frame, first, min(first+most-1, s.Last))
		if err != nil {
			return err
		}
		if err := ignoreICMP(se.link.window(b, size)); err != nil {
			return err
		}
	}
	return nil
}

// ignoreICMP drops what the network reports of packets sent before: the timer
// deals with those.
func ignoreICMP(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// frames are what packets are laid out in. A transfer needs one for as long as it
// sends: those that wait for an ACK hold none.
var frames = sync.Pool{New: func() any { return new([]byte) }}

// data lays out DATA packets one after the other. What is read from disk comes
// to lie at the end of the frame, and each block moves forward to its place.
func (se *session) data(memory *[]byte, first, last uint64) ([]byte, error) {
	block := se.terms.BlockSize
	from, to := span(first, last, block, se.content.size())
	headers, n := dataHeader*int(last-first+1), int(to-from)
	if cap(*memory) < headers+n {
		*memory = make([]byte, headers+n)
	}
	frame := (*memory)[:headers+n]
	octets, err := se.content.read(from, n, frame[headers:])
	if err != nil {
		return nil, err
	}
	for at := frame; first <= last; first++ {
		size := min(block, len(octets))
		binary.BigEndian.PutUint16(at, uint16(DATA))
		binary.BigEndian.PutUint16(at[2:], uint16(first))
		copy(at[dataHeader:], octets[:size])
		at, octets = at[dataHeader+size:], octets[size:]
	}
	return frame, nil
}
