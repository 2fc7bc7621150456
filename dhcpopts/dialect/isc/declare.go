package isc

import (
	"net/netip"
	"strings"
)

// scope is where a statement stands (the "type" of server/confpars.c).
type scope int

const (
	scopeRoot scope = iota
	scopeNetwork
	scopeSubnet
	scopeGroup
	scopeHost
	scopeClass
	scopePool
)

// block reads statements up to the closing brace, or at the root to the end of
// the file. h is the host, in one.
func (p *parser) block(in scope, g *group, h *host) {
	defer p.leave()
	if !p.enter() {
		return
	}
	declared := false
	for p.lex.err == nil {
		switch t := p.lex.peek(); {
		case t.kind == endOfFile && in == scopeRoot:
			return
		case t.kind == endOfFile:
			p.lex.fail(t.pos, "unexpected end of file")
		case t.is("}") && in != scopeRoot:
			p.lex.next()
			return
		case p.declaration(strings.ToLower(t.text), in, g, h):
			declared = true
		case p.lex.err != nil:
		case !p.parameter(in, g, declared):
			return
		}
	}
}

// parameter reads one executable statement into a group.
func (p *parser) parameter(in scope, g *group, declared bool) bool {
	t := p.lex.peek()
	s, ok := p.statement(in == scopeRoot)
	switch {
	case !ok && declared:
		p.lex.fail(t.pos, "expecting a declaration")
	case !ok:
		p.lex.fail(t.pos, "expecting a parameter or declaration")
	case s != nil:
		g.statements = append(g.statements, s)
	}
	return ok
}

// inNetwork are declarations that only some scopes take.
var inNetwork = map[string][]scope{
	"shared-network": {scopeRoot, scopeGroup},
	"subnet":         {scopeRoot, scopeGroup, scopeNetwork, scopePool},
	"subnet6":        {scopeRoot, scopeGroup, scopeNetwork, scopePool},
	"group":          {scopeRoot, scopeGroup, scopeNetwork, scopeSubnet, scopePool},
	"host":           {scopeRoot, scopeGroup, scopeNetwork, scopeSubnet, scopePool},
	"pool":           {scopeNetwork, scopeSubnet},
	"pool6":          {scopeSubnet},
	"range":          {scopeSubnet, scopePool},
	"class":          {scopeRoot, scopeGroup, scopeNetwork, scopeSubnet, scopeHost, scopePool},
	"hardware":       {scopeHost},
	"fixed-address":  {scopeHost},
}

// refusals words what dhcpd says when a declaration stands elsewhere.
var refusals = map[string]string{
	"shared-network": "shared-network parameters not allowed here.",
	"subnet":         "subnet declarations not allowed here.", "subnet6": "subnet declarations not allowed here.",
	"group": "group declarations not allowed here.", "host": "host declarations not allowed here.",
	"pool": "pool declared outside of network", "pool6": "pool6 declared outside of network",
	"range": "range declaration not allowed here.", "class": "class declarations not allowed here.",
	"hardware": "hardware address parameter not allowed here.", "fixed-address": "fixed-address parameter not allowed here.",
}

// declaration reads what is no executable statement, and reports whether there
// was one.
func (p *parser) declaration(word string, in scope, g *group, h *host) bool {
	if scopes, ok := inNetwork[word]; ok && !contains(scopes, in) {
		p.lex.fail(p.lex.peek().pos, "%s", refusals[word])
		return false
	}
	switch word {
	case "include":
		p.lex.fail(p.lex.peek().pos, "include is not followed: put the file's text in its place")
	case "host":
		p.host(g)
	case "group":
		p.group(g)
	case "shared-network":
		p.sharedNetwork(g)
	case "subnet":
		p.subnet(g)
	case "class", "subclass", "vendor-class", "user-class":
		p.class(word, g)
	case "pool":
		p.pool(g)
	case "range":
		p.rangeIn(g)
	case "hardware":
		p.hardware(h)
	case "fixed-address":
		p.fixedAddress(h)
	case "subnet6", "pool6", "range6", "prefix6", "fixed-address6", "fixed-prefix6", "failover", "zone", "key", "server-duid", "host-identifier":
		p.skipStatement()
	default:
		return false
	}
	return p.lex.err == nil
}

func contains(scopes []scope, s scope) bool {
	for _, x := range scopes {
		if x == s {
			return true
		}
	}
	return false
}

// skipStatement skips to the semicolon, or over a block.
func (p *parser) skipStatement() {
	for depth := 0; ; {
		t := p.lex.next()
		switch {
		case t.kind == endOfFile:
			p.lex.fail(t.pos, "unexpected end of file")
			return
		case t.is("{"):
			depth++
		case t.is("}"):
			depth--
		}
		if depth == 0 && (t.is(";") || t.is("}")) {
			return
		}
	}
}

// skipTo leaves the given symbol as the next token.
func (p *parser) skipTo(word string) {
	for t := p.lex.peek(); t.kind != endOfFile && !t.is(word); t = p.lex.peek() {
		p.lex.next()
	}
}

// skipParens skips from an opening parenthesis to behind its match.
func (p *parser) skipParens() {
	for depth := 0; ; {
		t := p.lex.next()
		switch {
		case t.kind == endOfFile:
			p.lex.fail(t.pos, "Right parenthesis expected.")
			return
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
		}
		if depth == 0 {
			return
		}
	}
}

func (p *parser) openBrace() { p.expect("{", "expecting left brace.") }

func (p *parser) host(g *group) {
	p.lex.next()
	h := &host{group: g.inner()}
	if t := p.lex.peek(); t.kind == str {
		h.name = p.lex.next().text
	} else {
		h.name = p.hostName()
	}
	p.openBrace()
	p.block(scopeHost, h.group, h)
	for _, s := range h.group.statements {
		if set, ok := s.(*assignment); ok && set.opt.space == dhcpSpace && set.opt.code == optClientID {
			h.clientID = set.value
		}
	}
	p.config.hosts = append(p.config.hosts, h)
}

func (p *parser) group(g *group) {
	p.lex.next()
	if t := p.lex.peek(); t.kind == str || t.identifier() {
		p.lex.next()
	}
	p.openBrace()
	p.block(scopeGroup, g.inner(), nil)
}

func (p *parser) sharedNetwork(g *group) {
	p.lex.next()
	if p.lex.peek().kind == str {
		p.lex.next()
	} else {
		p.hostName()
	}
	p.openBrace()
	n := p.newNetwork(g)
	p.block(scopeNetwork, n.group, nil)
}

func (p *parser) newNetwork(g *group) *network {
	n := &network{group: g.inner()}
	n.group.network = n
	p.config.networks = append(p.config.networks, n)
	return n
}

func (p *parser) subnet(g *group) {
	p.lex.next()
	n := g.network
	if n == nil {
		n = p.newNetwork(g)
	}
	at := p.lex.peek().pos
	address := p.dotted()
	p.expect("netmask", "Expecting netmask")
	bits, ok := maskBits(p.dotted())
	prefix := netip.PrefixFrom(address, bits)
	if !ok || prefix.Masked() != prefix {
		p.lex.fail(at, "subnet %s netmask: bad subnet number/mask combination.", address)
	}
	s := &subnet{prefix: prefix, group: n.group.inner()}
	s.group.subnet = s
	n.subnets = append(n.subnets, s)
	p.openBrace()
	p.block(scopeSubnet, s.group, nil)
}

// maskBits counts the leading ones; ok is false when others follow.
func maskBits(mask netip.Addr) (bits int, ok bool) {
	b := mask.As4()
	m := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	for bits < 32 && m&(1<<(31-bits)) != 0 {
		bits++
	}
	return bits, m<<bits == 0
}

// rangeIn reads a range outside a pool: dhcpd makes it a pool of the network.
func (p *parser) rangeIn(g *group) {
	first := p.addressRange()
	n := g.network
	n.pools = append(n.pools, &pool{group: n.group.inner(), first: first})
}

func (p *parser) addressRange() netip.Addr {
	p.lex.next()
	if p.lex.peek().is("dynamic-bootp") {
		p.lex.next()
	}
	first := p.dotted()
	if !p.lex.peek().is(";") {
		p.dotted()
	}
	p.semicolon()
	return first
}

func (p *parser) hardware(h *host) {
	p.lex.next()
	kind := p.lex.next()
	types := map[string]byte{"ethernet": 1, "token-ring": 6, "fddi": 8, "infiniband": 32}
	htype, ok := types[strings.ToLower(kind.text)]
	if !ok {
		p.lex.fail(kind.pos, "expecting a network hardware type")
	}
	h.hardware = append([]byte{htype}, p.hexList()...)
	p.semicolon()
}

func (p *parser) fixedAddress(h *host) {
	p.lex.next()
	for {
		if a, ok := p.address(); ok {
			h.fixed = append(h.fixed, a)
		}
		if !p.lex.peek().is(",") {
			break
		}
		p.lex.next()
	}
	p.semicolon()
}
