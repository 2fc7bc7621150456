package kea

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"net/netip"
	"strconv"
	"strings"
)

// named parses what begins with a word: an option, a packet field, a function.
func (p *exprParser) named(t exprToken) expr {
	if t.kind != exprName {
		p.unexpected("an expression")
		return expr{}
	}
	p.at++
	switch t.text {
	case "member":
		return p.member()
	case "option":
		return p.option(func(q *query, code uint8) ([]byte, bool) { return q.option(code) })
	case "relay4":
		return p.option(func(q *query, code uint8) ([]byte, bool) { return q.relay(code) })
	case "vendor", "vendor-class":
		return p.vendor()
	case "pkt4":
		return p.field(pkt4Fields)
	case "pkt":
		return p.field(pktFields)
	}
	if f := function(t.text); f != nil {
		p.expect("(")
		e := f(p)
		p.expect(")")
		return e
	}
	p.at--
	p.unexpected("an expression")
	return expr{}
}

// option parses [code].hex, .text, .exists and a sub-option of it.
func (p *exprParser) option(get func(*query, uint8) ([]byte, bool)) expr {
	code := p.code()
	p.expect(".")
	if p.accept("option") {
		sub, outer := p.code(), get
		get = func(q *query, _ uint8) ([]byte, bool) {
			data, _ := outer(q, code)
			return suboption(data, sub)
		}
		p.expect(".")
	}
	switch {
	case p.accept("exists"):
		return expr{test: func(q *query) bool { _, ok := get(q, code); return ok }}
	case p.accept("hex"):
		return expr{text: func(q *query) string { b, _ := get(q, code); return string(b) }}
	case p.accept("text"):
		return expr{text: func(q *query) string {
			b, ok := get(q, code)
			return optionText(code, b, ok)
		}}
	}
	p.unexpected("text, hex or exists")
	return expr{}
}

// code parses an option's number or name in brackets.
func (p *exprParser) code() uint8 {
	p.expect("[")
	var code uint8
	if p.tokens[p.at].kind == exprName {
		name := p.take(exprName, "option name")
		def, ok := defByName(name)
		if !ok {
			p.at--
			p.fail("option '%s' is not defined", name)
		}
		code = def.code
	} else {
		code = uint8(p.integer(0, 255))
	}
	p.expect("]")
	return code
}

// vendor parses the vendor-identifying options 124 and 125. No boot firmware
// sends them, so a value is empty and nothing exists.
func (p *exprParser) vendor() expr {
	empty := constant("")
	never := expr{test: func(*query) bool { return false }}
	if p.accept(".") {
		p.expect("enterprise")
		return empty
	}
	p.expect("[")
	if !p.accept("*") {
		p.integer(0, math.MaxUint32)
	}
	p.expect("]", ".")
	switch {
	case p.accept("exists"):
		return never
	case p.accept("data"):
		if p.accept("[") {
			p.integer(0, math.MaxUint16)
			p.expect("]")
		}
		return empty
	}
	p.expect("option")
	p.code()
	p.expect(".")
	if p.accept("exists") {
		return never
	}
	if !p.accept("hex") {
		p.expect("text")
	}
	return empty
}

func (p *exprParser) field(fields map[string]func(*query) string) expr {
	p.expect(".")
	if f, ok := fields[p.tokens[p.at].text]; ok {
		p.at++
		return expr{text: f}
	}
	p.unexpected("a field")
	return expr{}
}

// pkt4Fields are fields of the header; numbers are four octets, network order.
var pkt4Fields = map[string]func(*query) string{
	"mac":     func(q *query) string { return string(q.client.MAC) },
	"hlen":    func(q *query) string { return uint32Text(uint32(len(q.client.MAC))) },
	"htype":   func(*query) string { return uint32Text(1) },
	"ciaddr":  func(q *query) string { return addrText(q.client.CIAddr) },
	"giaddr":  func(q *query) string { return addrText(q.client.GIAddr) },
	"yiaddr":  func(*query) string { return uint32Text(0) },
	"siaddr":  func(*query) string { return uint32Text(0) },
	"msgtype": func(q *query) string { return uint32Text(uint32(q.message())) },
	"transid": func(*query) string { return uint32Text(0) },
}

// pktFields are about the way the packet came. A Client knows nothing of the
// interface and the length.
var pktFields = map[string]func(*query) string{
	"iface": func(*query) string { return "" },
	"src":   func(q *query) string { return addrText(q.client.CIAddr) },
	"dst":   func(*query) string { return "\xff\xff\xff\xff" },
	"len":   func(*query) string { return uint32Text(0) },
}

func addrText(a netip.Addr) string {
	if !a.Is4() {
		return uint32Text(0)
	}
	return string(a.AsSlice())
}

// function returns the parser of a function's arguments; the parentheses are
// taken by the caller.
func function(name string) func(*exprParser) expr {
	switch name {
	case "substring":
		return (*exprParser).substring
	case "split":
		return (*exprParser).split
	case "concat":
		return func(p *exprParser) expr { return concat(p.argument(), p.lastArgument()) }
	case "ifelse":
		return (*exprParser).ifelse
	case "hexstring":
		return (*exprParser).hexstring
	case "addrtotext":
		return func(p *exprParser) expr { return p.convert(addressOf) }
	}
	if size, ok := numberSizes[name]; ok {
		signed := name[0] == 'i'
		return func(p *exprParser) expr {
			return p.convert(func(s string) string { return number(s, size, signed) })
		}
	}
	return nil
}

// numberSizes are the octets that the functions from numbers to text take.
var numberSizes = map[string]int{
	"int8totext": 1, "int16totext": 2, "int32totext": 4,
	"uint8totext": 1, "uint16totext": 2, "uint32totext": 4,
}

func (p *exprParser) argument() expr {
	e := p.wantText(p.sum())
	p.expect(",")
	return e
}

func (p *exprParser) lastArgument() expr { return p.wantText(p.sum()) }

func (p *exprParser) convert(f func(string) string) expr {
	a := p.lastArgument().text
	return expr{text: func(q *query) string { return f(a(q)) }}
}

// substring counts from the end when start is negative; a negative length takes
// what stands before start (token.cc TokenSubstring).
func (p *exprParser) substring() expr {
	s := p.argument().text
	start := int(p.integer(math.MinInt32, math.MaxInt32))
	p.expect(",")
	length := math.MaxInt32
	if !p.accept("all") {
		length = int(p.integer(math.MinInt32, math.MaxInt32))
	}
	return expr{text: func(q *query) string { return substring(s(q), start, length) }}
}

func substring(s string, start, length int) string {
	if start < -len(s) || start >= len(s) {
		return ""
	}
	if start < 0 {
		start += len(s)
	}
	if length < 0 {
		length = min(-length, start)
		start -= length
	}
	return s[start : start+min(length, len(s)-start)]
}

// split takes the nth field, from 1, between any of the delimiters; without a
// delimiter the whole (token.cc TokenSplit).
func (p *exprParser) split() expr {
	s, delims := p.argument().text, p.argument().text
	n := int(p.integer(math.MinInt32, math.MaxInt32))
	return expr{text: func(q *query) string {
		fields, d := splitAny(s(q), delims(q)), delims(q)
		switch {
		case d == "":
			return s(q)
		case n < 1 || n > len(fields):
			return ""
		}
		return fields[n-1]
	}}
}

// splitAny cuts at each octet that is one of delims.
func splitAny(s, delims string) (fields []string) {
	start := 0
	for i := range len(s) {
		if strings.IndexByte(delims, s[i]) >= 0 {
			fields, start = append(fields, s[start:i]), i+1
		}
	}
	return append(fields, s[start:])
}

func (p *exprParser) ifelse() expr {
	cond := p.wantTest(p.or()).test
	p.expect(",")
	yes, no := p.argument().text, p.lastArgument().text
	return expr{text: func(q *query) string {
		if cond(q) {
			return yes(q)
		}
		return no(q)
	}}
}

func (p *exprParser) hexstring() expr {
	s, sep := p.argument().text, p.lastArgument().text
	return expr{text: func(q *query) string {
		var parts []string
		for _, c := range []byte(s(q)) {
			parts = append(parts, hex.EncodeToString([]byte{c}))
		}
		return strings.Join(parts, sep(q))
	}}
}

// addressOf is empty for what is no address; Kea gives up the whole expression.
func addressOf(s string) string {
	addr, ok := netip.AddrFromSlice([]byte(s))
	if !ok {
		return ""
	}
	return addr.String()
}

// number writes an integer of size octets in decimal; "" for another size.
func number(s string, size int, signed bool) string {
	if len(s) != size {
		return ""
	}
	padded := append(make([]byte, 8-size), s...)
	n := binary.BigEndian.Uint64(padded)
	if !signed {
		return strconv.FormatUint(n, 10)
	}
	shift := 64 - 8*size
	return strconv.FormatInt(int64(n<<shift)>>shift, 10)
}
