package kea

import (
	"encoding/hex"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// loader turns nodes into a Config. The first refusal is kept and ends the rest.
type loader struct {
	conf *Config
	err  error
}

func (l *loader) fail(pos Pos, format string, args ...any) {
	if l.err == nil {
		l.err = fail(pos, format, args...)
	}
}

// member returns a member of the kind that must be there, or nil.
func (l *loader) member(n *Node, key string, kind Kind) *Node {
	m := n.Get(key)
	if m == nil {
		return nil
	}
	if m.Kind != kind {
		l.fail(m.Pos, "syntax error, unexpected %s, expecting %s for %q", m.Kind, kind, key)
		return nil
	}
	return m
}

func (l *loader) text(n *Node, key string) (string, bool) {
	if m := l.member(n, key, String); m != nil {
		return m.Str, true
	}
	return "", false
}

// flag is nil when the map does not say.
func (l *loader) flag(n *Node, key string) *bool {
	if m := l.member(n, key, Bool); m != nil {
		return &m.Bool
	}
	return nil
}

func (l *loader) isSet(n *Node, key string) bool {
	f := l.flag(n, key)
	return f != nil && *f
}

// items returns the members of a list, each a map.
func (l *loader) items(n *Node, key string) []*Node {
	list := l.member(n, key, List)
	if list == nil {
		return nil
	}
	for _, item := range list.Items {
		if item.Kind != Map {
			l.fail(item.Pos, "syntax error, unexpected %s in %q, expecting a map", item.Kind, key)
			return nil
		}
	}
	return list.Items
}

func (l *loader) names(n *Node, key string) (names []string) {
	list := l.member(n, key, List)
	if list == nil {
		return nil
	}
	for _, item := range list.Items {
		if item.Kind != String {
			l.fail(item.Pos, "syntax error, unexpected %s in %q, expecting a string", item.Kind, key)
			return nil
		}
		names = append(names, item.Str)
	}
	return names
}

// only refuses keys that the grammar does not know in this place.
func (l *loader) only(n *Node, what string, keys ...string) {
	for _, m := range n.Members {
		if !slices.Contains(keys, m.Key) {
			l.fail(m.Pos, "got unexpected keyword %q in %s map", m.Key, what)
		}
	}
}

func (l *loader) top(root *Node) {
	dhcp4 := root.Get("Dhcp4")
	if dhcp4 == nil || dhcp4.Kind != Map {
		l.fail(root.Pos, "mandatory 'Dhcp4' map is missing")
		return
	}
	l.only(root, "toplevel", "Dhcp4")
	c := l.conf
	for _, n := range l.items(dhcp4, "option-def") {
		if d, space := l.definition(n); space == mainSpace {
			l.overrides(n, d)
			c.defs = append(c.defs, d)
		} else {
			c.defs = append(c.defs, d.in(space))
		}
	}
	c.root = l.scope(dhcp4, c.defs, globalPlace)
	for _, n := range l.items(dhcp4, "client-classes") {
		l.class(n)
	}
	for _, n := range l.items(dhcp4, "shared-networks") {
		net := network{scope: l.scope(n, c.defs, networkPlace)}
		net.subnets = l.subnets(n)
		c.networks = append(c.networks, net)
	}
	for _, s := range l.subnets(dhcp4) {
		c.networks = append(c.networks, network{subnets: []subnet{s}})
	}
	c.hosts = l.hosts(dhcp4)
	for _, n := range l.items(dhcp4, "hooks-libraries") {
		l.hook(n)
	}
}

// place is what Kea checks of header fields and options at one level; all
// measured with kea-dhcp4 -t.
type place struct {
	file, sname int  // the longest, in octets
	lenient     bool // next-server may be anything
	broadcast   bool // next-server may be 255.255.255.255
	defined     bool // option-data needs a definition unless it says csv-format
}

var (
	globalPlace  = place{file: math.MaxInt, sname: math.MaxInt, lenient: true, defined: true}
	networkPlace = place{file: 128, sname: 63, broadcast: true}
	classPlace   = place{file: 128, sname: 63}
	hostPlace    = place{file: 127, sname: 63}
)

func (l *loader) scope(n *Node, defs []definition, at place) scope {
	s := scope{
		options:  l.optionList(n, defs, at.defined),
		required: l.names(n, "require-client-classes"),
		lookup:   lookup{l.flag(n, "reservations-global"), l.flag(n, "reservations-in-subnet")},
	}
	s.guard, _ = l.text(n, "client-class")
	if text, ok := l.text(n, "next-server"); ok {
		s.nextServer = l.nextServer(n, text, at)
	}
	file, _ := l.text(n, "boot-file-name")
	if len(file) > at.file {
		l.fail(n.Get("boot-file-name").Pos, "boot file length must not exceed %d", at.file)
	}
	sname, _ := l.text(n, "server-hostname")
	if len(sname) > at.sname {
		l.fail(n.Get("server-hostname").Pos, "server hostname length must not exceed %d", at.sname)
	}
	s.file, s.sname = []byte(file), []byte(sname)
	return s
}

func (l *loader) nextServer(n *Node, text string, at place) netip.Addr {
	addr, err := netip.ParseAddr(text)
	all := netip.AddrFrom4([4]byte{255, 255, 255, 255})
	if pos := n.Get("next-server").Pos; !at.lenient && err != nil {
		l.fail(pos, "Failed to convert string to address '%s': Invalid argument", text)
	} else if !at.lenient && (!addr.Is4() || addr == all && !at.broadcast) {
		l.fail(pos, "invalid next server address '%s'", text)
	}
	if !addr.Is4() {
		return netip.Addr{}
	}
	return addr
}

func (l *loader) class(n *Node) {
	c := l.conf
	l.only(n, "client-classes", "name", "test", "option-def", "option-data", "next-server", "server-hostname", "boot-file-name",
		"only-if-required", "user-context", "comment", "valid-lifetime", "min-valid-lifetime", "max-valid-lifetime")
	defs := slices.Clone(c.defs)
	for _, d := range l.items(n, "option-def") {
		def, space := l.definition(d)
		if space != mainSpace || !deferred(def.code) {
			l.fail(d.Pos, "Not allowed option definition for code '%d' in space '%s'", def.code, space)
		}
		defs = append([]definition{def}, defs...)
	}
	cl := class{scope: l.scope(n, defs, classPlace), required: l.isSet(n, "only-if-required")}
	cl.name, _ = l.text(n, "name")
	if cl.name == "" {
		l.fail(n.Pos, "not empty parameter 'name' is required")
	}
	if _, dup := c.byName[cl.name]; dup {
		l.fail(n.Pos, "Can't add class: Client class: %s already exists", cl.name)
	}
	if test, ok := l.text(n, "test"); ok {
		e, err := parseTest(test, c.knows)
		if err != nil {
			l.fail(n.Get("test").Pos, "expression: [%s] error: %s", test, err)
		}
		cl.test, cl.known = &e, e.known
	}
	c.byName[cl.name] = len(c.classes)
	c.classes = append(c.classes, cl)
}

// knows is what member() may name at this point of the file.
func (c *Config) knows(name string) (defined, known bool) {
	if builtIn(name) {
		return true, name == "KNOWN" || name == "UNKNOWN"
	}
	i, defined := c.byName[name]
	return defined, defined && c.classes[i].known
}

func (l *loader) subnets(n *Node) (subnets []subnet) {
	for _, m := range l.items(n, "subnet4") {
		s := subnet{scope: l.scope(m, l.conf.defs, networkPlace), hosts: l.hosts(m)}
		text, _ := l.text(m, "subnet")
		prefix, err := netip.ParsePrefix(text)
		if err != nil || !prefix.Addr().Is4() {
			l.fail(m.Pos, "subnet configuration failed: mandatory 'subnet' parameter is missing or wrong: %q", text)
			return nil
		}
		s.prefix = prefix.Masked()
		for _, p := range l.items(m, "pools") {
			s.pools = append(s.pools, l.pool(p))
		}
		subnets = append(subnets, s)
	}
	return subnets
}

// pool takes a prefix or a range; the blanks around the dash are free.
func (l *loader) pool(n *Node) pool {
	p := pool{scope: l.scope(n, l.conf.defs, networkPlace)}
	text, _ := l.text(n, "pool")
	low, high, isRange := strings.Cut(strings.ReplaceAll(text, " ", ""), "-")
	var err1, err2 error
	if isRange {
		p.low, err1 = netip.ParseAddr(low)
		p.high, err2 = netip.ParseAddr(high)
	} else {
		var prefix netip.Prefix
		prefix, err1 = netip.ParsePrefix(low)
		p.low, p.high = prefix.Addr(), prefix.Addr()
	}
	if err1 != nil || err2 != nil || p.high.Less(p.low) {
		l.fail(n.Pos, "Failed to create pool defined by: %s", text)
	}
	return p
}

func (l *loader) hosts(n *Node) (hosts []host) {
	for _, m := range l.items(n, "reservations") {
		h := host{scope: l.scope(m, l.conf.defs, hostPlace), classes: l.names(m, "client-classes")}
		h.mac = l.identifier(m, "hw-address")
		h.clientID = l.identifier(m, "client-id")
		l.resource(m, h)
		hosts = append(hosts, h)
	}
	return hosts
}

func (l *loader) identifier(n *Node, key string) []byte {
	text, ok := l.text(n, key)
	if !ok {
		return nil
	}
	b, err := hex.DecodeString(strings.NewReplacer(":", "", " ", "").Replace(text))
	if err != nil {
		b, err = literal(text)
	}
	if err != nil {
		l.fail(n.Get(key).Pos, "invalid host identifier value '%s'", text)
	}
	return b
}

// resource refuses a reservation that reserves nothing (host_reservation_parser.cc).
func (l *loader) resource(n *Node, h host) {
	given := h.nextServer.IsValid() && !h.nextServer.IsUnspecified() || len(h.file)+len(h.sname)+len(h.options)+len(h.classes) > 0
	for _, key := range []string{"hostname", "ip-address"} {
		text, _ := l.text(n, key)
		given = given || text != ""
	}
	if !given {
		l.fail(n.Pos, "reservation must include at least one resource, i.e. hostname, IPv4 address, IPv6 address/prefix, options")
	}
}

// code reads an option's number.
func (l *loader) code(n *Node) (code uint8, ok bool) {
	m := l.member(n, "code", Int)
	if m == nil {
		return 0, false
	}
	v, err := strconv.ParseUint(m.Str, 10, 8)
	if err != nil || v == 0 || v == 255 {
		l.fail(m.Pos, "invalid option code '%s'", m.Str)
	}
	return uint8(v), true
}
