package tftpserve

import (
	"errors"
	"net"
	"os"
	"time"
)

// link is the way to one client.
type link interface {
	// read waits for a packet of the client until the deadline, then returns
	// os.ErrDeadlineExceeded.
	read(buf []byte, deadline time.Time) (int, error)
	write(b []byte) error
	// window sends DATA packets, all of size octets but the last; headers and
	// data alternate in parts.
	window(parts [][]byte, size int) error
	close()
}

// session is a transfer with its file and its way to the client.
type session struct {
	server *Server
	req    Request
	file   File
	terms  Terms
	link   link
	inbox  chan []byte // SinglePort: the client's packets

	content content
	parts   [][]byte
	headers []byte
	resent  int
}

func (se *session) run() {
	defer se.server.release(se)
	defer se.link.close()
	se.content = se.server.cache.open(se.file, se.terms)
	defer se.content.close()

	began := time.Now()
	size := se.content.size()
	se.server.tell(Event{Kind: Started, Request: se.req, Terms: se.terms, Size: size})
	t, step := NewTransfer(began, size, se.terms)
	outcome, err := se.loop(t, step)
	se.server.tell(Event{
		Kind: Finished, Request: se.req, Terms: se.terms, Size: size, Outcome: outcome, Err: err,
		Bytes: min(int64(t.Acked()), size), Resent: se.resent, Took: time.Since(began),
	})
}

// loop does what the state machine says until it has ended.
func (se *session) loop(t *Transfer, step Step) (Outcome, error) {
	buf := make([]byte, 1024) // a client sends ACK and ERROR
	for !step.Done {
		if err := se.send(step); err != nil {
			_ = se.link.write(Packet{Op: ERROR, Message: NotDefined.String()}.Append(nil))
			return Outcome{}, err
		}
		n, err := se.link.read(buf, step.Deadline)
		now := time.Now()
		switch {
		case err == nil:
			step = packetStep(t, now, buf[:n])
		case errors.Is(err, os.ErrDeadlineExceeded):
			step = t.Tick(now)
		case errors.Is(err, net.ErrClosed):
			return Outcome{}, err
		default: // ICMP: the client has closed its port, or the network is away for a moment
			step = t.wait()
		}
	}
	return step.Outcome, nil
}

func packetStep(t *Transfer, now time.Time, b []byte) Step {
	p, err := Parse(b)
	if err != nil {
		return t.wait()
	}
	return t.Packet(now, p)
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
	parts, err := se.data(s.First, s.Last)
	if err != nil {
		return err
	}
	return ignoreICMP(se.link.window(parts, se.terms.BlockSize+4))
}

// ignoreICMP drops what the network reports of packets sent before: the timer
// deals with those.
func ignoreICMP(err error) error {
	if err == nil || errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// data lays out DATA packets as alternating headers and blocks.
func (se *session) data(first, last uint64) ([][]byte, error) {
	count := int(last - first + 1)
	if cap(se.headers) < 4*count {
		se.headers = make([]byte, 0, 4*se.terms.WindowSize)
	}
	blocks, err := se.content.read(first, last)
	if err != nil {
		return nil, err
	}
	se.parts, se.headers = se.parts[:0], se.headers[:0]
	for n := first; n <= last; n++ {
		at := len(se.headers)
		se.headers = append(se.headers, 0, byte(DATA), byte(n>>8), byte(n))
		size := min(se.terms.BlockSize, len(blocks))
		se.parts = append(se.parts, se.headers[at:at+4:at+4], blocks[:size])
		blocks = blocks[size:]
	}
	return se.parts, nil
}

// deliver hands a packet to a single-port transfer; one that does not keep up
// loses it, as a socket's buffer would.
func (se *session) deliver(b []byte) {
	select {
	case se.inbox <- append([]byte(nil), b...):
	default:
	}
}
