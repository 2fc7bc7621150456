package isc

import "strings"

// statement is executed when a client is answered (common/execute.c). exec
// reports false for a break.
type statement interface{ exec(*run) bool }

// assignment sets an option or parameter. The value is kept as an expression
// and evaluated when the reply is built.
type assignment struct {
	how   string // "supersede", "default", "append", "prepend"
	opt   *option
	value *expr
}

// conditional is "if … elsif … else …". The branches are a list, not one inside
// the other: generated files have one for each machine.
type conditional struct {
	branches []branch
	other    []statement
}

type branch struct {
	cond *expr
	body []statement
}

type switching struct {
	on   *expr
	body []statement
}

// label is a case of a switch; value nil is its default.
type label struct{ value *expr }

type breaking struct{}

// variable is set, define or unset; value nil unsets.
type variable struct {
	name  string
	value *expr
}

// statement reads one executable statement. ok is false when there is none, and
// s is nil for one that has no effect on an answer.
func (p *parser) statement(root bool) (s statement, ok bool) {
	t := p.lex.peek()
	word := strings.ToLower(t.text)
	if t.kind != name && t.kind != numOrName && !t.is("%") {
		return nil, false
	}
	switch word {
	case "option":
		return p.optionStatement(root), true
	case "supersede", "send", "default", "append", "prepend":
		return p.modifier(word), true
	case "if":
		p.lex.next()
		return p.conditional(), true
	case "switch":
		return p.switching(), true
	case "break":
		p.lex.next()
		p.semicolon()
		return breaking{}, true
	case "set", "define", "unset":
		return p.variable(word), true
	case "authoritative", "not":
		return nil, p.authoritative(word)
	case "allow", "deny", "ignore":
		return p.permission(word), true
	case "on":
		return nil, p.on()
	case "log", "add", "eval", "execute", "return", "%", "lease-id-format", "db-time-format", "server-identifier":
		p.skipStatement()
		return nil, true
	}
	if o, ok := p.spaces[serverSpace].byName[word]; ok {
		p.lex.next()
		return &assignment{"supersede", o, p.optionValue(o)}, true
	}
	if t.variable() {
		p.evaluation()
		return nil, true
	}
	return nil, false
}

// on reads what is done when a lease changes, which no answer shows.
func (p *parser) on() bool {
	p.lex.next()
	if t := p.lex.peek(); !t.is("expiry") && !t.is("release") && !t.is("commit") {
		p.lex.fail(t.pos, "expecting a lease event type")
	}
	p.skipStatement()
	return true
}

// evaluation reads a bare expression, meant for the call of a function.
func (p *parser) evaluation() {
	if p.expression(dataSort) == nil {
		p.lex.fail(p.lex.peek().pos, "expecting function call.")
	}
	p.semicolon()
}

// optionStatement is a value for an option, or at the root a definition.
func (p *parser) optionStatement(root bool) statement {
	p.lex.next()
	if t := p.lex.peek(); t.is("space") {
		p.optionSpace(root)
		return nil
	}
	o, pos := p.findOption()
	switch {
	case o == nil:
		return nil
	case p.lex.peek().is("code") && !root:
		p.lex.fail(pos, "option definitions may not be scoped.")
		return nil
	case p.lex.peek().is("code"):
		p.lex.next()
		p.define(o)
		return nil
	case o.code == undefined:
		p.lex.fail(pos, "unknown option %s.%s", o.space, o.name)
		return nil
	}
	return &assignment{"supersede", o, p.optionValue(o)}
}

func (p *parser) optionSpace(root bool) {
	at := p.lex.next().pos
	t := p.lex.next()
	switch {
	case !root:
		p.lex.fail(at, "option space definitions may not be scoped.")
	case !t.identifier():
		p.lex.fail(t.pos, "expecting identifier.")
	default:
		p.spaces[t.text] = newSpace()
	}
	p.skipTo(";")
	p.semicolon()
}

func (p *parser) modifier(word string) statement {
	p.lex.next()
	if word == "default" && p.lex.peek().is(":") {
		p.lex.next()
		return label{}
	}
	o := p.optionName()
	if o == nil {
		return nil
	}
	if word == "send" {
		word = "supersede"
	}
	return &assignment{word, o, p.optionValue(o)}
}

// body reads statements up to a closing brace.
func (p *parser) body() []statement {
	defer p.leave()
	if !p.enter() {
		return nil
	}
	var all []statement
	for p.lex.err == nil {
		s, ok := p.scoped()
		if !ok {
			break
		}
		if s != nil {
			all = append(all, s)
		}
	}
	p.expect("}", "right brace expected.")
	return all
}

// scoped is a statement that may also be a case.
func (p *parser) scoped() (statement, bool) {
	if !p.lex.peek().is("case") {
		return p.statement(false)
	}
	p.lex.next()
	value := p.typed(dataSort, "expecting data expression.")
	p.expect(":", "colon expected.")
	return label{value}, true
}

// conditional reads what follows "if".
func (p *parser) conditional() statement {
	s := &conditional{branches: []branch{p.branch()}}
	for p.lex.err == nil {
		t := p.lex.peek()
		if !t.is("elsif") && !t.is("else") {
			break
		}
		p.lex.next()
		switch {
		case t.is("elsif"):
		case p.lex.peek().is("if"):
			p.lex.next()
		default:
			p.expect("{", "left brace or if expected.")
			s.other = p.body()
			return s
		}
		s.branches = append(s.branches, p.branch())
	}
	return s
}

// branch reads a condition and its block. An opening parenthesis directly behind
// the keyword must close around the whole condition: "if (a) or (b) {" is
// refused.
func (p *parser) branch() branch {
	paren := p.lex.peek().is("(")
	if paren {
		p.lex.next()
	}
	cond := p.typed(booleanSort, "Expecting a boolean expression.")
	if paren {
		p.expect(")", "expecting right paren.")
	}
	p.expect("{", "left brace expected.")
	return branch{cond, p.body()}
}

func (p *parser) switching() statement {
	p.lex.next()
	p.expect("(", "expecting left brace.")
	on := p.expression(anySort)
	if on == nil {
		p.lex.fail(p.lex.peek().pos, "expecting data or numeric expression.")
	}
	p.expect(")", "right paren expected.")
	p.expect("{", "left brace expected.")
	return &switching{on, p.body()}
}

func (p *parser) variable(word string) statement {
	p.lex.next()
	t := p.lex.next()
	if !t.variable() {
		p.lex.fail(t.pos, "%s can't be a variable name", t.text)
	}
	if word == "unset" {
		p.semicolon()
		return &variable{name: t.text}
	}
	if p.lex.peek().is("(") { // a function: its calls have no value here
		p.skipStatement()
		return nil
	}
	p.expect("=", "expecting '=' in "+word+" statement.")
	e := p.expression(anySort)
	if e == nil {
		p.lex.fail(p.lex.peek().pos, "expecting expression.")
	}
	p.semicolon()
	return &variable{t.text, e}
}

func (p *parser) authoritative(word string) bool {
	p.lex.next()
	if word == "not" {
		p.expect("authoritative", "expecting assertion")
	}
	p.semicolon()
	return true
}

// permissions maps what allow, deny and ignore speak of to parameters
// (parse_allow_deny of common/parse.c).
var permissions = map[string]string{
	"bootp": "allow-bootp", "booting": "allow-booting", "dynamic-bootp": "dynamic-bootp",
	"unknown-clients": "boot-unknown-clients", "duplicates": "duplicates", "declines": "declines",
	"client-updates": "client-updates", "leasequery": "leasequery",
}

func (p *parser) permission(word string) statement {
	p.lex.next()
	t := p.lex.next()
	parameter, ok := permissions[strings.ToLower(t.text)]
	if !ok {
		p.lex.fail(t.pos, "expecting allow/deny key")
	}
	p.semicolon()
	value := map[string]byte{"allow": 1, "deny": 0, "ignore": 2}[word]
	return &assignment{"supersede", p.spaces[serverSpace].byName[parameter], &expr{op: "data", data: []byte{value}}}
}
