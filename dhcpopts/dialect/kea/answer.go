package kea

import (
	"fmt"
	"slices"

	"pxekit/dhcpopts"
)

// query is one request with what Kea has found out about it.
type query struct {
	client  dhcpopts.Client
	options map[uint8][]byte
	classes []string // in the order they were given
}

func newQuery(c dhcpopts.Client) *query {
	q := &query{client: c, options: map[uint8][]byte{}}
	for _, o := range c.Options {
		q.options[o.Code] = append(q.options[o.Code], o.Data...)
	}
	put := func(code uint8, value []byte, present bool) {
		if present {
			q.options[code] = value
		}
	}
	var archs []byte
	for _, a := range c.Archs {
		archs = append(archs, byte(a>>8), byte(a))
	}
	put(dhcpopts.OptMessageType, []byte{q.message()}, true)
	put(dhcpopts.OptHostName, c.HostName, len(c.HostName) > 0)
	put(dhcpopts.OptRequestList, c.RequestList, c.RequestList != nil)
	put(dhcpopts.OptMaxSize, []byte{byte(c.MaxSize >> 8), byte(c.MaxSize)}, c.MaxSize > 0)
	put(dhcpopts.OptClass, c.VendorClass, len(c.VendorClass) > 0)
	put(dhcpopts.OptUserClass, c.UserClass, len(c.UserClass) > 0)
	put(dhcpopts.OptClientArch, archs, len(archs) > 0)
	put(dhcpopts.OptMachineID, c.MachineID, len(c.MachineID) > 0)
	return q
}

func (q *query) message() uint8 {
	if q.client.Message == 0 {
		return dhcpopts.Discover
	}
	return q.client.Message
}

// option is a value as expressions see it: a string is without its closing NULs
// (option_string.cc unpack).
func (q *query) option(code uint8) ([]byte, bool) {
	v, ok := q.options[code]
	if d, std := standardByCode(code); ok && std && d.types[0] == typeString {
		v = trimNUL(v)
	}
	return v, ok
}

func (q *query) relay(code uint8) ([]byte, bool) {
	return suboption(q.options[dhcpopts.OptRelayAgent], code)
}

// optionText is .text: a string itself, anything else a dump that no condition
// will match.
func optionText(code uint8, value []byte, present bool) string {
	if !present {
		return ""
	}
	if d, ok := standardByCode(code); ok && d.types[0] == typeString {
		return string(value)
	}
	return fmt.Sprintf("type=%03d, len=%03d: %x", code, len(value), value)
}

func (q *query) in(class string) bool { return slices.Contains(q.classes, class) }

func (q *query) add(class string) {
	if !q.in(class) {
		q.classes = append(q.classes, class)
	}
}

// evaluate adds the class if its condition holds.
func (q *query) evaluate(c class) {
	if c.test != nil && c.test.test(q) {
		q.add(c.name)
	}
}

// Answer is what Kea 2.2.0 sends to a client: header fields, and options in
// wire order, without those of the lease (see dhcpopts.Lease). The subnet is the
// first that has the client's relay, own address, or, for a client on the
// server's own link, the first of the file. Nothing for messages and ports that
// get no answer. What a reply copies from the request (options 61 and 82) is left
// out.
func (c *Config) Answer(client dhcpopts.Client) dhcpopts.Answer {
	q := newQuery(client)
	m := q.message()
	if m != dhcpopts.Discover && m != dhcpopts.Request && m != dhcpopts.Inform || client.Port != 0 && client.Port != 67 {
		return dhcpopts.Answer{}
	}
	if len(client.VendorClass) > 0 {
		q.add("VENDOR_CLASS_" + string(trimNUL(client.VendorClass)))
	}
	q.add("ALL")
	c.classify(q, false)
	net, sub := c.subnet(q)
	if sub == nil || q.in("DROP") {
		return dhcpopts.Answer{}
	}
	h := c.reservation(net, sub, q)
	c.afterLookup(q, h)
	p := sub.pool(q)
	c.classifyRequired(q, net.scope, sub.scope, p.scope)
	a := header(c.headers(q, h, net, sub))
	a.Options = withHostName(c.optionsFor(q, h, p.scope, sub.scope, net.scope), client)
	c.applyFlex(q, &a)
	a.Options = wire(a.Options)
	return a
}

// classify evaluates the classes in file order: those that need the host lookup
// afterwards, those that are only required not at all.
func (c *Config) classify(q *query, known bool) {
	for _, cl := range c.classes {
		if !cl.required && cl.known == known {
			q.evaluate(cl)
		}
	}
}

func (c *Config) afterLookup(q *query, h *host) {
	if h == nil {
		q.add("UNKNOWN")
	} else {
		for _, name := range h.classes {
			q.add(name)
		}
		q.add("KNOWN")
	}
	c.classify(q, true)
}

// classifyRequired evaluates what the client's network, subnet and pool require,
// in the order of their lists (dhcp4_srv.cc requiredClassify).
func (c *Config) classifyRequired(q *query, scopes ...scope) {
	for _, s := range scopes {
		for _, name := range s.required {
			if i, ok := c.byName[name]; ok {
				q.evaluate(c.classes[i])
			}
		}
	}
}

func (s scope) admits(q *query) bool { return s.guard == "" || q.in(s.guard) }

func (c *Config) subnet(q *query) (*network, *subnet) {
	at := q.client.GIAddr
	if !at.IsValid() || at.IsUnspecified() {
		at = q.client.CIAddr
	}
	local := !at.IsValid() || at.IsUnspecified()
	for i := range c.networks {
		net := &c.networks[i]
		for j := range net.subnets {
			s := &net.subnets[j]
			if (local || s.prefix.Contains(at)) && net.admits(q) && s.admits(q) {
				return net, s
			}
		}
	}
	return nil, nil
}

// pool is the one an address is taken from: which one an old lease is in cannot
// be known.
func (s *subnet) pool(q *query) pool {
	for _, p := range s.pools {
		if p.admits(q) {
			return p
		}
	}
	return pool{}
}

// reservation finds a host: in the subnet unless that is switched off, then
// among the global ones where they are switched on.
func (c *Config) reservation(net *network, s *subnet, q *query) *host {
	global, inSubnet := false, true
	for _, level := range []lookup{c.root.lookup, net.lookup, s.lookup} {
		if level.global != nil {
			global = *level.global
		}
		if level.subnet != nil {
			inSubnet = *level.subnet
		}
	}
	if global {
		if h := findHost(c.hosts, q); h != nil {
			return h
		}
	}
	if inSubnet {
		return findHost(s.hosts, q)
	}
	return nil
}

func findHost(hosts []host, q *query) *host {
	id := q.options[dhcpopts.OptClientID]
	for i, h := range hosts {
		if len(h.mac) > 0 && string(h.mac) == string(q.client.MAC) || len(h.clientID) > 0 && string(h.clientID) == string(id) {
			return &hosts[i]
		}
	}
	return nil
}

// headers lists the scopes in the order that decides header fields: host, then
// the classes, then subnet, network, global.
func (c *Config) headers(q *query, h *host, net *network, s *subnet) (scopes []scope) {
	if h != nil {
		scopes = append(scopes, h.scope)
	}
	scopes = append(scopes, c.classScopes(q)...)
	return append(scopes, s.scope, net.scope, c.root)
}

func (c *Config) classScopes(q *query) (scopes []scope) {
	for _, name := range q.classes {
		if i, ok := c.byName[name]; ok {
			scopes = append(scopes, c.classes[i].scope)
		}
	}
	return scopes
}

// header takes each field from the first scope that has it.
func header(scopes []scope) (a dhcpopts.Answer) {
	for _, s := range scopes {
		if !a.HasServer() && s.nextServer.IsValid() {
			a.SIAddr = s.nextServer
		}
		if len(a.SName) == 0 {
			a.SName = trimNUL(s.sname)
		}
		if len(a.File) == 0 {
			a.File = trimNUL(s.file)
		}
	}
	return a
}

// optionsFor collects the options: host, pool, subnet, shared network, classes,
// global (dhcp4_srv.cc buildCfgOptionList); the first scope that has one sends
// it, if the client lists it or any scope says always-send.
func (c *Config) optionsFor(q *query, h *host, scopes ...scope) (sent []dhcpopts.Option) {
	if h != nil {
		scopes = append([]scope{h.scope}, scopes...)
	}
	scopes = append(append(scopes, c.classScopes(q)...), c.root)
	wanted := slices.Clone(q.client.RequestList)
	for _, s := range scopes {
		for _, o := range s.options {
			if o.always && o.space == mainSpace {
				wanted = append(wanted, o.code)
			}
		}
	}
	slices.Sort(wanted)
	for _, code := range slices.Compact(wanted) {
		if value, ok := firstOption(scopes, code); ok && !dhcpopts.Lease(code) {
			sent = append(sent, dhcpopts.Option{Code: code, Data: value})
		}
	}
	return sent
}

func firstOption(scopes []scope, code uint8) ([]byte, bool) {
	for _, s := range scopes {
		for _, o := range s.options {
			if o.space == mainSpace && o.code == code {
				return s.encapsulated(o), true
			}
		}
	}
	return nil, false
}

// encapsulated packs the options of the space that o encapsulates behind it.
func (s scope) encapsulated(o optionData) []byte {
	if o.encapsulate == "" {
		return o.value
	}
	var subs [][]byte
	for _, sub := range s.options {
		if sub.space == o.encapsulate {
			subs = append(subs, append([]byte{sub.code, byte(len(sub.value))}, sub.value...))
		}
	}
	return append(slices.Clone(o.value), packSub(subs)...)
}

// applyFlex runs the hook over the options of the reply (flex_option.h process):
// by code, entries of one code in file order. An empty value does nothing.
func (c *Config) applyFlex(q *query, a *dhcpopts.Answer) {
	entries := slices.Clone(c.flex)
	slices.SortStableFunc(entries, func(x, y flexOption) int { return int(x.code) - int(y.code) })
	for _, f := range entries {
		if f.onlyClass != "" && !q.in(f.onlyClass) {
			continue
		}
		_, present := a.Get(f.code)
		without := func() {
			a.Options = slices.DeleteFunc(a.Options, func(o dhcpopts.Option) bool { return o.Code == f.code })
		}
		if f.action == "remove" {
			if f.value.test(q) {
				without()
			}
			continue
		}
		if value := f.result(q); len(value) > 0 && (f.action == "supersede" || !present) {
			without()
			a.Options = append(a.Options, dhcpopts.Option{Code: f.code, Data: value})
		}
	}
}

func (f flexOption) result(q *query) []byte {
	text := f.value.text(q)
	if f.def == nil || text == "" {
		return []byte(text)
	}
	value, err := f.def.fromText(text)
	if err != nil {
		return nil
	}
	return value
}

// chunk is the most an instance carries: Kea splits longer options at 253.
const chunk = 253

// wire puts options in the order and the pieces of the packet.
func wire(options []dhcpopts.Option) (out []dhcpopts.Option) {
	slices.SortStableFunc(options, func(a, b dhcpopts.Option) int { return int(a.Code) - int(b.Code) })
	for _, o := range options {
		for len(o.Data) > chunk {
			out = append(out, dhcpopts.Option{Code: o.Code, Data: o.Data[:chunk]})
			o.Data = o.Data[chunk:]
		}
		out = append(out, o)
	}
	return out
}
