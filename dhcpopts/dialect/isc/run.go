package isc

import (
	"bytes"
	"net/netip"
	"slices"

	"pxekit/dhcpopts"
)

const optClientID = dhcpopts.OptClientID

// run is one request on its way through the scopes.
type run struct {
	config   *Config
	client   dhcpopts.Client
	in       map[int][]byte // the client's options
	lastNULs bool           // the client closes its host name with a NUL
	known    bool
	fixed    bool
	leased   netip.Addr
	hostName string
	out      *settings
	vars     map[string]value
}

// settings are the options and parameters collected for the reply. The order in
// which they were first set is kept.
type settings struct {
	list []*setting
}

type setting struct {
	opt   *option
	value *expr
	busy  bool // its value is being made, and asks for itself
}

func (s *settings) get(space string, code int) *setting {
	for _, x := range s.list {
		if x.opt.space == space && x.opt.code == code {
			return x
		}
	}
	return nil
}

// set is set_option of common/options.c.
func (s *settings) set(how string, o *option, e *expr) {
	old := s.get(o.space, o.code)
	switch {
	case old == nil:
		s.list = append(s.list, &setting{opt: o, value: e})
	case how == "append":
		old.value = &expr{op: "concat", args: []*expr{old.value, e}}
	case how == "prepend":
		old.value = &expr{op: "concat", args: []*expr{e, old.value}}
	case how == "supersede":
		old.opt, old.value = o, e
	}
}

// newRun takes in a client's message.
func newRun(c *Config, client dhcpopts.Client) *run {
	r := &run{config: c, client: client, in: map[int][]byte{}, out: &settings{}, vars: map[string]value{}}
	for _, o := range clientOptions(client) {
		r.in[int(o.Code)] = append(r.in[int(o.Code)], o.Data...)
	}
	for code, data := range r.in {
		if o := c.spaces[dhcpSpace].byCode[code]; o != nil && o.hasText() {
			// Closing NULs of text options are taken off on the way in
			// (save_option_buffer of common/options.c).
			r.in[code] = bytes.TrimRight(data, "\x00")
			r.lastNULs = r.lastNULs || code == dhcpopts.OptHostName && len(r.in[code]) < len(data)
		}
	}
	return r
}

// clientOptions are the options of a client's message.
func clientOptions(c dhcpopts.Client) []dhcpopts.Option {
	message := c.Message
	if message == 0 {
		message = dhcpopts.Discover
	}
	options := []dhcpopts.Option{{Code: dhcpopts.OptMessageType, Data: []byte{message}}}
	add := func(code uint8, data []byte) {
		if data != nil {
			options = append(options, dhcpopts.Option{Code: code, Data: data})
		}
	}
	add(dhcpopts.OptHostName, c.HostName)
	add(dhcpopts.OptRequestList, c.RequestList)
	if c.MaxSize != 0 {
		add(dhcpopts.OptMaxSize, integer(uint32(c.MaxSize), 16))
	}
	add(dhcpopts.OptClass, c.VendorClass)
	add(dhcpopts.OptUserClass, c.UserClass)
	var archs []byte
	for _, a := range c.Archs {
		archs = append(archs, integer(uint32(a), 16)...)
	}
	add(dhcpopts.OptClientArch, archs)
	add(dhcpopts.OptMachineID, c.MachineID)
	return append(options, c.Options...)
}

// reply executes all scopes in dhcpd's order (ack_lease and dhcpinform of
// server/dhcp.c) and builds the reply; ok is false when there is none.
func (c *Config) reply(client dhcpopts.Client) (rep reply, ok bool) {
	r := newRun(c, client)
	place, ok := r.locate()
	if !ok {
		return reply{}, false
	}
	r.scope(place.subnet.group, nil)
	limit := place.subnet.group
	if place.pool != nil {
		r.scope(place.pool.group, place.network.group)
		limit = place.pool.group
	}
	matched := r.classes()
	for _, g := range slices.Backward(matched) {
		r.scope(g, limit)
	}
	if place.host != nil {
		r.scope(place.host.group, limit)
	}
	return r.build(), true
}

// place is where a client's address comes from.
type place struct {
	network *network
	subnet  *subnet
	pool    *pool
	host    *host
}

// locate finds the client's host, network, pool and address.
func (r *run) locate() (place, bool) {
	if r.client.Port != 0 && r.client.Port != 67 {
		return place{}, false
	}
	n := r.network()
	if n == nil || len(n.subnets) == 0 {
		return place{}, false
	}
	p := place{network: n, subnet: n.subnets[0]}
	p.host = r.findHost(n)
	r.known = p.host != nil
	if p.host != nil {
		r.hostName = p.host.name
	}
	switch {
	case r.client.Message == dhcpopts.Inform:
		return p, true
	case p.host != nil && len(p.host.fixed) > 0:
		return r.lease(p, n.within(p.host.fixed)), true
	}
	p.pool = r.findPool(n)
	if p.pool == nil {
		return place{}, false
	}
	return r.lease(p, p.pool.first), true
}

// lease settles the address.
func (r *run) lease(p place, address netip.Addr) place {
	r.leased, r.fixed = address, p.pool == nil
	for _, s := range p.network.subnets {
		if s.prefix.Contains(address) {
			p.subnet = s
		}
	}
	return p
}

// network is the one that holds the relay's or the client's address, else the
// first.
func (r *run) network() *network {
	for _, address := range []netip.Addr{r.client.GIAddr, r.client.CIAddr} {
		if !address.IsValid() || address.IsUnspecified() {
			continue
		}
		for _, n := range r.config.networks {
			if n.within([]netip.Addr{address}).IsValid() {
				return n
			}
		}
		return nil
	}
	if len(r.config.networks) == 0 {
		return nil
	}
	return r.config.networks[0]
}

// within is the first of the addresses that lies in the network.
func (n *network) within(addresses []netip.Addr) netip.Addr {
	for _, a := range addresses {
		for _, s := range n.subnets {
			if s.prefix.Contains(a) {
				return a
			}
		}
	}
	return netip.Addr{}
}

// findHost prefers a declaration with an address on this network over one with
// none, by client identifier before hardware address (find_lease of
// server/dhcp.c).
func (r *run) findHost(n *network) *host {
	var found []*host
	id, hasID := r.in[optClientID]
	for _, h := range r.config.hosts {
		if h.clientID == nil || !hasID {
			continue
		}
		if v, ok := r.data(h.clientID); ok && bytes.Equal(v, id) {
			found = append(found, h)
		}
	}
	for _, h := range r.config.hosts {
		if h.hardware != nil && bytes.Equal(h.hardware, r.hardware()) {
			found = append(found, h)
		}
	}
	for _, h := range found {
		if n.within(h.fixed).IsValid() {
			return h
		}
	}
	for _, h := range found {
		if len(h.fixed) == 0 {
			return h
		}
	}
	return nil
}

func (r *run) hardware() []byte { return append([]byte{1}, r.client.MAC...) }

// findPool is the first pool that has addresses and lets the client in.
func (r *run) findPool(n *network) *pool {
	for _, p := range n.pools {
		if p.first.IsValid() && (len(p.allow) == 0 || r.permitted(p.allow)) && !r.permitted(p.deny) {
			return p
		}
	}
	return nil
}

func (r *run) permitted(list []permit) bool {
	return slices.ContainsFunc(list, func(p permit) bool {
		switch p.what {
		case "known-clients":
			return r.known
		case "unknown-clients":
			return !r.known
		case "all-clients":
			return true
		case "members":
			return r.memberOf(p.class)
		}
		return false
	})
}

func (r *run) memberOf(name string) bool {
	for _, c := range r.config.classes {
		if c.name == name {
			_, ok := r.matches(c)
			return ok
		}
	}
	return false
}

// classes are the scopes of the classes the client is in, in declared order.
func (r *run) classes() []*group {
	var groups []*group
	for _, c := range r.config.classes {
		if g, ok := r.matches(c); ok {
			groups = append(groups, g)
		}
	}
	return groups
}

// matches is check_collection of server/class.c for one class.
func (r *run) matches(c *class) (*group, bool) {
	if c.match != nil {
		if !r.truth(c.match) {
			return nil, false
		}
		if c.submatch == nil {
			return c.group, true
		}
	}
	if c.submatch == nil {
		return nil, false
	}
	v, ok := r.data(c.submatch)
	if !ok || len(v) == 0 {
		return nil, false
	}
	for _, s := range c.subclasses {
		if bytes.Equal(s.value, v) {
			return s.group, true
		}
	}
	return nil, false
}

// scope executes a group's statements, those around it first, but none that the
// limit stands in: they have been executed
// (execute_statements_in_scope of common/execute.c).
func (r *run) scope(g, limit *group) {
	for l := limit; l != nil; l = l.outer {
		if l == g {
			return
		}
	}
	if g.outer != nil {
		r.scope(g.outer, limit)
	}
	r.execute(g.statements)
}

func (r *run) execute(all []statement) bool {
	for _, s := range all {
		if !s.exec(r) {
			return false
		}
	}
	return true
}

func (s *assignment) exec(r *run) bool {
	r.out.set(s.how, s.opt, s.value)
	return true
}

func (s *conditional) exec(r *run) bool {
	for _, b := range s.branches {
		if r.truth(b.cond) {
			return r.execute(b.body)
		}
	}
	return r.execute(s.other)
}

// exec runs from the first label that holds, else from the default, up to a
// break.
func (s *switching) exec(r *run) bool {
	on, ok := r.eval(s.on)
	start := -1
	for i, x := range s.body {
		l, isLabel := x.(label)
		if !isLabel {
			continue
		}
		if l.value == nil && start < 0 {
			start = i
		}
		if l.value == nil {
			continue
		}
		if v, has := r.eval(l.value); ok && has && v.equal(on) {
			start = i
			break
		}
	}
	if start >= 0 {
		r.execute(s.body[start:])
	}
	return true
}

func (label) exec(*run) bool    { return true }
func (breaking) exec(*run) bool { return false }

func (s *variable) exec(r *run) bool {
	delete(r.vars, s.name)
	if s.value == nil {
		return true
	}
	if v, ok := r.eval(s.value); ok {
		r.vars[s.name] = v
	}
	return true
}
