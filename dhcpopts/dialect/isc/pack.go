package isc

import (
	"bytes"
	"net/netip"
	"slices"

	"pxekit/dhcpopts"
)

// Sizes of a message (includes/dhcp.h).
const (
	fileField   = 128
	snameField  = 64
	fixedLen    = 236 + 28 // header, UDP and IP
	minMessage  = 576
	maxMessage  = 1500
	cookieLen   = 4
	overloadLen = 3
)

// reply is the boot part of a reply, as it stands in the message.
type reply struct {
	siaddr      netip.Addr
	file, sname []byte // the fields without trailing zeros
	options     []dhcpopts.Option
}

// answer is the boot part as it stands in the message: a field that holds
// options is its raw octets, as for [dhcpopts.Packet.Answer].
func (rep reply) answer() dhcpopts.Answer {
	a := dhcpopts.Answer{SIAddr: rep.siaddr, File: rep.file, SName: rep.sname}
	for _, o := range rep.options {
		if !dhcpopts.Lease(o.Code) {
			a.Options = append(a.Options, o)
		}
	}
	return a
}

// parameter is the value of a server parameter.
func (r *run) parameter(name string) []byte {
	o := r.config.spaces[serverSpace].byName[name]
	v, _ := r.configOption(o)
	return v
}

// build makes the reply (ack_lease, dhcp_reply, cons_options).
func (r *run) build() reply {
	var rep reply
	if next := r.parameter("next-server"); len(next) >= 4 {
		rep.siaddr = netip.AddrFrom4([4]byte(next[:4]))
	}
	file, sname := r.parameter("filename"), r.parameter("server-name")
	rep.file = field(file, fileField)
	rep.sname = field(sname, snameField)
	r.addLease()
	b := r.newBuffers(len(file) == 0, len(sname) == 0)
	list := r.priorities()
	for i, code := range list {
		if data, o := r.optionData(code); len(data) > 0 {
			if r.lastNULs && o != nil && o.hasText() {
				data = append(slices.Clip(data), 0)
			}
			b.store(byte(code), data, i == len(list)-1)
		}
	}
	rep.options = b.main.options
	if overload := b.overload(); overload != 0 {
		rep.options = append(rep.options, dhcpopts.Option{Code: dhcpopts.OptOverload, Data: []byte{overload}})
	}
	if b.file.used > 0 {
		rep.file = b.file.wire()
	}
	if b.sname.used > 0 {
		rep.sname = b.sname.wire()
	}
	if agent, ok := r.in[dhcpopts.OptRelayAgent]; ok {
		rep.options = append(rep.options, dhcpopts.Option{Code: dhcpopts.OptRelayAgent, Data: agent})
	}
	return rep
}

// field is a header field: cut to its size, without trailing zeros.
func field(b []byte, size int) []byte {
	return bytes.TrimRight(b[:min(len(b), size)], "\x00")
}

// addLease puts in the lease options that take up room. Their values are not
// part of an answer.
func (r *run) addLease() {
	inform := r.client.Message == dhcpopts.Inform
	lengths := map[int]int{1: 4, 51: 4, dhcpopts.OptMessageType: 1, dhcpopts.OptServerID: 4}
	for code, n := range lengths {
		o := r.config.spaces[dhcpSpace].byCode[code]
		if inform && code == 51 || r.out.get(dhcpSpace, code) != nil {
			continue
		}
		r.out.set("supersede", o, &expr{op: "data", data: make([]byte, n)})
	}
}

// priorities is the order in which options are stored: some always, then those
// of the request list in effect, else all there are (cons_options of
// common/options.c).
func (r *run) priorities() []int {
	list := []int{dhcpopts.OptMessageType, dhcpopts.OptServerID, 51, 58, 59, 56, 50, 92}
	request := r.requestList()
	for _, code := range request {
		if code != dhcpopts.OptRelayAgent {
			list = append(list, int(code))
		}
	}
	switch {
	case len(request) == 0:
		list = append(append(list, 1, 3, 6, 12, 81), r.configured()...)
		list = append(list, dhcpopts.OptVendor)
	case r.client.Message != dhcpopts.Inform:
		list = append(list, 1)
	}
	return unique(list)
}

// requestList is the list that a scope sets, else the client's.
func (r *run) requestList() []byte {
	if r.out.get(dhcpSpace, dhcpopts.OptRequestList) != nil {
		o := r.config.spaces[dhcpSpace].byCode[dhcpopts.OptRequestList]
		list, _ := r.configOption(o)
		return list
	}
	return r.in[dhcpopts.OptRequestList]
}

// configured lists the options set, in the order of dhcpd's hash table
// (compute_option_hash of includes/dhcpd.h): by bucket, the latest first. Then
// come the carriers of option spaces.
func (r *run) configured() []int {
	var buckets [17][]int
	for _, s := range r.out.list {
		if code := s.opt.code; s.opt.space == dhcpSpace && code != dhcpopts.OptRelayAgent {
			b := (code&31 + code>>5&31) % len(buckets)
			buckets[b] = slices.Insert(buckets[b], 0, code)
		}
	}
	var carriers []int
	for _, s := range r.config.spaces {
		if s.enc != nil && s.enc.space == dhcpSpace {
			carriers = append(carriers, s.enc.code)
		}
	}
	slices.Sort(carriers)
	return append(slices.Concat(buckets[:]...), carriers...)
}

// unique drops repetitions, the first stays.
func unique(list []int) []int {
	var once []int
	for _, code := range list {
		if !slices.Contains(once, code) {
			once = append(once, code)
		}
	}
	return once
}

// optionData is the value to send: what was set, or else the options of the
// space that the option carries.
func (r *run) optionData(code int) ([]byte, *option) {
	o := r.config.spaces[dhcpSpace].byCode[code]
	if s := r.out.get(dhcpSpace, code); s != nil {
		data, _ := r.data(s.value)
		return data, s.opt
	}
	if o == nil || len(o.format) < 2 || o.format[0] != 'E' {
		return nil, o
	}
	inner := o.format[1 : len(o.format)-1]
	if inner == "" {
		inner = string(r.parameter("vendor-option-space"))
	}
	return r.encapsulated(inner), o
}

// encapsulated writes the options of a space, each as code, length and value.
func (r *run) encapsulated(space string) []byte {
	var buckets [17][]byte
	for _, s := range r.out.list {
		if s.opt.space != space {
			continue
		}
		if data, ok := r.data(s.value); ok && len(data) < 256 {
			tlv := append([]byte{byte(s.opt.code), byte(len(data))}, data...)
			b := (s.opt.code&31 + s.opt.code>>5&31) % len(buckets)
			buckets[b] = append(tlv, buckets[b]...)
		}
	}
	return slices.Concat(buckets[:]...)
}
