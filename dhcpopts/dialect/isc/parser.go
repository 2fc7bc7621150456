package isc

import (
	"net/netip"
	"strconv"
	"strings"
)

// parser reads dhcpd.conf. It stops at the first error (lexer.err).
type parser struct {
	lex    *lexer
	config *Config
	spaces map[string]*space
	depth  int // see nest.go
}

// space is an option space: its options by name, in lower case, and by code.
// The option that carries it, if any, is enc.
type space struct {
	byName map[string]*option
	byCode map[int]*option
	enc    *option
}

func newSpace() *space {
	return &space{byName: map[string]*option{}, byCode: map[int]*option{}}
}

func (s *space) add(o *option) {
	s.byName[strings.ToLower(o.name)] = o
	s.byCode[o.code] = o
}

func newParser(text string) *parser {
	p := &parser{lex: newLexer(text), config: newConfig(), spaces: map[string]*space{dhcpSpace: newSpace()}}
	for i := range dhcpOptions {
		p.spaces[dhcpSpace].add(&dhcpOptions[i])
	}
	server := newSpace()
	for i, o := range serverOptions {
		server.add(&option{serverSpace, o.name, o.format, i})
	}
	p.spaces[serverSpace] = server
	for _, name := range []string{"agent", "nwip", "fqdn", "vendor-class", "vendor"} {
		p.spaces[name] = newSpace()
	}
	for i, name := range []string{"circuit-id", "remote-id", "agent-id", "DOCSIS-device-class", "link-selection"} {
		p.spaces["agent"].add(&option{"agent", name, "X", i + 1})
	}
	return p
}

// expect takes a symbol or keyword.
func (p *parser) expect(word, message string) {
	if t := p.lex.next(); !t.is(word) {
		p.lex.fail(t.pos, "%s", message)
	}
}

func (p *parser) semicolon() { p.expect(";", "semicolon expected.") }

// optionName is parse_option_name without allocation: NAME or SPACE.NAME; nil
// after an error.
func (p *parser) optionName() *option {
	o, pos := p.findOption()
	if o != nil && o.code == undefined {
		p.lex.fail(pos, "no option named %s in space %s", o.name, o.space)
		return nil
	}
	return o
}

// undefined is the code of an option that has no definition.
const undefined = -1

// findOption looks an option up; one that has no definition is given with code
// undefined. unknown-N is the option of that code, defined or not.
func (p *parser) findOption() (*option, Pos) {
	t := p.lex.next()
	if !t.identifier() {
		p.lex.fail(t.pos, "expecting identifier after option keyword.")
		return nil, t.pos
	}
	spaceName, optName := dhcpSpace, t
	if p.lex.peek().is(".") {
		p.lex.next()
		spaceName, optName = t.text, p.lex.next()
	}
	s, ok := p.spaces[spaceName]
	switch {
	case !optName.identifier():
		p.lex.fail(optName.pos, "expecting identifier after '.'")
		return nil, t.pos
	case !ok:
		p.lex.fail(t.pos, "no option space named %s.", spaceName)
		return nil, t.pos
	}
	if o, ok := s.byName[strings.ToLower(optName.text)]; ok {
		return o, t.pos
	}
	if code, ok := unknownCode(optName.text); ok {
		return p.unknownOption(spaceName, optName, code), t.pos
	}
	return &option{spaceName, optName.text, "", undefined}, t.pos
}

func unknownCode(name string) (int, bool) {
	rest, ok := strings.CutPrefix(strings.ToLower(name), "unknown-")
	if !ok {
		return 0, false
	}
	code, err := strconv.Atoi(rest)
	return code, err == nil
}

func (p *parser) unknownOption(spaceName string, t token, code int) *option {
	if code <= 0 || code >= 255 {
		p.lex.fail(t.pos, "Option codes 0 and 255 are illegal in the %s space.", spaceName)
		return nil
	}
	if o, ok := p.spaces[spaceName].byCode[code]; ok {
		return o
	}
	return &option{spaceName, t.text, "X", code}
}

// define parses "code N = TYPE;" behind the name of an option.
func (p *parser) define(o *option) {
	t := p.lex.next()
	if t.kind != number {
		p.lex.fail(t.pos, "expecting option code number.")
	}
	p.expect("=", `expecting "="`)
	defined := &option{space: o.space, name: o.name, code: int(atoi(t.text))}
	array := p.arrayOf()
	if p.lex.peek().is("{") {
		defined.format = p.record()
	} else {
		defined.format = p.dataType()
	}
	if array {
		defined.format += "A"
	}
	p.semicolon()
	p.spaces[o.space].add(defined)
	if inner, ok := strings.CutPrefix(defined.format, "E"); ok {
		p.spaces[strings.TrimSuffix(inner, ".")].enc = defined
	}
}

func (p *parser) arrayOf() bool {
	if !p.lex.peek().is("array") {
		return false
	}
	p.lex.next()
	p.expect("of", `expecting "of".`)
	return true
}

func (p *parser) record() string {
	p.lex.next()
	var format string
	for {
		array := p.arrayOf()
		format += p.dataType()
		if array {
			format += "a"
		}
		if !p.lex.peek().is(",") {
			break
		}
		p.lex.next()
	}
	p.expect("}", "expecting right brace.")
	return format
}

var simpleTypes = map[string]string{
	"boolean": "f", "ip-address": "I", "ip6-address": "6", "domain-name": "d", "text": "t", "string": "X", "zerolen": "Z",
}

var integerTypes = map[uint32]string{8: "b", 16: "s", 32: "l"}

func (p *parser) dataType() string {
	t := p.lex.next()
	word := strings.ToLower(t.text)
	if format, ok := simpleTypes[word]; ok {
		return format
	}
	switch word {
	case "domain-list":
		if p.lex.peek().is("compressed") {
			p.lex.next()
			return "Dc"
		}
		return "D"
	case "encapsulate":
		inner := p.lex.next()
		if _, ok := p.spaces[inner.text]; !ok {
			p.lex.fail(inner.pos, "unknown option space %s", inner.text)
		}
		return "E" + inner.text + "."
	case "signed", "unsigned":
		p.expect("integer", `expecting "integer" keyword.`)
		fallthrough
	case "integer":
		return p.integerType(word == "unsigned")
	}
	p.lex.fail(t.pos, "unknown data type %s", t.text)
	return ""
}

func (p *parser) integerType(unsigned bool) string {
	t := p.lex.next()
	format, ok := integerTypes[atoi(t.text)]
	if !ok {
		p.lex.fail(t.pos, "%s bit precision is not supported.", t.text)
	}
	if unsigned {
		return strings.ToUpper(format)
	}
	return format
}

// address is parse_ip_addr_or_hostname: four decimal numbers with dots, or a
// host name, which dhcpd asks the resolver for at run time and which is no data
// here.
func (p *parser) address() (netip.Addr, bool) {
	t := p.lex.peek()
	if t.identifier() {
		local := p.hostName() == "localhost" // the one name with a fixed address (RFC 6761 section 6.3)
		return netip.AddrFrom4([4]byte{127, 0, 0, 1}), local
	}
	if t.kind != number {
		p.lex.next()
		p.lex.fail(t.pos, "%s (%d): expecting IP address or hostname", t.text, stringToken)
		return netip.Addr{}, false
	}
	first := p.lex.next()
	if !p.lex.peek().is(".") {
		return netip.Addr{}, false // a host name of one number
	}
	return p.dottedFrom(first), true
}

// stringToken is the number dhcpd's messages have for a string token.
const stringToken = 262

func (p *parser) dotted() netip.Addr { return p.dottedFrom(p.lex.next()) }

// dottedFrom reads an address whose first number is taken already.
func (p *parser) dottedFrom(t token) netip.Addr {
	var a [4]byte
	for i := range a {
		if i > 0 {
			p.expect(".", "malformed IP address.")
			t = p.lex.next()
		}
		if !t.numeric() {
			p.lex.fail(t.pos, "expecting number.")
		}
		a[i] = byte(p.convert(t, 10, 8))
	}
	return netip.AddrFrom4(a)
}

// hostName reads labels with dots between.
func (p *parser) hostName() string {
	var labels []string
	for {
		t := p.lex.next()
		if !t.identifier() && t.kind != number {
			p.lex.fail(t.pos, "expecting identifier in host name.")
			return ""
		}
		labels = append(labels, t.text)
		if !p.lex.peek().is(".") {
			return strings.Join(labels, ".")
		}
		p.lex.next()
	}
}
