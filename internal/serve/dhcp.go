package serve

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/proxydhcp"
	"pxekit/internal/udpbatch"
)

const clientPort = 68

// maxMessage is more than any DHCP message on Ethernet; longer ones are cut, and
// then refused as broken.
const maxMessage = udpbatch.MaxMessage

// handleAll handles what has come together. Its answers leave together too, and
// then its lines of the log: alone a message waits for nothing, and under load
// system calls are shared.
func (s *Server) handleAll(k socket, batch []datagram) {
	s.Lines.Cork()
	defer s.Lines.Uncork()
	if c, ok := k.(corker); ok {
		c.cork()
		defer c.uncork(s.undelivered)
	}
	for _, d := range batch {
		s.handle(k, d)
	}
}

// undelivered tells of an answer that was put off and did not leave.
func (s *Server) undelivered(d datagram, err error) {
	p, _ := dhcpopts.View(d.payload)
	s.unsent(net.HardwareAddr(p.MAC()).String(), err)
}

// handle is one turn: parse, decide, write, tell.
func (s *Server) handle(k socket, d datagram) {
	s.metrics.received.Add(1)
	s.capture.record(d.remote, d.target(), d.payload)
	p, err := dhcpopts.View(d.payload)
	if err != nil && (!p.Cookie || p.MessageType() == 0) {
		s.metrics.broken.Add(1)
		return
	}
	if s.isOurs(p) {
		return
	}
	e, now := s.event(d, p), s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.meet(d, p)
	s.overhear(d, e)
	decision, m := s.decide(now, e)
	if len(decision.Replies) == 0 {
		s.quiet(now, e, m, decision)
		return
	}
	for i := range decision.Replies {
		if err := s.send(k, d, &decision.Replies[i], m.mac); err != nil {
			s.unsent(m.mac, err)
			return
		}
	}
	s.answered(now, e, m, decision)
}

// event is a message as Decide sees it.
func (s *Server) event(d datagram, p *dhcpopts.Packet) proxydhcp.Event {
	e := proxydhcp.Event{Packet: p, Port: d.local.Port(), From: d.remote, Local: d.local.Addr()}
	switch {
	case p.Op != 2:
	case d.here: // from an address that is ours, and not from us
		e.Local = netip.Addr{}
	default:
		e.Own = s.own()
	}
	return e
}

// own lists our addresses.
func (s *Server) own() (all []netip.Addr) {
	for _, i := range s.ifaces {
		for _, p := range i.Addrs {
			all = append(all, p.Addr())
		}
	}
	return all
}

// decide asks Decide and keeps what it has learned of the machine.
func (s *Server) decide(now time.Time, e proxydhcp.Event) (proxydhcp.Decision, *machine) {
	m := s.book.of(e.Packet)
	print := m.fingerprint
	if e.Packet.Op == 1 {
		print = proxydhcp.Fingerprint(e.Packet)
	}
	learned, _ := s.book.learned.get(print)
	d := proxydhcp.Decide(now, e, s.policies[e.Local], m.Machine, learned)
	if s.observing {
		return d, m // nothing was offered, so nothing is learned from what follows
	}
	m.Machine = d.Machine
	if g := d.Grant; g != nil {
		s.pool.Apply(*g)
	}
	if d.Who != "" {
		m.who, m.fingerprint = d.Who, print
	}
	if d.Who != "" || m.Contested {
		s.book.remember(m)
	}
	return d, m
}

// answered tells of a decision, and begins or continues the machine's story.
func (s *Server) answered(now time.Time, e proxydhcp.Event, m *machine, d proxydhcp.Decision) {
	if s.quotas.decisions.allows(now, m.name, &m.told) {
		s.tellAnswer(now, m, d)
	}
	if d.Refusal != "" && s.quotas.warnings.allows(now, m.name, &m.warned) {
		s.Log.Warn(m.name+": changed the way of answering: "+d.Refusal, "event", evDecision, "mac", m.mac, "refused", string(m.Refused))
	}
	switch {
	case s.observing || d.Case == nil:
	case e.Packet.MessageType() == dhcpopts.Discover && e.Port == proxydhcp.ServerPort:
		m.begin(now, d.Step)
	default:
		m.step(now, d.Step)
	}
	a := e.Packet.CIAddr
	if d.Grant != nil {
		a = d.Grant.Addr
	}
	if !a.IsUnspecified() && !s.observing && d.Who != "" {
		s.book.has(m, a)
	}
}

func (s *Server) tellAnswer(now time.Time, m *machine, d proxydhcp.Decision) {
	why := d.Why
	if s.observing {
		why += "; not sent, only observing"
	}
	s.say(now, slog.LevelInfo, m.name+" "+why, slog.String("event", evDecision), slog.String("mac", m.mac),
		slog.String("arch", d.Arch.String()), slog.String("rule", origin(d.Case)), slog.Bool("sent", !s.observing))
}

func origin(c *plan.Case) string {
	if c == nil {
		return ""
	}
	return c.Origin
}

// quiet tells why a machine that boots from the network got no answer.
// Everything else on the network is of no interest, and not even put into words.
func (s *Server) quiet(now time.Time, e proxydhcp.Event, m *machine, d proxydhcp.Decision) {
	level := slog.LevelDebug
	if d.Who != "" && (e.Packet.MessageType() == dhcpopts.Discover || e.Port == proxydhcp.BINLPort) {
		level = slog.LevelInfo
	}
	if !s.Log.Enabled(context.Background(), level) || !s.quotas.decisions.allows(now, m.name, &m.told) {
		return
	}
	s.say(now, level, m.name+" "+d.Why, slog.String("event", evDecision), slog.String("mac", m.mac), slog.Bool("sent", false))
}

// overhear learns from answers of other servers: rivals, and who has which
// address.
func (s *Server) overhear(d datagram, e proxydhcp.Event) {
	p := e.Packet
	if p.Op != 2 {
		return
	}
	switch m, _ := s.book.machines.get(keyOf(p)); {
	case m == nil:
	case p.MessageType() == dhcpopts.Ack && !p.YIAddr.IsUnspecified():
		s.book.has(m, p.YIAddr)
	case p.MessageType() == dhcpopts.NAK:
		s.book.lost(m)
	}
	who, ok := proxydhcp.RivalOf(e)
	if _, named := s.rivals.get(who); ok && !named && s.quotas.warnings.allows(s.now(), who.String(), nil) {
		s.rivals.put(who, true)
		s.Log.Warn(fmt.Sprintf("another PXE responder answers on %s: %s; machines take either answer", d.iface.Name, who), "event", evRival, "server", who.String())
	}
}
