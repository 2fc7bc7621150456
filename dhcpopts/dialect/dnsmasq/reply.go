package dnsmasq

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"strings"

	"pxekit/dhcpopts"
)

// Reply is what dnsmasq does with a message. At most one of Silent, Crash and
// Malformed is set.
type Reply struct {
	Answer dhcpopts.Answer
	// Line is the dhcp-boot line that was used; 0: none.
	Line int
	// Silent: nothing is sent.
	Silent bool
	// Crash is the signal that ends the server while it handles the message.
	Crash string
	// Malformed is the options field when it cannot be read, as a length octet
	// wrapped. Answer has the header fields then, and no options.
	Malformed []byte
}

// Answer is [Config.Reply] without the reasons: empty when nothing readable is
// sent.
func (c *Config) Answer(cl dhcpopts.Client) dhcpopts.Answer { return c.Reply(cl).Answer }

// Reply says what dnsmasq sends (rfc2131.c, dhcp_reply). Leases are not
// modelled: a free address is taken to be there, and a REQUEST to be right.
func (c *Config) Reply(cl dhcpopts.Client) Reply {
	r := newRequest(c, cl)
	if len(r.ranges) == 0 {
		return Reply{Silent: true}
	}
	r.tag()
	if r.host != nil && r.host.ignore || r.ignored() {
		return Reply{Silent: true}
	}
	if reply, done := r.proxy(); done {
		return reply
	}
	if r.ranges[0].proxy || cl.Port == pxePort || r.elsewhere() {
		return Reply{Silent: true}
	}
	return r.lease()
}

const pxePort = 4011 // PXE 2.1 section 2.2.3

// request is a message being answered.
type request struct {
	*Config
	cl       dhcpopts.Client
	ranges   []*dhcpRange // those of the client's network
	tags     tagSet
	host     *host
	class    []byte           // option 60
	vendorOK map[*option]bool // vendor: options of the client's class
	pxeClass string           // the dhcp-pxe-vendor the client is of; "": none
	arch     int              // option 93 of a PXE client; -1: none
	pkt      *packet
	closeAll bool // the client closes its host name with NUL: so do we
	line     int
}

func newRequest(c *Config, cl dhcpopts.Client) *request {
	r := &request{Config: c, cl: cl, tags: tagSet{}, arch: -1, pkt: newPacket(cl.MaxSize)}
	for _, x := range c.ranges {
		if r.local(x) {
			r.ranges = append(r.ranges, x)
		}
	}
	if agent, ok := cl.Option(dhcpopts.OptRelayAgent); ok {
		r.pkt.end -= len(agent) + 2
	}
	return r
}

// local reports whether a range is for the network the message comes from.
func (r *request) local(x *dhcpRange) bool {
	switch {
	case r.cl.GIAddr.IsValid() && !r.cl.GIAddr.IsUnspecified():
		return x.holds(r.cl.GIAddr)
	case r.Self.IsValid():
		return x.holds(r.Self)
	}
	return true
}

// message is the type, Discover when the client names none.
func (r *request) message() uint8 {
	if r.cl.Message == 0 {
		return dhcpopts.Discover
	}
	return r.cl.Message
}

// option is an option of the message; empty ones do not count.
func (r *request) option(code uint8) []byte {
	cl := r.cl
	var v []byte
	switch code {
	case dhcpopts.OptClass:
		v = cl.VendorClass
	case dhcpopts.OptUserClass:
		v = cl.UserClass
	case dhcpopts.OptMachineID:
		v = cl.MachineID
	case dhcpopts.OptHostName:
		v = cl.HostName
	case dhcpopts.OptRequestList:
		v = cl.RequestList
	case dhcpopts.OptMessageType:
		v = []byte{r.message()}
	case dhcpopts.OptMaxSize:
		if cl.MaxSize != 0 {
			v = binary.BigEndian.AppendUint16(nil, cl.MaxSize)
		}
	case dhcpopts.OptClientArch:
		for _, a := range cl.Archs {
			v = binary.BigEndian.AppendUint16(v, uint16(a))
		}
	}
	if v == nil {
		v, _ = cl.Option(code)
	}
	return v
}

// asks reports whether option 55 lists a code; a client without it gets all.
func (r *request) asks(code int) bool {
	return r.cl.RequestList == nil || code < 256 && bytes.IndexByte(r.cl.RequestList, byte(code)) >= 0
}

// elsewhere reports whether a REQUEST is for another server.
func (r *request) elsewhere() bool {
	id := r.option(dhcpopts.OptServerID)
	if r.message() != dhcpopts.Request || len(id) != 4 || !r.Self.IsValid() {
		return false
	}
	return netip.AddrFrom4([4]byte(id)) != r.Self
}

func (r *request) ignored() bool {
	tags := r.withTagIfs(r.tags)
	for _, need := range r.ignores {
		if tags.holds(need, false) {
			return true
		}
	}
	return false
}

// lease answers as a DHCP server.
func (r *request) lease() Reply {
	switch r.message() {
	case dhcpopts.Discover, dhcpopts.Request:
	case dhcpopts.Inform:
		if !r.cl.CIAddr.IsValid() {
			return Reply{Silent: true}
		}
	default:
		return Reply{Silent: true}
	}
	x := r.pick()
	if x == nil {
		return Reply{Silent: true}
	}
	kind := uint8(dhcpopts.Ack)
	if r.message() == dhcpopts.Discover {
		kind = dhcpopts.Offer
	}
	r.pkt.put(dhcpopts.OptMessageType, []byte{kind})
	r.pkt.put(dhcpopts.OptServerID, r.self())
	if r.message() != dhcpopts.Inform {
		r.pkt.put(51, bigEndian(x.lease, 4))
	}
	if signal := r.options(x); signal != "" {
		return Reply{Crash: signal}
	}
	return r.done()
}

// pick is the range the address comes from: one whose tags hold before one that
// asks for none, in file order (dhcp.c, address_allocate).
func (r *request) pick() *dhcpRange {
	tags := r.withTagIfs(r.tags)
	for _, untagged := range []bool{false, true} {
		for _, x := range r.ranges {
			if !x.proxy && !x.static && tags.holds(x.filter, untagged) {
				return x
			}
		}
	}
	for _, x := range r.ranges {
		if x.static && tags.holds(x.filter, true) {
			return x
		}
	}
	return nil
}

// self is the server's own address as octets, zero when not known.
func (r *request) self() []byte {
	if r.Self.Is4() {
		return r.Self.AsSlice()
	}
	return make([]byte, 4)
}

// done closes the packet and reads it back.
func (r *request) done() Reply {
	var agent []byte
	if v, ok := r.cl.Option(dhcpopts.OptRelayAgent); ok {
		agent = append([]byte{dhcpopts.OptRelayAgent, byte(len(v))}, v...)
	}
	field := r.pkt.finish(agent)
	a, err := r.pkt.answer(field)
	if err != nil {
		return Reply{Answer: a, Line: r.line, Malformed: field}
	}
	return Reply{Answer: a, Line: r.line}
}

// hostName is the client's name for itself, without its domain.
func (r *request) hostName() string {
	name, _, _ := strings.Cut(strings.TrimRight(string(r.option(dhcpopts.OptHostName)), "\x00"), ".")
	if !legalName(name) {
		return ""
	}
	return name
}
