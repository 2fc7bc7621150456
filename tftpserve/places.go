package tftpserve

import (
	"container/list"
	"errors"
	"net/netip"
	"runtime"
)

// ErrDisplaced says that a transfer was given up for another: all places were
// taken, and its client had never answered.
var ErrDisplaced = errors.New("never answered, and made room for another client")

// ErrAbandoned says that a transfer ended because its client, under SinglePort,
// asked for another file by the same port.
var ErrAbandoned = errors.New("its client asked for another file by the same port")

// maxLeaving is how many transfers that made room may still be ending.
const maxLeaving = 64

// places are the transfers that run, and who has how many of them.
type places struct {
	running    map[*session]struct{}
	latest     map[netip.AddrPort]*session // by client
	byClient   map[netip.Addr]int
	unanswered list.List // of *session, oldest first: their clients have said nothing since the request
	leaving    int       // of running, those that made room
}

// maxYields is how often a request waits for others to begin or end.
const maxYields = 8

// admit counts a transfer in, unless a limit is reached. Where all places are
// taken the oldest transfer whose client has never answered makes room: a
// client that is there answers in a round trip, and a forged address never.
func (s *Server) admit(se *session) bool {
	for range maxYields {
		s.mu.Lock()
		admitted, full := s.take(se)
		s.mu.Unlock()
		if !full {
			return admitted
		}
		runtime.Gosched() // those that begin and end need the processor and no time
		if admitted {
			return true
		}
	}
	return false
}

// take counts a transfer in, maybe in the place of another: full says that all
// were taken.
func (s *Server) take(se *session) (admitted, full bool) {
	client, most := se.req.Client, or(s.Transfers, defaultTransfers)
	if s.closing {
		return false, false
	}
	if old := s.latest[client]; old != nil && s.SinglePort {
		s.displace(old, ErrAbandoned) // by one port its blocks would be taken for the new file's
	}
	if s.byClient[client.Addr()] >= or(s.PerClient, defaultPerClient) {
		return false, false
	}
	full = len(s.running)-s.leaving >= most
	if full && !s.makeRoom() {
		return false, true
	}
	if s.running == nil {
		s.running, s.latest, s.byClient = map[*session]struct{}{}, map[netip.AddrPort]*session{}, map[netip.Addr]int{}
	}
	s.wg.Add(1)
	s.running[se] = struct{}{}
	s.count.Add(1)
	s.latest[client] = se
	s.byClient[client.Addr()]++
	se.place = s.unanswered.PushBack(se)
	return true, full
}

// makeRoom ends the oldest transfer that was never answered. One that is still
// opening its file cannot be ended, and stays.
func (s *Server) makeRoom() bool {
	if s.leaving >= maxLeaving {
		return false
	}
	for e := s.unanswered.Front(); e != nil; e = e.Next() {
		old := e.Value.(*session)
		if !old.opened() {
			continue
		}
		s.displace(old, ErrDisplaced)
		return true
	}
	return false
}

// displace ends a transfer without a word to its client.
func (s *Server) displace(old *session, why error) {
	s.settle(old)
	s.leaving++
	if s.latest[old.req.Client] == old {
		delete(s.latest, old.req.Client) // asked again, it is a new request
	}
	old.why = why
	old.displaced.Store(true)
	old.wake()
}

// answered keeps a transfer whose client has answered.
func (s *Server) answered(se *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle(se)
}

// settle takes a transfer out of those that may have to make room.
func (s *Server) settle(se *session) {
	if se.place != nil {
		s.unanswered.Remove(se.place)
		se.place = nil
	}
}

// release gives the place of a transfer that has ended to others.
func (s *Server) release(se *session) {
	defer s.wg.Done()
	s.mu.Lock()
	defer s.mu.Unlock()
	client := se.req.Client
	if s.SinglePort {
		s.lately.add(client)
	}
	delete(s.running, se)
	s.count.Add(-1)
	s.settle(se)
	if se.displaced.Load() {
		s.leaving--
	}
	if s.latest[client] == se {
		delete(s.latest, client)
	}
	if s.byClient[client.Addr()]--; s.byClient[client.Addr()] == 0 {
		delete(s.byClient, client.Addr())
	}
}
