package isc

import "strings"

// class reads "class NAME { … }" or "subclass NAME VALUE { … }" (and the older
// vendor-class and user-class, which are subclasses of two implicit classes).
func (p *parser) class(word string, g *group) {
	p.lex.next()
	t := p.lex.next()
	if t.kind != str {
		p.lex.fail(t.pos, "Expecting class name")
		return
	}
	c := p.findClass(t.text)
	if word == "class" {
		if c == nil {
			c = &class{name: t.text, group: g.inner()}
			p.config.classes = append(p.config.classes, c)
		}
		p.openBrace()
		p.classBlock(c)
		return
	}
	if c == nil {
		p.lex.fail(t.pos, "no class named %s", t.text)
		return
	}
	p.subclass(c)
}

func (p *parser) findClass(name string) *class {
	for _, c := range p.config.classes {
		if c.name == name {
			return c
		}
	}
	return nil
}

// classBlock reads a class: match, spawn and lease limit are its own, the rest
// are statements.
func (p *parser) classBlock(c *class) {
	for p.lex.err == nil {
		switch t := p.lex.peek(); {
		case t.kind == endOfFile:
			p.lex.fail(t.pos, "unexpected end of file")
		case t.is("}"):
			p.lex.next()
			return
		case t.is("match"):
			p.match(c)
		case t.is("spawn"):
			p.lex.next()
			p.expect("with", "expecting with after spawn")
			c.submatch = p.typed(dataSort, "expecting data expr.")
			p.semicolon()
		case t.is("lease"):
			p.skipStatement()
		case p.declaration(strings.ToLower(t.text), scopeClass, c.group, nil):
		default:
			p.parameter(scopeClass, c.group, false)
		}
	}
}

func (p *parser) match(c *class) {
	at := p.lex.next().pos
	if !p.lex.peek().is("if") {
		c.submatch = p.typed(dataSort, "expecting data expr.")
		p.semicolon()
		return
	}
	p.lex.next()
	if c.match != nil {
		p.lex.fail(at, "A class may only have one 'match if' clause.")
	}
	c.match = p.typed(booleanSort, "Expecting a boolean expression.")
	p.semicolon()
}

func (p *parser) subclass(c *class) {
	t := p.lex.peek()
	var value []byte
	switch {
	case t.kind == str:
		value = []byte(p.lex.next().text)
	case t.numeric():
		value = p.hexList()
	default:
		p.lex.fail(t.pos, "Expecting string or hex list.")
	}
	s := &subclass{value: value, group: c.group.inner()}
	c.subclasses = append(c.subclasses, s)
	if p.lex.peek().is(";") {
		p.lex.next()
		return
	}
	p.openBrace()
	p.block(scopeClass, s.group, nil)
}

// pool reads "pool { … }": ranges, permissions and statements.
func (p *parser) pool(g *group) {
	p.lex.next()
	p.openBrace()
	n := g.network
	po := &pool{group: g.inner()}
	n.pools = append(n.pools, po)
	for p.lex.err == nil {
		switch t := p.lex.peek(); {
		case t.kind == endOfFile:
			p.lex.fail(t.pos, "unexpected end of file")
		case t.is("}"):
			p.lex.next()
			return
		case t.is("range"):
			if first := p.addressRange(); !po.first.IsValid() {
				po.first = first
			}
		case t.is("allow"):
			po.allow = append(po.allow, p.permit())
		case t.is("deny"):
			po.deny = append(po.deny, p.permit())
		case t.is("failover"), t.is("no"):
			p.skipStatement()
		case t.is("pool"):
			p.lex.fail(t.pos, "pool declared within pool.")
		case p.declaration(strings.ToLower(t.text), scopePool, po.group, nil):
		default:
			p.parameter(scopePool, po.group, false)
		}
	}
}

// permit reads an entry of a pool's permit list (get_permit of
// server/confpars.c). What concerns authentication and time is "other".
func (p *parser) permit() permit {
	p.lex.next()
	t := p.lex.next()
	out := permit{what: "other"}
	switch word := strings.ToLower(t.text); word {
	case "known-clients", "unknown-clients":
		out.what = word
	case "known", "unknown", "all":
		p.expect("clients", `expecting "clients"`)
		out.what = word + "-clients"
	case "members":
		p.expect("of", `expecting "of"`)
		name := p.lex.next()
		if p.findClass(name.text) == nil {
			p.lex.fail(name.pos, "no such class: %s", name.text)
		}
		out = permit{"members", name.text}
	case "dynamic", "authenticated", "unauthenticated", "after":
		p.skipTo(";")
	default:
		p.lex.fail(t.pos, "expecting permit type.")
	}
	p.semicolon()
	return out
}
