package serve

import (
	"net"

	"pxekit/dhcpopts"
)

// maxID bounds how much of a client id is looked at: RFC 4390's has 20 octets.
const maxID = 64

// keyOf is what tells a machine from others: its hardware address, or where it
// sends none, as over InfiniBand, its client id (RFC 4390 section 2.1). "" for a
// message without both. No hardware address is as long as the prefix.
func keyOf(p *dhcpopts.Packet) string {
	if mac := p.MAC(); len(mac) > 0 {
		return string(mac)
	}
	if id := clientID(p); len(id) > 0 {
		return "client identifier " + string(id)
	}
	return ""
}

// unnamed is who sent a message that does not say.
const unnamed = "(no hardware address)"

// namedBy names a machine without hardware address for people.
func namedBy(p *dhcpopts.Packet) string {
	if id := clientID(p); len(id) > 0 {
		return "client id " + net.HardwareAddr(id).String()
	}
	return unnamed
}

func clientID(p *dhcpopts.Packet) []byte {
	id, _ := p.Get(dhcpopts.OptClientID)
	return id[:min(len(id), maxID)]
}
