package serve

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"pxekit/internal/proxydhcp"
)

// maxDelayed bounds how many answers wait for their time; more go at once.
const maxDelayed = 64

// send sends an answer the way the request came, now or when its time has come,
// unless only watching. The error is that of sending now.
func (s *Server) send(k socket, d datagram, r *proxydhcp.Reply, mac string) error {
	if s.observing {
		return nil
	}
	b, err := r.Bytes()
	if err != nil {
		return err
	}
	d.payload, d.remote, d.local = b, r.To, netip.AddrPortFrom(d.local.Addr(), r.From)
	if r.Delay > 0 && s.delayed < maxDelayed {
		s.putOff(k, d, r.Delay, mac)
		return nil
	}
	return s.write(k, d)
}

func (s *Server) write(k socket, d datagram) error {
	s.capture.record(d.local, d.remote, d.payload)
	s.metrics.answered.Add(1)
	return k.write(d)
}

// putOff sends an answer later.
func (s *Server) putOff(k socket, d datagram, delay time.Duration, mac string) {
	s.delayed++
	d.mac = slices.Clone(d.mac) // it is of the buffer that the next message is read into
	s.after(delay, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.delayed--
		if s.stopping {
			return
		}
		if err := s.write(k, d); err != nil {
			s.unsent(mac, err)
		}
	})
}

func (s *Server) unsent(mac string, err error) {
	s.metrics.unsent.Add(1)
	if !s.quotas.warnings.allows(s.now(), mac, nil) {
		return
	}
	s.Log.Warn(fmt.Sprintf("%s: answer not sent: %v", cmp.Or(mac, unnamed), err), "event", evDecision, "mac", mac, "error", err.Error())
}
