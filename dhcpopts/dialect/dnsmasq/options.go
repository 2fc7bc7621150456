package dnsmasq

import (
	"net/netip"

	"pxekit/dhcpopts"
)

// sigsegv is how dnsmasq 2.90 ends when it copies the value of an option 66 or
// 67 without one to the header (rfc2131.c, do_options).
const sigsegv = "SIGSEGV"

// options fills a lease reply (rfc2131.c, do_options). It returns the signal
// that ends the server, "" when it lives.
func (r *request) options(x *dhcpRange) string {
	chosen, tags := r.choose(r.tags, x.tag)
	r.pkt.siaddr = r.Self
	done, signal := r.bootFields(chosen, tags)
	if signal != "" {
		return signal
	}
	r.pkt.noSpill = r.cl.RequestList == nil || r.noOverride
	if r.pkt.mayspill() {
		r.pkt.end -= 3 // kept for option 52
	}
	r.defaults(x, chosen)
	sentClass := r.configured(chosen, done)
	r.encapsulated(tags)
	r.vendorArea(tags, sentClass)
	return ""
}

// bootFields sets siaddr, sname and file, or sends the names as options to a
// client that asks for those. It returns the codes whose option is used up.
func (r *request) bootFields(chosen selection, tags tagSet) (done map[int]bool, signal string) {
	b := r.findBoot(tags)
	if b == nil {
		return r.fieldsFromOptions(chosen)
	}
	r.line = b.line
	r.bootName(dhcpopts.OptTFTPServer, r.pkt.sname[:], b.sname)
	r.bootName(dhcpopts.OptBootFile, r.pkt.file[:], b.file)
	switch {
	case b.server.IsValid() && !b.server.IsUnspecified():
		r.pkt.siaddr = b.server
	case b.serverName != "":
		r.pkt.siaddr = netip.IPv4Unspecified() // not in a hosts file
	}
	return nil, ""
}

// findBoot is the last dhcp-boot line whose tags hold, else the last without
// tags. One with negative tags only counts as tagged.
func (c *Config) findBoot(tags tagSet) *boot {
	for _, untagged := range []bool{false, true} {
		for _, b := range c.boots {
			if tags.holds(b.tags, untagged) {
				return b
			}
		}
	}
	return nil
}

func (r *request) bootName(code int, field []byte, name string) {
	switch {
	case name == "":
	case !r.noOverride && r.cl.RequestList != nil && r.asks(code):
		r.pkt.put(code, closed([]byte(name)))
	default:
		text(field, name)
	}
}

// fieldsFromOptions copies options 66 and 67 to the header of a client that
// does not list them, when no dhcp-boot line holds.
func (r *request) fieldsFromOptions(chosen selection) (done map[int]bool, signal string) {
	done = map[int]bool{}
	fields := []struct {
		code  int
		field []byte
	}{{dhcpopts.OptBootFile, r.pkt.file[:]}, {dhcpopts.OptTFTPServer, r.pkt.sname[:]}}
	for _, f := range fields {
		o := r.find(chosen, f.code)
		if o == nil || o.force || r.cl.RequestList != nil && r.asks(f.code) {
			continue
		}
		if len(o.val) == 0 {
			return nil, sigsegv
		}
		text(f.field, string(o.val))
		done[f.code] = true
	}
	if o := r.find(chosen, dhcpopts.OptEnd); o != nil && len(o.val) >= 4 { // server-ip-address
		r.pkt.siaddr = netip.AddrFrom4([4]byte(o.val[:4]))
	}
	return done, ""
}

func (r *request) find(chosen selection, code int) *option {
	for _, o := range r.Config.options {
		if o.code == code && chosen.chosen[o] {
			return o
		}
	}
	return nil
}

// defaults sends what dnsmasq sets by itself. Their values are the lease's own
// affair and stay zero here; they take room.
func (r *request) defaults(x *dhcpRange, chosen selection) {
	p := r.pkt
	if r.message() != dhcpopts.Inform && x.lease != -1 {
		p.put(58, bigEndian(x.lease/2, 4))
		p.put(59, bigEndian(x.lease*7/8, 4))
	}
	own := func(code int, always bool, value []byte) {
		if len(value) > 0 && (always || r.asks(code)) && !chosen.taken[code] {
			p.put(code, value)
		}
	}
	own(1, true, x.netmask())
	own(28, true, x.broadcast())
	own(3, false, r.self())
	if !r.dnsOff {
		own(6, false, r.self())
	}
	own(15, false, r.closedToo([]byte(r.domain)))
	own(dhcpopts.OptHostName, false, r.closedToo([]byte(r.offeredName())))
}

// offeredName is what an answer calls the client: the configured name, or in an
// ACK also its own.
func (r *request) offeredName() string {
	switch {
	case r.host != nil && r.host.name != "":
		return r.host.name
	case r.message() == dhcpopts.Discover:
		return ""
	}
	return r.hostName()
}

func (x *dhcpRange) netmask() []byte {
	if x.mask.IsValid() {
		return x.mask.AsSlice()
	}
	return []byte{255, 255, 255, 0}
}

func (x *dhcpRange) broadcast() []byte {
	b := x.start.AsSlice()
	for i, m := range x.netmask() {
		b[i] |= ^m
	}
	return b
}

// internal options are never sent from the file (rfc2131.c). 58 and 59 went
// out before.
var internal = map[int]bool{81: true, dhcpopts.OptMaxSize: true, dhcpopts.OptOverload: true, dhcpopts.OptPad: true, dhcpopts.OptEnd: true, 58: true, 59: true}

// suppressible options have a default value: an empty one of the file means
// "do not send".
var suppressible = map[int]bool{1: true, 28: true, 3: true, 6: true, 15: true, dhcpopts.OptHostName: true}

// configured sends the file's options. A sent option 60 decides anew which
// vendor: options fit.
func (r *request) configured(chosen selection, done map[int]bool) (sentClass bool) {
	for _, o := range r.Config.options {
		switch {
		case !chosen.chosen[o], !o.force && !r.asks(o.code), internal[o.code], done[o.code]:
		case len(o.val) == 0 && suppressible[o.code]:
		case r.arch != -1 && o.code == dhcpopts.OptClass: // sent with the menu
		default:
			r.pkt.put(o.code, r.value(o))
			if o.code == dhcpopts.OptClass {
				r.vendorOK, sentClass = r.vendorOptions(r.value(o)), true
			}
		}
	}
	return sentClass
}

// value is an option's value as sent: 66 and 67 are always closed with a NUL,
// other text only for a client that closes its own host name so.
func (r *request) value(o *option) []byte {
	if o.addrs {
		return r.ownAddrs(o.val)
	}
	if o.text && (o.code == dhcpopts.OptTFTPServer || o.code == dhcpopts.OptBootFile || r.closeAll) {
		return closed(o.val)
	}
	return o.val
}

// ownAddrs puts the server in place of 0.0.0.0.
func (r *request) ownAddrs(val []byte) []byte {
	var out []byte
	for ; len(val) >= 4; val = val[4:] {
		a := val[:4]
		if [4]byte(a) == ([4]byte{}) {
			a = r.self()
		}
		out = append(out, a...)
	}
	return out
}

// closed adds a NUL where one octet is left for it.
func closed(v []byte) []byte {
	if len(v) == 255 {
		return v
	}
	return append(append([]byte{}, v...), 0)
}

func (r *request) closedToo(v []byte) []byte {
	if r.closeAll && len(v) > 0 {
		return closed(v)
	}
	return v
}
