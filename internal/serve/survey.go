package serve

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"pxekit/dhcpopts"
	"pxekit/internal/proxydhcp"
	"pxekit/internal/rawnet"
)

// survey asks each network, as a PXE client would, who answers there. It names
// the servers, makes this one watch only where another PXE responder is at work,
// and returns the DHCP servers. Under --observe it asks nobody: servers are named
// as they are heard.
func (s *Server) survey(ctx context.Context) (servers []string) {
	if s.Listen <= 0 || len(s.ears) == 0 || s.Observe == ObserveOnly {
		return nil
	}
	until := s.now().Add(s.Listen)
	asked := map[*rawSocket]uint32{}
	for _, k := range s.ears {
		ear := k.(*rawSocket)
		asked[ear] = s.ask(ear)
	}
	for ear, xid := range asked {
		s.gather(ctx, ear, xid, until)
	}
	for a := range s.servers.items {
		servers = append(servers, a.String())
	}
	if len(servers) == 0 && s.pool == nil {
		s.Log.Warn("no DHCP server was heard: machines need one for an address (or --dhcp LOW-HIGH here)", "event", evRival)
	}
	if len(s.rivals.items) > 0 && s.Observe == ObserveAuto {
		s.observing = true
	}
	return servers
}

// ask sends one DISCOVER as x64 UEFI firmware sends it, under the interface's
// own hardware address.
func (s *Server) ask(ear *rawSocket) (xid uint32) {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	xid = binary.BigEndian.Uint32(b[:])
	s.asked = append(s.asked, xid)
	c := dhcpopts.Firmware(dhcpopts.EFIX64)
	c.MAC = ear.iface.HardwareAddr
	_ = ear.Write(rawnet.Datagram{
		SrcMAC: ear.iface.HardwareAddr, DstMAC: rawnet.Broadcast,
		Src: netip.AddrPortFrom(netip.IPv4Unspecified(), clientPort), Dst: netip.AddrPortFrom(everyone, proxydhcp.ServerPort),
		Payload: c.Packet(xid).Bytes(),
	})
	return xid
}

// isOurs reports whether a message is our own question, which another of our
// interfaces on the same network has heard.
func (s *Server) isOurs(p *dhcpopts.Packet) bool {
	return p.Op == 1 && slices.Contains(s.asked, p.XID) &&
		slices.ContainsFunc(s.ifaces, func(i *Iface) bool { return bytes.Equal(i.HardwareAddr, p.MAC()) })
}

// gather reads the answers to xid until a time.
func (s *Server) gather(ctx context.Context, ear *rawSocket, xid uint32, until time.Time) {
	_ = ear.SetReadDeadline(until)
	stop := context.AfterFunc(ctx, func() { _ = ear.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	for {
		came, err := ear.read()
		if err != nil {
			break
		}
		d := came[0]
		p, err := dhcpopts.Parse(d.payload)
		if err != nil || p.XID != xid || p.Op != 2 {
			continue
		}
		s.capture.record(d.remote, d.local, d.payload)
		s.overhear(s.event(d, p))
		s.meet(d, p)
	}
	_ = ear.SetReadDeadline(time.Time{})
}

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
