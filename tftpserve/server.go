package tftpserve

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Limits that hold where the Server's fields are zero.
const (
	defaultTransfers   = 2000
	defaultPerClient   = 32
	defaultWindowSize  = 64
	defaultWindowBytes = 1 << 20
)

// Server answers read requests. The zero value of each field but Open is
// useful. Memory for one transfer is one window (WindowBytes at most, and only
// what the client negotiated) and about 10 KB beside it.
type Server struct {
	// Open opens what a client asks for. Its errors become ERROR packets by
	// kind: fs.ErrNotExist code 1, everything else code 2. Their texts stay here.
	Open func(Request) (File, error)
	// Event is told what happens; nil: nobody is. It is called from several
	// goroutines at once.
	Event func(Event)

	Transfers   int  // transfers at once, in all; 0: 2000
	PerClient   int  // transfers at once for one address; 0: 32
	BlockSize   int  // largest block; 0: what the interface's MTU carries
	WindowSize  int  // largest window in blocks; 0: 64
	WindowBytes int  // largest window in octets; 0: 1 MiB
	SinglePort  bool // answer from the port that was asked, for NAT and containers

	mu       sync.Mutex
	active   map[netip.AddrPort]*session // by client
	byClient map[netip.Addr]int
	cache    cache
	wg       sync.WaitGroup
}

// Request is a read request.
type Request struct {
	Client netip.AddrPort
	Local  netip.Addr // the address it was sent to; invalid where the system does not tell
	Packet Packet
}

// File is a boot file. ReadAt is called from one goroutine at a time.
type File interface {
	io.ReaderAt
	io.Closer
	Size() int64
	// Key names the content for as long as it does not change; "" keeps it out of
	// the memory that hot files share.
	Key() string
}

// EventKind says what an Event is about.
type EventKind int

// The kinds of events.
const (
	Refused  EventKind = iota // a request was answered with an ERROR: Code, Err
	Started                   // a transfer began: Terms, Size
	Finished                  // a transfer ended: Outcome, Bytes, Resent, Took
)

// Event is something that happened to a request.
type Event struct {
	Kind EventKind
	Request
	Terms   Terms
	Size    int64
	Outcome Outcome
	Bytes   int64 // that the client acknowledged
	Resent  int   // blocks that were sent again
	Took    time.Duration
	Code    ErrorCode
	Err     error
}

// Probe reports whether a transfer ended as edk2 ends its question for the
// size: ERROR 8 before any data.
func (e Event) Probe() bool {
	return e.Kind == Finished && e.Bytes == 0 && e.Outcome.Code == OptionRefused
}

// Serve answers requests on conn until ctx ends or conn fails. Transfers that
// run then go on: see [Server.Shutdown]. Several Serve calls may share a Server.
func (s *Server) Serve(ctx context.Context, conn *net.UDPConn) error {
	l, err := newListener(conn)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	buf := make([]byte, maxBlockSize+4)
	for {
		n, from, err := l.read(buf)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		case err != nil: // an ICMP error of an earlier answer, for example
			continue
		}
		s.packet(l, from, buf[:n])
	}
}

// Shutdown waits until every transfer has ended, and ends those that still run
// when ctx does. Call it after Serve has returned.
func (s *Server) Shutdown(ctx context.Context) {
	ended := make(chan struct{})
	go func() {
		s.wg.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return
	case <-ctx.Done():
	}
	s.mu.Lock()
	for _, se := range s.active {
		se.link.close()
	}
	s.mu.Unlock()
	<-ended
}

// packet handles what comes to the server's port: requests, and under
// SinglePort the packets of transfers.
func (s *Server) packet(l *listener, from origin, b []byte) {
	s.mu.Lock()
	running := s.active[from.client]
	s.mu.Unlock()
	if running != nil && running.inbox != nil && !isRequest(b) {
		running.deliver(b)
		return
	}
	p, err := Parse(b)
	req := Request{Client: from.client, Local: from.local, Packet: p}
	switch {
	case err != nil:
		s.refuse(l, from, req, IllegalOp, err)
	case p.Op == RRQ && running != nil:
		// The client asks again because our answer is late or lost; the
		// transfer's own timer sends that again.
	case p.Op == RRQ:
		s.start(l, from, req)
	case p.Op == WRQ:
		s.refuse(l, from, req, AccessViolation, errors.New("write request; this server only reads"))
	case p.Op == ERROR: // never answered (RFC 1350 section 7)
	default:
		s.refuse(l, from, req, UnknownTID, errors.New("packet of no transfer"))
	}
}

func isRequest(b []byte) bool {
	return len(b) >= 2 && b[0] == 0 && (b[1] == byte(RRQ) || b[1] == byte(WRQ))
}

// start opens the file and runs its transfer in a goroutine of its own.
func (s *Server) start(l *listener, from origin, req Request) {
	file, err := s.Open(req)
	if err != nil {
		s.refuse(l, from, req, codeOf(err), err)
		return
	}
	bounds := Bounds{BlockSize: s.blockSize(l, from), WindowSize: or(s.WindowSize, defaultWindowSize), WindowBytes: or(s.WindowBytes, defaultWindowBytes)}
	terms := Negotiate(req.Packet, file.Size(), bounds)
	se := &session{server: s, req: req, file: file, terms: terms}
	if err := s.admit(l, from, se); err != nil {
		_ = file.Close()
		s.refuse(l, from, req, NotDefined, err)
		return
	}
	s.wg.Go(se.run)
}

func (s *Server) blockSize(l *listener, from origin) int {
	fits := l.blockSize(from)
	if s.BlockSize > 0 {
		return min(s.BlockSize, fits)
	}
	return fits
}

// admit counts a transfer in, unless a limit is reached, and makes its way to
// the client: a port of its own, or the server's.
func (s *Server) admit(l *listener, from origin, se *session) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	client := se.req.Client
	if len(s.active) >= or(s.Transfers, defaultTransfers) || s.byClient[client.Addr()] >= or(s.PerClient, defaultPerClient) {
		return errors.New("too many transfers")
	}
	if s.SinglePort {
		se.inbox = make(chan []byte, 4)
		se.link = l.shared(from, se.inbox)
	} else if se.link, err = l.dial(from); err != nil {
		return err
	}
	if s.active == nil {
		s.active, s.byClient = map[netip.AddrPort]*session{}, map[netip.Addr]int{}
	}
	s.active[client] = se
	s.byClient[client.Addr()]++
	return nil
}

func (s *Server) release(se *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	client := se.req.Client
	delete(s.active, client)
	if s.byClient[client.Addr()]--; s.byClient[client.Addr()] == 0 {
		delete(s.byClient, client.Addr())
	}
}

// refuse answers with an ERROR. Its text is the code's own: what went wrong on
// the server is nobody's business but the log's.
func (s *Server) refuse(l *listener, from origin, req Request, code ErrorCode, err error) {
	l.answer(from, Packet{Op: ERROR, Code: code, Message: code.String()}.Append(nil))
	s.tell(Event{Kind: Refused, Request: req, Code: code, Err: err})
}

func (s *Server) tell(e Event) {
	if s.Event != nil {
		s.Event(e)
	}
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
