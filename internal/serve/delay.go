package serve

import (
	"cmp"
	"fmt"
	"slices"

	"pxekit/internal/proxydhcp"
)

// maxDelayed bounds how many answers wait for their time; more go at once.
const maxDelayed = 64

// send sends an answer, now or when its time has come. The error is that of
// sending now.
func (s *Server) send(k socket, d datagram, r proxydhcp.Reply, mac string) error {
	if r.Delay > 0 && s.delayed < maxDelayed {
		s.putOff(k, d, r, mac)
		return nil
	}
	return s.reply(k, d, r)
}

// putOff sends an answer later.
func (s *Server) putOff(k socket, d datagram, r proxydhcp.Reply, mac string) {
	s.delayed++
	d.mac = slices.Clone(d.mac) // it is of the buffer that the next message is read into
	s.after(r.Delay, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.delayed--
		if s.stopping {
			return
		}
		if err := s.reply(k, d, r); err != nil {
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
