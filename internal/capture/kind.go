package capture

import (
	"net/netip"

	"pxekit/tftpserve"
)

// Kind is the protocol of a frame, as far as network boot is concerned.
type Kind string

// The kinds.
const (
	DHCP   Kind = "dhcp"
	TFTP   Kind = "tftp"
	DHCPv6 Kind = "dhcpv6"
	Other  Kind = "other"
)

// maxTransfers bounds what a Tracker remembers. A capture with more transfers
// at once loses sight of the oldest: their later packets are Other.
const maxTransfers = 1 << 14

// Tracker tells the kinds apart. TFTP needs a memory: only its requests go to
// port 69, the transfer runs between two free ports (RFC 1350 section 4).
type Tracker struct {
	clients map[netip.AddrPort]bool // who sent a request, by address and port
	oldest  []netip.AddrPort
}

// Kind classifies a frame and remembers the transfers it starts.
func (t *Tracker) Kind(f Frame) Kind {
	switch {
	case !f.UDP:
		return Other
	case isDHCPPort(f.SPort) || isDHCPPort(f.DPort):
		return DHCP
	case f.SPort == 546 || f.DPort == 546 || f.SPort == 547 || f.DPort == 547:
		return DHCPv6
	case f.DPort == 69:
		t.remember(netip.AddrPortFrom(f.Src, f.SPort))
		return TFTP
	case f.SPort == 69,
		t.clients[netip.AddrPortFrom(f.Src, f.SPort)], t.clients[netip.AddrPortFrom(f.Dst, f.DPort)]:
		if _, err := tftpserve.Parse(f.Payload); err == nil {
			return TFTP
		}
	}
	return Other
}

func isDHCPPort(p uint16) bool { return p == 67 || p == 68 || p == 4011 }

func (t *Tracker) remember(client netip.AddrPort) {
	if t.clients[client] {
		return
	}
	if t.clients == nil {
		t.clients = map[netip.AddrPort]bool{}
	}
	if len(t.oldest) == maxTransfers {
		delete(t.clients, t.oldest[0])
		t.oldest = t.oldest[1:]
	}
	t.clients[client] = true
	t.oldest = append(t.oldest, client)
}
