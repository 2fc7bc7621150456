package kea

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// expr is a parsed class expression: a condition (test) or a value (text).
type expr struct {
	test  func(*query) bool
	text  func(*query) string
	known bool // needs to know whether the client has a reservation
}

// classKnown answers what member() may name: whether a class is defined so far,
// and whether it waits for the host lookup.
type classKnown func(name string) (defined, known bool)

// parseTest parses a class's condition; parseValue an expression that gives
// octets, as the flex-option hook takes it. Grammar: src/lib/eval/parser.yy.
func parseTest(text string, classes classKnown) (expr, error) {
	return parseExpr(text, classes, true)
}

func parseValue(text string) (expr, error) {
	return parseExpr(text, anyClass, false)
}

// anyClass is for hooks: they do not check what member() names.
func anyClass(string) (defined, known bool) { return true, false }

// tokensMax bounds the operators in a row, each of which calls all before it.
const tokensMax = 1_000_000

func parseExpr(text string, classes classKnown, test bool) (expr, error) {
	tokens, err := lexExpr(text)
	if err != nil {
		return expr{}, err
	}
	if len(tokens) > tokensMax {
		return expr{}, fmt.Errorf("<string>: an expression of more than %d words", tokensMax)
	}
	p := &exprParser{tokens: tokens, classes: classes}
	var e expr
	if test {
		e = p.wantTest(p.or())
	} else {
		e = p.wantText(p.sum())
	}
	if p.err == nil && p.tokens[p.at].kind != exprEnd {
		p.unexpected("end of file")
	}
	e.known = p.known
	return e, p.err
}

// exprParser is a recursive descent parser; after the first error it returns
// empty expressions and keeps the error.
type exprParser struct {
	tokens  []exprToken
	at      int
	depth   int
	classes classKnown
	known   bool
	err     error
}

func (p *exprParser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf("<string>:1.%d: %s", p.tokens[p.at].column, fmt.Sprintf(format, args...))
	}
	p.at = len(p.tokens) - 1
}

func (p *exprParser) unexpected(want string) {
	t := p.tokens[p.at]
	if t.kind == exprEnd {
		p.fail("syntax error, unexpected end of file, expecting %s", want)
		return
	}
	p.fail("syntax error, unexpected %s, expecting %s", t.text, want)
}

// accept takes a word or sign of the language.
func (p *exprParser) accept(text string) bool {
	t := p.tokens[p.at]
	if (t.kind == exprPunct || t.kind == exprName) && t.text == text {
		p.at++
		return true
	}
	return false
}

func (p *exprParser) expect(texts ...string) {
	for _, text := range texts {
		if !p.accept(text) {
			p.unexpected(strconv.Quote(text))
			return
		}
	}
}

// take reads a token of one kind.
func (p *exprParser) take(kind exprKind, name string) string {
	t := p.tokens[p.at]
	if t.kind != kind {
		p.unexpected(name)
		return ""
	}
	p.at++
	return t.text
}

func (p *exprParser) integer(lo, hi int64) int64 {
	n, err := strconv.ParseInt(p.take(exprInt, "integer"), 10, 64)
	if p.err == nil && (err != nil || n < lo || n > hi) {
		p.at--
		p.fail("%s is not in [%d..%d]", p.tokens[p.at].text, lo, hi)
	}
	return n
}

func (p *exprParser) wantTest(e expr) expr {
	if e.test == nil {
		p.unexpected("==")
		return expr{test: func(*query) bool { return false }}
	}
	return e
}

func (p *exprParser) wantText(e expr) expr {
	if e.text == nil {
		p.unexpected("a string")
		return constant("")
	}
	return e
}

func constant(s string) expr { return expr{text: func(*query) string { return s }} }

func (p *exprParser) or() expr {
	left := p.and()
	for p.accept("or") {
		a, b := p.wantTest(left).test, p.wantTest(p.and()).test
		left = expr{test: func(q *query) bool { return a(q) || b(q) }}
	}
	return left
}

func (p *exprParser) and() expr {
	left := p.not()
	for p.accept("and") {
		a, b := p.wantTest(left).test, p.wantTest(p.not()).test
		left = expr{test: func(q *query) bool { return a(q) && b(q) }}
	}
	return left
}

// enter guards the recursion: no real expression nests this deep. The caller
// leaves.
func (p *exprParser) enter() {
	if p.depth++; p.depth > nestingMax {
		p.fail("nested more than %d deep", nestingMax)
	}
}

func (p *exprParser) leave() { p.depth-- }

func (p *exprParser) not() expr {
	if p.accept("not") {
		p.enter()
		defer p.leave()
		a := p.wantTest(p.not()).test
		return expr{test: func(q *query) bool { return !a(q) }}
	}
	left := p.sum()
	if left.text != nil && p.accept("==") {
		a, b := left.text, p.wantText(p.sum()).text
		return expr{test: func(q *query) bool { return a(q) == b(q) }}
	}
	return left
}

func (p *exprParser) sum() expr {
	left := p.primary()
	for left.text != nil && p.accept("+") {
		left = concat(left, p.wantText(p.primary()))
	}
	return left
}

func concat(a, b expr) expr {
	return expr{text: func(q *query) string { return a.text(q) + b.text(q) }}
}

func (p *exprParser) primary() expr {
	p.enter()
	defer p.leave()
	t := p.tokens[p.at]
	switch t.kind {
	case exprString:
		p.at++
		return constant(t.text)
	case exprHex:
		p.at++
		return constant(string(hexLiteral(t.text[2:])))
	case exprInt:
		return constant(uint32Text(uint32(p.integer(-1<<31, 1<<32-1))))
	case exprIP:
		p.at++
		addr, err := netip.ParseAddr(t.text)
		if err != nil {
			p.at--
			p.fail("Failed to convert %s to an IP address.", t.text)
		}
		return constant(string(addr.AsSlice()))
	}
	if p.accept("(") {
		e := p.or()
		p.expect(")")
		return e
	}
	return p.named(t)
}

// hexLiteral takes an odd number of digits as if a 0 stood before them
// (TokenHexString).
func hexLiteral(digits string) []byte {
	if len(digits)%2 != 0 {
		digits = "0" + digits
	}
	b, _ := hex.DecodeString(digits) // the lexer let hexadecimal digits through only
	return b
}

func uint32Text(n uint32) string { return string(binary.BigEndian.AppendUint32(nil, n)) }

// member is true for a class that took the packet before this one is evaluated.
func (p *exprParser) member() expr {
	p.expect("(")
	name := p.take(exprString, "constant string")
	if p.err == nil {
		defined, known := p.classes(name)
		if !defined {
			p.at--
			p.fail("Not defined client class '%s'", name)
		}
		p.known = p.known || known
	}
	p.expect(")")
	return expr{test: func(q *query) bool { return q.in(name) }}
}

// builtIn reports whether a class needs no definition
// (client_class_def_parser.cc, client_class_def.cc isClientClassBuiltIn).
func builtIn(name string) bool {
	switch name {
	case "ALL", "KNOWN", "UNKNOWN", "BOOTP":
		return true
	}
	for _, prefix := range []string{"VENDOR_CLASS_", "HA_", "AFTER_", "EXTERNAL_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
