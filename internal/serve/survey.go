package serve

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"

	"pxekit/dhcpopts"
	"pxekit/internal/proxydhcp"
	"pxekit/internal/rawnet"
)

// survey asks each network, as PXE clients would, who answers there. It names
// the servers, makes this one watch only where another PXE responder is at work
// on any of them, and returns the DHCP servers. Under --observe it asks nobody:
// servers are named as they are heard.
func (s *Server) survey(ctx context.Context) (servers []string) {
	if s.Listen <= 0 || len(s.ears) == 0 || s.Observe == ObserveOnly {
		return nil
	}
	for _, h := range s.question(ctx) {
		s.overhear(h.datagram, s.event(h.datagram, h.packet))
		s.meet(h.datagram, h.packet)
	}
	for _, a := range slices.SortedFunc(maps.Keys(s.servers.items), netip.Addr.Compare) {
		servers = append(servers, a.String())
	}
	if len(servers) == 0 && s.pool == nil && !s.shares[proxydhcp.ServerPort] {
		s.Log.Warn("no DHCP server was heard: machines need one for an address (or --dhcp LOW-HIGH here)", "event", evRival)
	}
	if len(s.rivals.items) > 0 && s.Observe == ObserveAuto {
		s.observing = true
	}
	return servers
}

// heard is an answer to a question at the start.
type heard struct {
	datagram
	packet *dhcpopts.Packet
}

// question asks by all ears at once and returns the answers, interface by
// interface and there by server.
func (s *Server) question(ctx context.Context) []heard {
	until := s.now().Add(s.Listen)
	answers := make([][]heard, len(s.ears))
	var wg sync.WaitGroup
	for n, k := range s.ears {
		ear := k.(*rawSocket)
		xids := s.ask(ear)
		wg.Go(func() { answers[n] = s.gather(ctx, ear, xids, until) })
	}
	wg.Wait()
	return slices.Concat(answers...)
}

// asking are the kinds of machines that the questions at the start come from:
// responders answer those alone that they have a file for.
var asking = []dhcpopts.Arch{dhcpopts.BIOS, dhcpopts.EFIX64, dhcpopts.HTTPX64}

// ask sends a DISCOVER of each kind as its firmware sends it, under the
// interface's own hardware address.
func (s *Server) ask(ear *rawSocket) (xids []uint32) {
	for _, arch := range asking {
		var b [4]byte
		_, _ = rand.Read(b[:]) // never fails (crypto/rand)
		xid := binary.BigEndian.Uint32(b[:])
		xids = append(xids, xid)
		c := dhcpopts.Firmware(arch)
		c.MAC = ear.iface.HardwareAddr
		question := rawnet.Datagram{
			SrcMAC: ear.iface.HardwareAddr, DstMAC: rawnet.Broadcast,
			Src: netip.AddrPortFrom(netip.IPv4Unspecified(), clientPort), Dst: netip.AddrPortFrom(everyone, proxydhcp.ServerPort),
			Payload: c.Packet(xid).Bytes(),
		}
		s.capture.record(question.Src, question.Dst, question.Payload)
		_ = ear.Write(question)
	}
	s.asked = append(s.asked, xids...)
	return xids
}

// isOurs reports whether a message is our own question, which another of our
// interfaces on the same network has heard.
func (s *Server) isOurs(p *dhcpopts.Packet) bool {
	return p.Op == 1 && slices.Contains(s.asked, p.XID) &&
		slices.ContainsFunc(s.ifaces, func(i *Iface) bool { return bytes.Equal(i.HardwareAddr, p.MAC()) })
}

// mostHeard bounds what is kept of the answers on an interface.
const mostHeard = 256

// gather reads the answers to some questions until a time. Those of a server are
// together, the ones that name a boot file first.
func (s *Server) gather(ctx context.Context, ear *rawSocket, xids []uint32, until time.Time) (answers []heard) {
	_ = ear.SetReadDeadline(until)
	stop := context.AfterFunc(ctx, func() { _ = ear.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	for len(answers) < mostHeard {
		came, err := ear.read()
		if err != nil {
			break
		}
		d := came[0]
		d.payload = bytes.Clone(d.payload) // its memory is that of the next message
		p, err := dhcpopts.View(d.payload)
		if err != nil || p.Op != 2 || !slices.Contains(xids, p.XID) {
			continue
		}
		s.capture.record(d.remote, d.target(), d.payload)
		answers = append(answers, heard{d, p})
	}
	_ = ear.SetReadDeadline(time.Time{})
	slices.SortStableFunc(answers, func(a, b heard) int {
		return cmp.Or(a.remote.Addr().Compare(b.remote.Addr()), cmp.Compare(b.names(), a.names()))
	})
	return answers
}

// names is 1 for an answer that names a boot file, else 0.
func (h heard) names() int { return min(1, len(proxydhcp.FileOf(h.packet.Answer()))) }

// meet names a server that gives an address, once.
func (s *Server) meet(d datagram, p *dhcpopts.Packet) {
	if _, met := s.servers.get(d.remote.Addr()); met || p.Op != 2 || p.YIAddr.IsUnspecified() {
		return
	}
	if !s.quotas.warnings.allows(s.now(), d.remote.Addr().String(), nil) {
		return
	}
	s.servers.put(d.remote.Addr(), true)
	s.introduce(d, p)
}

// introduce names a DHCP server, and the boot file that it offers itself.
func (s *Server) introduce(d datagram, p *dhcpopts.Packet) {
	attrs := []any{"event", evRival, "server", d.remote.Addr().String()}
	line := fmt.Sprintf("DHCP server %s gives addresses on %s", d.remote.Addr(), d.iface.Name)
	if file := proxydhcp.FileOf(p.Answer()); file != "" {
		s.Log.Warn(fmt.Sprintf("%s, and names the boot file %s itself: iPXE prefers that to what is offered here", line, file), attrs...)
		return
	}
	if s.pool != nil {
		s.Log.Warn(line+" as well: of two that do, one has to go", attrs...)
		return
	}
	s.Log.Info(line, attrs...)
}
