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
	// os.ErrDeadlineExceeded; it may do so too early.
	read(buf []byte, deadline time.Time) (int, error)
	write(b []byte) error
	// window sends DATA packets, one after the other in b, all of size octets
	// but the last. At most windowOctets and windowPackets.
	window(b []byte, size int) error
	// wake makes a running or the next read return os.ErrDeadlineExceeded.
	wake()
	close()
}

// Bounds of what is sent at once: the kernel's UDP_MAX_SEGMENTS of old, and the
// octets an IPv4 datagram carries.
const (
	windowPackets = 64
	windowOctets  = 65507
)

// each calls write for every packet of a window.
func each(b []byte, size int, write func([]byte) error) error {
	for len(b) > 0 {
		n := min(size, len(b))
		if err := write(b[:n]); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

// ownPort is a socket connected to the client (RFC 1350 section 4).
type ownPort struct {
	conn   *net.UDPConn
	armed  time.Time // the socket's deadline; zero: it has passed, or there is none
	woken  chan struct{}
	burst  burst
	waiter *waiter
	alone  func() bool // no other transfer runs
}

func newOwnPort(conn *net.UDPConn, alone func() bool) *ownPort {
	allowFragments(conn)
	return &ownPort{conn: conn, woken: make(chan struct{}, 1), burst: newBurst(conn), waiter: newWaiter(conn), alone: alone}
}

// read leaves the socket's deadline alone as long as it is early enough:
// setting it for each block costs as much as the rest of a read.
func (p *ownPort) read(buf []byte, deadline time.Time) (int, error) {
	if p.armed.IsZero() || deadline.Before(p.armed) {
		if err := p.conn.SetReadDeadline(deadline); err != nil {
			return 0, err
		}
		p.armed = deadline
		select {
		case <-p.woken: // before the deadline was set, which undid it
			return 0, os.ErrDeadlineExceeded
		default:
		}
	}
	if p.alone() {
		if n, ok := p.waiter.soon(buf); ok {
			return n, nil
		}
	}
	n, err := p.burst.read(buf)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		p.armed = time.Time{}
	}
	return n, err
}

func (p *ownPort) write(b []byte) error { return p.burst.write(b) }

func (p *ownPort) window(b []byte, size int) error {
	if len(b) <= size {
		return p.write(b)
	}
	return p.burst.send(b, size)
}

func (p *ownPort) wake() {
	select {
	case p.woken <- struct{}{}:
	default:
	}
	_ = p.conn.SetReadDeadline(time.Unix(1, 0))
}

func (p *ownPort) close() { _ = p.conn.Close() }

// sharedPort is the server's own socket, used for one client among others.
type sharedPort struct {
	listener *listener
	origin   origin
	inbox    chan []byte // nil: wake
}

// inboxSize is how many packets wait for a transfer, as in a socket's buffer.
const inboxSize = 8

func (p *sharedPort) read(buf []byte, deadline time.Time) (int, error) {
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	select {
	case b := <-p.inbox:
		if b == nil {
			return 0, os.ErrDeadlineExceeded
		}
		return copy(buf, b), nil
	case <-timer.C:
		return 0, os.ErrDeadlineExceeded
	}
}

func (p *sharedPort) write(b []byte) error { return p.listener.send(p.origin, b) }

func (p *sharedPort) window(b []byte, size int) error { return each(b, size, p.write) }

// deliver hands over a packet; a transfer that does not keep up loses it.
func (p *sharedPort) deliver(b []byte) {
	select {
	case p.inbox <- b:
	default:
	}
}

func (p *sharedPort) wake()  { p.deliver(nil) }
func (p *sharedPort) close() {}
