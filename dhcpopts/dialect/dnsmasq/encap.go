package dnsmasq

import (
	"encoding/binary"

	"pxekit/dhcpopts"
)

const vendorIdentifying = 125 // RFC 3925

// outer names the option that nested options travel in.
type outer struct {
	code       int // option, or the enterprise number of 125
	enterprise bool
}

// encapsulated sends encap: and vi-encap: options, those of one outer option
// together, in the order of dnsmasq's list.
func (r *request) encapsulated(tags tagSet) {
	seen := map[outer]bool{}
	for _, o := range r.Config.options {
		key := outer{o.encap, o.viEnc}
		if !o.inEnc && !o.viEnc || seen[key] {
			continue
		}
		seen[key] = true
		if inner := r.inside(key, tags); len(inner) > 0 {
			r.sendOuter(key, inner)
		}
	}
}

// inside lists an outer option's contents for this client.
func (r *request) inside(key outer, tags tagSet) []*option {
	code := key.code
	if key.enterprise {
		code = vendorIdentifying
	}
	var all []*option
	for _, o := range r.Config.options {
		if (outer{o.encap, o.viEnc}) == key && (o.inEnc || o.viEnc) && tags.holds(o.tags, true) && (o.force || r.asks(code)) {
			all = append(all, o)
		}
	}
	return all
}

func (r *request) sendOuter(key outer, inner []*option) {
	if !key.enterprise {
		r.sendNested(key.code, inner)
		return
	}
	var body []byte
	for _, o := range inner {
		body = append(append(body, byte(o.code), byte(len(o.val))), o.val...)
	}
	if len(body) <= 250 {
		head := append(binary.BigEndian.AppendUint32(nil, uint32(key.code)), byte(len(body)))
		r.pkt.put(vendorIdentifying, append(head, body...))
	}
}

// sendNested packs options into one of at most 255 octets, and the rest into
// more; the last one closes with 255 (rfc2131.c, do_encap_opts).
func (r *request) sendNested(code int, inner []*option) {
	var body []byte
	for _, o := range inner {
		v := o.val
		if o.text {
			v = r.closedToo(v)
		}
		if len(body)+len(v)+2 > 255 {
			r.pkt.put(code, body)
			body = nil
		}
		body = append(append(body, byte(o.code), byte(len(v))), v...)
	}
	r.pkt.put(code, append(body, dhcpopts.OptEnd))
}

// vendorArea sends option 43: the PXE menu to a PXE client, vendor: options to
// their class. The latter echoes the client's option 60 when none was sent.
func (r *request) vendorArea(tags tagSet, sentClass bool) {
	inner, forced := r.vendorFit(tags)
	if r.arch != -1 {
		r.pxeClassAndID()
		if !r.single(tags) {
			inner = r.menu(tags, inner)
		}
	}
	if len(inner) == 0 || !forced && !r.asks(dhcpopts.OptVendor) {
		return
	}
	r.sendNested(dhcpopts.OptVendor, inner)
	if r.arch == -1 && !sentClass && len(r.class) > 0 {
		r.pkt.put(dhcpopts.OptClass, r.class)
	}
}

// vendorFit lists the vendor: options for this client, and whether one is forced.
func (r *request) vendorFit(tags tagSet) (fit []*option, forced bool) {
	for _, o := range r.Config.options {
		if r.vendorOK[o] && tags.holds(o.tags, true) {
			fit = append(fit, o)
			forced = forced || o.force
		}
	}
	return fit, forced
}
