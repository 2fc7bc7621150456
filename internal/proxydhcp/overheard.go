package proxydhcp

import (
	"net/netip"
	"slices"

	"pxekit/dhcpopts"
)

// overheard learns from another server's answer: that the machine has been
// offered an address, and with it maybe another boot file than ours; or what to
// boot alone. The latter may be heard before the DISCOVER.
func overheard(e Event, m Machine) Decision {
	if _, rival := RivalOf(e); rival && e.Packet.YIAddr.IsUnspecified() {
		m.XID, m.Contested = e.Packet.XID, true
	}
	switch kind, given := e.Packet.MessageType(), !e.Packet.YIAddr.IsUnspecified(); {
	case kind == dhcpopts.Offer && given:
		m.Address = true
		if file := FileOf(e.Packet.Answer()); file != "" {
			m.Rival = Rival{Server: serverOf(e), File: file[:min(len(file), maxRivalFile)]}
		}
		return silent(m, "%s offers it %s", serverOf(e), e.Packet.YIAddr)
	case kind == dhcpopts.NAK:
		// It has no address and begins anew (RFC 2131 section 3.1 step 5), unless
		// another server gives it one all the same.
		m.Address, m.Denied = false, serverOf(e)
		return silent(m, "%s refuses it its address", serverOf(e))
	case kind == dhcpopts.Ack && given && m.Denied.IsValid():
		m.Address, m.Denied = true, netip.Addr{}
	}
	return silent(m, "message type %d of %s", e.Packet.MessageType(), serverOf(e))
}

// maxRivalFile bounds what is remembered of another server's boot file, of
// thousands of machines.
const maxRivalFile = 255

// RivalOf returns the address of another PXE responder, when the event is its
// answer: a reply that says PXEClient or HTTPClient and is not ours.
func RivalOf(e Event) (netip.Addr, bool) {
	if e.Packet.Op != 2 || !boots(dhcpopts.Client{VendorClass: value(e.Packet, dhcpopts.OptClass)}) {
		return netip.Addr{}, false
	}
	s := serverOf(e)
	return s, s != e.Local && !slices.Contains(e.Own, s)
}

// serverOf is option 54 of a server's message, or who sent it.
func serverOf(e Event) netip.Addr {
	if id := value(e.Packet, dhcpopts.OptServerID); len(id) == 4 {
		return netip.AddrFrom4([4]byte(id))
	}
	return e.From.Addr()
}
