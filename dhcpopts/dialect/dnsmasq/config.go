package dnsmasq

import (
	"net/netip"
	"slices"
)

// Config is what a dnsmasq.conf says about booting. The zero value serves no
// network.
type Config struct {
	// Self is the server's own address on the client's network: dnsmasq puts it
	// in siaddr when nothing else is set, and only a range of its network answers
	// a client that comes without relay. The zero Addr is "not known": siaddr
	// stays empty then, and every range is taken to be the client's.
	Self netip.Addr
	// Interface is where the client's message arrives; its name is a tag. Parse
	// sets the first "interface".
	Interface string

	ranges     []*dhcpRange // in file order
	options    []*option    // last line first: that is dnsmasq's list
	matches    []*option
	boots      []*boot // last line first
	tagIfs     []tagIf // in file order
	classes    []classTag
	macs       []macTag
	names      []nameTag
	hosts      []*host // last line first
	ignores    [][]string
	services   []*service // in file order
	pxeClasses []string   // last one first
	domain     string
	authority  bool // dhcp-authoritative
	noOverride bool // dhcp-no-override
	pxe        bool // pxe-prompt or pxe-service stands in the file
	dnsOff     bool // port=0
}

// dhcpRange is one dhcp-range of DHCPv4.
type dhcpRange struct {
	filter        []string // tag:… that must hold to use it
	tag           string   // set:… it gives
	start, end    netip.Addr
	mask          netip.Addr // zero: the interface's
	proxy, static bool
	lease         int // seconds; -1: infinite
}

// holds reports whether an address is of the range's network.
func (r *dhcpRange) holds(a netip.Addr) bool {
	mask := r.mask
	if !mask.IsValid() {
		mask = netip.AddrFrom4([4]byte{255, 255, 255, 0}) // the interface's own; /24 stands for it
	}
	x, y, m := a.As4(), r.start.As4(), mask.As4()
	for i := range m {
		if x[i]&m[i] != y[i]&m[i] {
			return false
		}
	}
	return true
}

// boot is a dhcp-boot line.
type boot struct {
	line        int
	tags        []string
	file, sname string
	server      netip.Addr
	serverName  string // a name: resolved from hosts files, which are not read
}

// tagIf sets its tags when all others hold.
type tagIf struct{ set, need []string }

// classTag is a dhcp-vendorclass, -userclass, -circuitid, -remoteid or -subscrid.
type classTag struct {
	tag  string
	data string
	in   classSource
}

type classSource uint8

const (
	inVendorClass classSource = iota
	inUserClass
	inCircuitID  // sub-option 1 of option 82, compared whole, as the next two
	inRemoteID   // 2
	inSubscriber // 6
)

// macTag is a dhcp-mac.
type macTag struct {
	tag string
	hw  hardware
}

// nameTag is a dhcp-name-match.
type nameTag struct {
	tag, name string
	wildcard  bool
}

// hardware is an address with octets that stand for any.
type hardware struct {
	octets []byte
	any    []bool
}

// matches counts the octets that are equal, plus one; 0 when one differs
// (util.c, memcmp_masked).
func (h hardware) matches(mac []byte) int {
	if len(mac) != len(h.octets) {
		return 0
	}
	count := 1
	for i, b := range h.octets {
		switch {
		case h.any[i]:
		case b == mac[i]:
			count++
		default:
			return 0
		}
	}
	return count
}

func (h hardware) exact() bool { return !slices.Contains(h.any, true) }

// host is a dhcp-host line.
type host struct {
	hw       []hardware
	clientID []byte
	addr     netip.Addr
	name     string
	set      []string
	filter   []string
	ignore   bool
}

// service is a pxe-service line.
type service struct {
	tags       []string
	arch       int
	menu       string
	kind       int    // boot server type; 0 local boot
	file       string // base name; "" for a type given by number
	server     netip.Addr
	serverName string
}
