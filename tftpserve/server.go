package tftpserve

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Limits that hold where the Server's fields are zero.
const (
	defaultTransfers   = 2000
	defaultPerClient   = 64
	defaultWindowSize  = 64
	defaultWindowBytes = 1 << 20
)

// ErrBusy says that a limit is reached. The client hears nothing and asks again:
// an ERROR would end its boot.
var ErrBusy = errors.New("too many transfers")

// Server answers read requests. The zero value of each field but Open is
// useful.
//
// A transfer takes a goroutine and a socket, about 15 KiB, and WindowBytes more
// for netascii. What is sent at once, 64 KiB at most, lies in memory that it has
// only while it sends. Beside that up to 64 MiB hold files that many clients
// fetch.
//
// Addresses can be forged. A client that has not answered yet is sent one block
// of 512 octets or OACKs, no more than one window in all, and when it asks again
// one packet, ever more rarely: 18 in all at most. Where Transfers are
// reached, the oldest that was never answered makes room for a new request; one
// that was answered is never ended for another. With SinglePort the answer can
// be forged as well.
type Server struct {
	// Open opens what a client asks for. Its errors become ERROR packets by
	// kind: fs.ErrNotExist code 1, everything else code 2. Their texts stay here.
	// It is called from several goroutines at once.
	Open func(Request) (File, error)
	// Event is told what happens; nil: nobody is. It is called from several
	// goroutines at once.
	Event func(Event)

	Transfers   int  // transfers at once, in all; 0: 2000
	PerClient   int  // transfers at once for one address; 0: 64
	BlockSize   int  // largest block; 0: what the interface's MTU carries
	WindowSize  int  // largest window in blocks; 0: 64
	WindowBytes int  // largest window in octets; 0: 1 MiB
	SinglePort  bool // answer from the port that was asked, for NAT and containers; a client's port then has one transfer at a time

	mu sync.Mutex // of places and closing
	places
	count   atomic.Int32 // of running
	closing bool
	wg      sync.WaitGroup // of running
	cache   cache
	lately  lately
}

// maxFailures is how often in a row a socket may fail before Serve gives up:
// some systems report ICMP errors of earlier answers there.
const maxFailures = 100

// readBuffer holds a boot storm's requests, and under SinglePort its ACKs.
const readBuffer = 1 << 20

// Serve answers requests on conn until ctx ends or conn fails. Transfers that
// run then go on, see [Server.Shutdown]; under SinglePort Serve stays with them.
// Several Serve calls may share a Server.
func (s *Server) Serve(ctx context.Context, conn *net.UDPConn) error {
	_ = conn.SetReadBuffer(readBuffer) // as much as the system grants
	l := newListener(conn)
	stop := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	buf := make([]byte, maxBlockSize+dataHeader)
	for failures := 0; ctx.Err() == nil; {
		n, from, err := l.read(buf)
		switch {
		case err == nil:
			failures = 0
			s.packet(l, from, buf[:n])
		case ctx.Err() != nil:
		case errors.Is(err, net.ErrClosed), failures == maxFailures:
			return err
		default:
			failures++
		}
	}
	s.drain(l, buf)
	return nil
}

// drain brings the transfers of a single port their packets until they end.
func (s *Server) drain(l *listener, buf []byte) {
	const look = 20 * time.Millisecond // whether they have
	for s.SinglePort && len(s.sessions()) > 0 {
		_ = l.conn.SetReadDeadline(time.Now().Add(look))
		if n, from, err := l.read(buf); err == nil {
			s.deliver(from, buf[:n])
		} else if errors.Is(err, net.ErrClosed) {
			return
		}
	}
}

// Shutdown takes no more requests and waits until every transfer has ended; it
// ends those that still run when ctx does, with an ERROR to the client.
func (s *Server) Shutdown(ctx context.Context) {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	defer context.AfterFunc(ctx, s.stop)()
	s.wg.Wait()
}

func (s *Server) stop() {
	for _, se := range s.sessions() {
		se.stopped.Store(true)
		<-se.ready
		se.wake()
	}
}

func (s *Server) sessions() []*session {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]*session, 0, len(s.running))
	for se := range s.running {
		list = append(list, se)
	}
	return list
}

// Running lists the transfers that run, oldest first.
func (s *Server) Running() []Progress {
	list := s.sessions()
	slices.SortFunc(list, func(a, b *session) int { return a.began.Compare(b.began) })
	progress := make([]Progress, len(list))
	for i, se := range list {
		progress[i] = Progress{Request: se.req, Size: se.size.Load(), Bytes: se.acked.Load(), Took: time.Since(se.began)}
	}
	return progress
}

// packet handles what comes to the server's port: requests, and under
// SinglePort the packets of transfers.
func (s *Server) packet(l *listener, from origin, b []byte) {
	if from.group { // RFC 1123 section 4.2.3.5
		return
	}
	p, err := Parse(b)
	req := Request{Client: from.client, Local: from.local, Packet: p}
	switch {
	case p.Op == WRQ:
		s.refuse(l, from, req, AccessViolation, errors.New("write request; this server only reads"))
	case err != nil:
		s.refuse(l, from, req, malformed(p), err)
	case p.Op == RRQ:
		s.request(l, from, req)
	case s.SinglePort && s.deliver(from, b):
	case p.Op == ERROR: // never answered (RFC 1350 section 7)
	case p.Op == ACK && s.lately.has(from.client):
	default:
		s.refuse(l, from, req, UnknownTID, errors.New("packet of no transfer"))
	}
}

// deliver hands a packet to the transfer of its sender, if there is one.
func (s *Server) deliver(from origin, b []byte) bool {
	s.mu.Lock()
	se := s.latest[from.client]
	s.mu.Unlock()
	if se == nil {
		return false
	}
	if port, ok := se.link.(*sharedPort); ok {
		port.deliver(slices.Clone(b[:min(len(b), maxReply)]))
	}
	return true
}

// request starts a transfer in a goroutine of its own, unless it is a copy of a
// request that is being answered.
func (s *Server) request(l *listener, from origin, req Request) {
	if !isMode(req.Packet.Mode) {
		s.refuse(l, from, req, IllegalOp, errors.New("neither octet nor netascii"))
		return
	}
	se := &session{server: s, req: req, began: time.Now(), ready: make(chan struct{})}
	if s.SinglePort {
		se.link = &sharedPort{listener: l, origin: from, inbox: make(chan []byte, inboxSize)}
	}
	if s.repeated(se) {
		return
	}
	if !s.admit(se) {
		s.tell(Event{Kind: Refused, Request: req, Err: ErrBusy})
		return
	}
	block := l.blockSize(from)
	if s.BlockSize > 0 {
		block = min(s.BlockSize, block)
	}
	go func() {
		defer s.release(se)
		s.serve(l, from, se, block)
	}()
}

// repeated tells a request that was sent again from a new one. ROMs use one port
// for one file after the other, and the last ACK of the one may be read after
// the request for the other.
func (s *Server) repeated(se *session) bool {
	s.mu.Lock()
	old := s.latest[se.req.Client]
	s.mu.Unlock()
	if old == nil || !sameRequest(old.req.Packet, se.req.Packet) {
		return false
	}
	heard := old.heard.Load()
	if heard == 0 {
		old.asked.Store(true)
		if old.opened() {
			old.wake()
		}
		return true
	}
	return se.began.UnixNano()-heard < int64(firstTimeout)
}

func sameRequest(a, b Packet) bool {
	return a.File == b.File && a.Mode == b.Mode && slices.Equal(a.Options, b.Options)
}

// serve opens the file and the way to the client, and runs the transfer.
func (s *Server) serve(l *listener, from origin, se *session, block int) {
	file, err := s.prepare(l, from, se)
	close(se.ready)
	switch {
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		s.tell(Event{Kind: Refused, Request: se.req, Err: fmt.Errorf("%w: %w", ErrBusy, err)})
		return
	case err != nil:
		s.refuse(l, from, se.req, codeOf(err), err)
		return
	}
	defer se.link.close()
	se.terms = Negotiate(se.req.Packet, file.Size(), Bounds{
		BlockSize:   block,
		WindowSize:  or(s.WindowSize, defaultWindowSize),
		WindowBytes: or(s.WindowBytes, defaultWindowBytes),
	})
	se.run(file)
}

func (s *Server) prepare(l *listener, from origin, se *session) (File, error) {
	file, err := s.Open(se.req)
	if err != nil || se.link != nil {
		return file, err
	}
	conn, err := l.dial(from)
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	se.link = newOwnPort(conn, func() bool { return s.count.Load() == 1 })
	return file, nil
}

// refuse answers with an ERROR. Its text is the code's own: what went wrong on
// the server is nobody's business but the log's.
func (s *Server) refuse(l *listener, from origin, req Request, code ErrorCode, err error) {
	s.lately.add(from.client)
	_ = l.send(from, Packet{Op: ERROR, Code: code, Message: code.String()}.Append(nil))
	s.tell(Event{Kind: Refused, Request: req, Code: code, Err: err})
}

func (s *Server) tell(e Event) {
	if s.Event != nil {
		s.Event(e)
	}
}

// malformed is the code for a packet that Parse refuses. A request with a mode is
// sound but for its options. A sound option with a value that will not do is
// merely not acknowledged (RFC 2347), and clients then go on without it.
func malformed(p Packet) ErrorCode {
	if p.Mode != "" {
		return OptionRefused
	}
	return IllegalOp
}

func codeOf(err error) ErrorCode {
	if errors.Is(err, fs.ErrNotExist) {
		return FileNotFound
	}
	return AccessViolation
}

func or(n, fallback int) int {
	if n > 0 {
		return n
	}
	return fallback
}

func isMode(mode string) bool {
	return strings.EqualFold(mode, "octet") || strings.EqualFold(mode, "netascii")
}
