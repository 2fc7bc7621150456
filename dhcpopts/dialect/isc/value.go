package isc

import (
	"encoding/binary"
	"strings"
)

// optionValue parses what stands behind an option's name up to the semicolon:
// "= expression", or a value typed by the option's format.
func (p *parser) optionValue(o *option) *expr {
	switch t := p.lex.peek(); {
	case t.is(";") && !strings.HasPrefix(o.format, "Z"):
		p.lex.fail(t.pos, "semicolon expected.") // dhcpd eats this one and wants another
		return nil
	case t.is("="):
		p.lex.next()
		e := p.typed(dataSort, "expecting a data expression.")
		p.semicolon()
		return e
	}
	v := valueReader{p: p, format: o.format}
	v.read()
	p.semicolon()
	return &expr{op: "data", data: v.data}
}

// valueReader is parse_option_data of common/parse.c.
type valueReader struct {
	p      *parser
	format string
	data   []byte
}

func (v *valueReader) read() {
	start := 0 // where a repetition begins: the whole format for A, one letter for a
	for i := 0; i < len(v.format) && v.p.lex.err == nil; {
		switch v.format[i] {
		case 'o':
			i++
		case 'A', 'a':
			if v.format[i] == 'a' {
				start = max(i-1, 0)
			}
			if v.p.lex.peek().is(",") {
				v.p.lex.next()
				i = start
				continue
			}
			i++
		default:
			i = v.atom(i)
		}
	}
}

// atom reads one value and gives the place of the next letter.
func (v *valueReader) atom(i int) int {
	p, letter, next := v.p, v.format[i], i+1
	if letter == 'E' || letter == 'N' {
		if dot := strings.IndexByte(v.format[i:], '.'); dot >= 0 {
			next = i + dot + 1
		}
	}
	if strings.HasPrefix(v.format[next:], "o") && p.lex.peek().is(";") {
		return next
	}
	switch letter {
	case 't':
		v.text()
	case 'X', 'x', 'E':
		v.octets()
	case 'I':
		if a, ok := p.address(); ok {
			v.data = append(v.data, a.AsSlice()...)
		}
	case 'L', 'l', 'T':
		v.integer(32, letter == 'T')
	case 'S', 's':
		v.integer(16, false)
	case 'B', 'b':
		v.integer(8, false)
	case 'f':
		v.flag()
	case 'U', 'N', 'k':
		v.identifier()
	case 'd':
		v.data = append(v.data, domain(p.hostName())...)
	case 'D':
		v.domains()
	case '6':
		p.skipTo(";")
	}
	return next
}

func (v *valueReader) text() {
	t := v.p.lex.next()
	if t.kind != str && !t.identifier() {
		v.p.lex.fail(t.pos, "expecting string.")
	}
	v.data = append(v.data, t.text...)
}

func (v *valueReader) octets() {
	t := v.p.lex.peek()
	switch {
	case t.numeric():
		v.data = append(v.data, v.p.hexList()...)
	case t.kind == str:
		v.p.lex.next()
		v.data = append(v.data, t.text...)
	default:
		v.p.lex.fail(t.pos, "expecting string or hexadecimal data.")
	}
}

func (v *valueReader) integer(bits int, infinite bool) {
	t := v.p.lex.next()
	n := uint32(1<<32 - 1)
	switch {
	case infinite && t.is("infinite"):
	case !t.numeric():
		v.p.lex.fail(t.pos, "expecting number.")
	default:
		n = v.p.convert(t, 0, bits)
	}
	v.data = append(v.data, integer(n, bits)...)
}

// integer is n in network order.
func integer(n uint32, bits int) []byte {
	return binary.BigEndian.AppendUint32(nil, n)[4-bits/8:]
}

var flags = map[string]byte{"true": 1, "on": 1, "false": 0, "off": 0, "ignore": 2}

func (v *valueReader) flag() {
	t := v.p.lex.next()
	value, ok := flags[strings.ToLower(t.text)]
	switch {
	case !t.identifier():
		v.p.lex.fail(t.pos, "expecting identifier.")
	case !ok:
		v.p.lex.fail(t.pos, "expecting boolean.")
	}
	v.data = append(v.data, value)
}

func (v *valueReader) identifier() {
	t := v.p.lex.next()
	if !t.identifier() && t.kind != str {
		v.p.lex.fail(t.pos, "expecting identifier.")
	}
	v.data = append(v.data, t.text...)
}

// domains reads quoted names with commas between.
func (v *valueReader) domains() {
	for {
		t := v.p.lex.next()
		if t.kind != str {
			v.p.lex.fail(t.pos, "Expecting a domain string.")
			return
		}
		v.data = append(v.data, domain(t.text)...)
		if !v.p.lex.peek().is(",") {
			return
		}
		v.p.lex.next()
	}
}

// domain writes a name in wire form (RFC 1035 section 3.1), without compression.
func domain(name string) []byte {
	var b []byte
	for label := range strings.SplitSeq(strings.TrimSuffix(name, "."), ".") {
		b = append(b, byte(len(label)))
		b = append(b, label...)
	}
	return append(b, 0)
}
