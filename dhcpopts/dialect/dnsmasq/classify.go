package dnsmasq

import (
	"bytes"
	"slices"
	"strings"

	"pxekit/dhcpopts"
)

// tag gives the request its tags, in dnsmasq's order: interface, MAC, relay
// sub-options, options, classes, host.
func (r *request) tag() {
	if r.Interface != "" {
		r.tags[r.Interface] = true
	}
	for _, m := range r.macs {
		if m.hw.matches(r.cl.MAC) > 0 {
			r.tags[m.tag] = true
		}
	}
	for _, o := range r.matches {
		if v := r.option(byte(o.code)); !o.viEnc && o.code < 256 && len(v) > 0 && o.matches(v) {
			r.tags[o.tags[0]] = true
		}
	}
	r.class = r.option(dhcpopts.OptClass)
	for _, t := range r.classes {
		if r.ofClass(t) {
			r.tags[t.tag] = true
		}
	}
	r.vendorOK = r.vendorOptions(r.class)
	r.closeAll = bytes.HasSuffix(r.option(dhcpopts.OptHostName), []byte{0})
	r.findHost()
	if r.pxe {
		r.findPXE()
	}
}

// matches compares a dhcp-match: octets in hex from the start, text anywhere,
// numbers at each multiple of their width; no value: the option is there
// (dhcp-common.c, match_bytes).
func (o *option) matches(v []byte) bool {
	switch {
	case len(o.val) > len(v):
		return false
	case len(o.val) == 0:
		return true
	case o.hex:
		for i, b := range o.val {
			if !o.mask[i] && b != v[i] {
				return false
			}
		}
		return true
	case o.text:
		return bytes.Contains(v, o.val)
	}
	for i := 0; i+len(o.val) <= len(v); i += len(o.val) {
		if bytes.Equal(v[i:i+len(o.val)], o.val) {
			return true
		}
	}
	return false
}

// ofClass compares a class: part of option 60 or 77, or a whole sub-option of 82.
func (r *request) ofClass(t classTag) bool {
	switch t.in {
	case inVendorClass:
		return len(r.class) > 0 && strings.Contains(string(r.class), t.data)
	case inUserClass:
		u := r.option(dhcpopts.OptUserClass)
		return len(u) > 0 && strings.Contains(withoutCounts(u), t.data)
	}
	sub := map[classSource]byte{inCircuitID: 1, inRemoteID: 2, inSubscriber: 6}[t.in]
	agent, _ := r.cl.Option(dhcpopts.OptRelayAgent)
	for _, o := range tlvs(agent) {
		if o.Code == sub {
			return string(o.Data) == t.data
		}
	}
	return false
}

// withoutCounts blanks the counts of RFC 3004's strings, so that they are not
// taken for text. What does not add up is taken as one string.
func withoutCounts(u []byte) string {
	out := bytes.Clone(u)
	i := 0
	for i < len(u) {
		out[i] = 0
		i += int(u[i]) + 1
	}
	if i != len(u) {
		return string(u)
	}
	return string(out)
}

// vendorOptions are the vendor: options whose class is part of a value of 60.
func (c *Config) vendorOptions(class []byte) map[*option]bool {
	fit := map[*option]bool{}
	for _, o := range c.options {
		if o.vendor == nil || class == nil {
			continue
		}
		wanted := []string{*o.vendor}
		if o.pxe {
			wanted = c.pxeClasses
		}
		fit[o] = slices.ContainsFunc(wanted, func(w string) bool { return strings.Contains(string(class), w) })
	}
	return fit
}

// findHost finds the dhcp-host line: by client identifier, by whole MAC, by the
// MAC with fewest wildcards, and only then by name (dhcp-common.c, find_config).
func (r *request) findHost() {
	tags := r.withTagIfs(r.tags)
	r.host = r.matchHost(tags, false)
	if r.host == nil {
		r.host = r.matchHost(tags, true)
	}
	if r.host == nil {
		r.host = r.hostByName(tags)
	}
	if r.host == nil {
		return
	}
	r.tags["known"] = true
	for _, s := range r.host.set {
		r.tags[s] = true
	}
}

func (r *request) matchHost(tags tagSet, untagged bool) *host {
	id := r.option(dhcpopts.OptClientID)
	var best *host
	count := 0
	for _, h := range r.hosts {
		if tags.holds(h.filter, untagged) && r.inNetwork(h) && len(id) > 0 && h.clientID != nil &&
			(bytes.Equal(id, h.clientID) || id[0] == 0 && bytes.Equal(id[1:], h.clientID)) {
			return h
		}
	}
	for _, h := range r.hosts {
		if !tags.holds(h.filter, untagged) || !r.inNetwork(h) {
			continue
		}
		for _, hw := range h.hw {
			n := hw.matches(r.cl.MAC)
			if n > 0 && hw.exact() {
				return h
			}
			if n > count {
				best, count = h, n
			}
		}
	}
	return best
}

func (r *request) hostByName(tags tagSet) *host {
	name := r.hostName()
	for _, h := range r.hosts {
		if name != "" && strings.EqualFold(h.name, name) && len(h.hw) == 0 && h.clientID == nil && tags.holds(h.filter, true) && r.inNetwork(h) {
			return h
		}
	}
	return nil
}

// inNetwork reports whether a host's fixed address is of the client's network.
func (r *request) inNetwork(h *host) bool {
	return !h.addr.IsValid() || slices.ContainsFunc(r.ranges, func(x *dhcpRange) bool { return x.holds(h.addr) })
}
