package proxydhcp

import (
	"time"

	"pxekit/dhcpopts"
)

// When a DISCOVER after an OFFER asks again: edk2 does at 4, 12 and 28 s, and
// gives up at 60 s (measured); RFC 2131 section 4.1 has the first at 3 to 5 s.
// What comes sooner is a copy, of a loop or by a relay.
const (
	soonest    = 2 * time.Second
	oneAttempt = time.Minute
)

// choose picks the strategy for an OFFER, and says what is to blame when the
// one before was refused.
//
// Refused means: the machine had an address offer as well, and still asks
// again; or it accepted an address, and what was due never came. iPXE's second
// DISCOVER is none (it always sends two), and neither is a copy, a new boot, or
// asking again on a network that offers no address or refuses it, or to take
// what another responder offered.
// HTTP boot and a Raspberry Pi know no port 4011.
func choose(now time.Time, want Strategy, q *dhcpopts.Packet, c dhcpopts.Client, m Machine, learned Strategy) (Strategy, string) {
	switch {
	case c.Arch().HTTP() || isPi(c):
		return Direct, ""
	case want == Direct || want == BINL:
		return want, ""
	case m.Strategy != "" && c.Stage() != dhcpopts.IPXEStage && refused(now, q, m):
		return other(m.Strategy), remedy(m)
	case m.Strategy != "":
		return m.Strategy, ""
	case learned == Direct || learned == BINL:
		return learned, ""
	}
	return Direct, ""
}

func refused(now time.Time, q *dhcpopts.Packet, m Machine) bool {
	if m.Fetched || m.Contested || m.Loaded || copied(now, q, m) {
		return false // it took the offer, or another's; asking again is a new boot
	}
	if m.Denied.IsValid() {
		return false // it had to begin anew (RFC 2131 section 3.1 step 5)
	}
	if m.Requested {
		return m.Strategy == Direct && !m.Elsewhere || m.Strategy == BINL && !m.Asked
	}
	return m.Address && now.Sub(m.Offered) < oneAttempt && again(now, q, m)
}

// copied reports whether a DISCOVER is the one that was answered last.
func copied(now time.Time, q *dhcpopts.Packet, m Machine) bool {
	return m.Strategy != "" && q.XID == m.XID && now.Sub(m.Offered) < soonest
}

// again reports whether a DISCOVER is of the same attempt to boot as the one that
// was answered last, and not of a machine that was switched off and on. edk2 keeps
// the xid and counts secs (measured: 0, 4, 12, 28), or leaves secs at 0 as it did
// in 2008 [source: Dhcp4Io.c, DhcpRetransmit]. ROMs that make the xid of the
// hardware address, the same in each attempt, begin secs anew [unverified]. A
// client may also take a new xid each time (RFC 2131 section 4.1): then its secs
// have grown by the time that has passed.
func again(now time.Time, q *dhcpopts.Packet, m Machine) bool {
	if q.XID == m.XID {
		return q.Secs > m.Secs || q.Secs == 0 && m.Secs == 0
	}
	counted := time.Duration(q.Secs-m.Secs) * time.Second
	return q.Secs > m.Secs && (now.Sub(m.Offered)-counted).Abs() < soonest
}

func other(s Strategy) Strategy {
	if s == Direct {
		return BINL
	}
	return Direct
}

// remedy names the setting of the DHCP server that would have prevented a
// refusal.
func remedy(m Machine) string {
	if m.Requested {
		return "the firmware took the address and not the boot file: a boot file, next-server or option 60 on the DHCP server itself " +
			"comes before a proxy offer; remove them there"
	}
	return "the firmware drops proxy offers of this kind (UEFI from before April 2017 drops those with option 43): " +
		"next-server and boot file on the DHCP server itself would do without a proxy"
}
