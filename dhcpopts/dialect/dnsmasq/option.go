package dnsmasq

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// use is the keyword an option text stands in.
type use uint8

const (
	asOption use = iota
	asForced
	asMatch
)

// option is a dhcp-option, dhcp-option-force or dhcp-match line.
type option struct {
	line   int
	code   int
	tags   []string // tag:…, all needed; in a dhcp-match the tag it sets
	val    []byte
	mask   []bool // octets of val that stand for any, in a dhcp-match
	force  bool
	text   bool // may be closed with a NUL
	hex    bool // in a dhcp-match: compared from the start
	addrs  bool // 0.0.0.0 in it stands for the server
	vendor *string
	encap  int // outer option of encap:
	inEnc  bool
	viEnc  bool
	pxe    bool // pxe-prompt: for the classes of dhcp-pxe-vendor
}

// nested reports whether the option travels inside another.
func (o *option) nested() bool { return o.vendor != nil || o.inEnc || o.viEnc }

// parseOption reads what follows dhcp-option= and its like (option.c,
// parse_dhcp_opt). The value's type is found from its look, but for options the
// table knows better.
func parseOption(arg string, u use) (*option, error) {
	o := &option{force: u == asForced}
	value, hasValue, k, err := o.parseHead(arg, u)
	if err != nil {
		return nil, err
	}
	if hasValue {
		if err := o.parseValue(value, k, u); err != nil {
			return nil, err
		}
	}
	limit := 255
	switch {
	case o.viEnc:
		limit = 250
	case o.vendor != nil || o.inEnc:
		limit = 253
	}
	if len(o.val) > limit {
		return nil, errors.New("dhcp-option too long")
	}
	if u == asMatch && (o.vendor != nil || o.inEnc || len(o.tags) != 1) {
		return nil, errors.New("illegal dhcp-match")
	}
	return o, nil
}

// parseHead reads tags, encapsulation and the option's number or name.
func (o *option) parseHead(arg string, u use) (value string, hasValue bool, k known, err error) {
	for {
		head, rest, more := split(arg)
		switch {
		case digits(head):
			o.code = atoi(head)
			if !o.nested() {
				k = table[o.code]
			}
			return rest, more, k, nil
		case strings.HasPrefix(head, "option:"):
			code, ok := byName(head[len("option:"):])
			k = table[code]
			if !ok || u != asMatch && (k.kind == kindInternal || refusedByName[code]) {
				return "", false, k, errors.New("bad dhcp-option")
			}
			o.code = code
			return rest, more, k, nil
		case strings.HasPrefix(head, "option6:"):
			o.code = -1 // DHCPv6: never sent to these clients
			return "", false, k, nil
		case strings.HasPrefix(head, "vendor:"):
			class := unhide(head[len("vendor:"):])
			o.vendor = &class
			if o.inEnc || u == asMatch {
				return "", false, k, fmt.Errorf("inappropriate %s", "vendor:")
			}
		case strings.HasPrefix(head, "encap:"):
			o.encap, o.inEnc = atoi(head[len("encap:"):]), true
			if o.vendor != nil || u == asMatch {
				return "", false, k, fmt.Errorf("inappropriate %s", "encap:")
			}
		case strings.HasPrefix(head, "vi-encap:"):
			o.encap, o.viEnc = atoi(head[len("vi-encap:"):]), true
			if u == asMatch {
				return rest, more, k, nil
			}
		default:
			o.tags = append(o.tags, unhide(trimTag(head)))
		}
		if !more {
			return "", false, k, errors.New("bad dhcp-option")
		}
		arg = rest
	}
}

// look is what a value could be, from its characters alone.
type look struct {
	addr, hex, dec bool
	digit          bool
	groups, dots   int
	unit           byte // b, s or i behind a number: its width
	value          string
}

func lookAt(value string, u use) look {
	l := look{addr: true, hex: true, dec: true, groups: 1, value: value}
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == ',':
			l.dec, l.hex = false, false
		case c == ':':
			l.groups++
			l.dec, l.addr = false, false
		case c == '/':
			l.dec, l.hex = false, false
			l.addr = l.addr && i > 0
		case c == '.':
			l.dec, l.hex = false, false
			l.dots++
		case c == '-':
			l.hex, l.addr = false, false
		case c == ' ':
			l.dec, l.hex = false, false
		case c >= '0' && c <= '9':
			l.digit = true
		default:
			l.addr = false
			if i == len(value)-1 && l.dec && (c == 'b' || c == 's' || c == 'i') {
				l.unit, l.value = c, value[:i] // cut even where the option is text
			} else {
				l.dec = false
			}
			l.hex = l.hex && (isHex(c) || c == '*' && u == asMatch)
		}
	}
	if !l.digit {
		l.dec, l.addr = false, false
	}
	return l
}

func (o *option) parseValue(value string, k known, u use) error {
	l := lookAt(value, u)
	switch {
	case k.kind == kindAddrs:
		l.dec, l.hex = false, false
		if !l.addr || l.dots == 0 {
			return errors.New("bad IP address")
		}
	case k.kind == kindName || k.kind == kindDomains:
		l.addr, l.dec, l.hex = false, false, false
	}
	switch {
	case l.digit && k.kind == kindTime && l.value != "":
		o.val = bigEndian(seconds(l.value), 4)
	case l.hex && l.groups > 1:
		o.val, o.mask, o.hex = parseHex(l.value)
		o.fit(l.groups)
	case l.dec:
		n := atoi(l.value)
		size := width(n, k.size, l.unit)
		if k.kind == kindInternal && l.unit == 0 {
			size = 256 // the mark of the table is taken for a width: refused as too long
		}
		o.val = bigEndian(n, size)
	case l.addr:
		return o.parseAddrs(l.value)
	case (o.code == 119 || o.code == 120) && !o.nested():
		o.parseDomains(l.value)
	default:
		o.val, o.text = []byte(unhide(l.value)), true
	}
	return nil
}

// fit makes the value as long as its colons say: "01::02" is 01 02 00.
func (o *option) fit(n int) {
	for len(o.val) < n {
		o.val, o.mask = append(o.val, 0), append(o.mask, false)
	}
	o.val, o.mask = o.val[:n], o.mask[:n]
}

func width(n, size int, unit byte) int {
	switch {
	case unit == 'b':
		return 1
	case unit == 's':
		return 2
	case unit == 'i':
		return 4
	case size != 0:
		return size
	case n&0xffff0000 != 0:
		return 4
	case n&0xff00 != 0:
		return 2
	}
	return 1
}

// parseAddrs reads addresses, and networks as RFC 3442 packs them.
func (o *option) parseAddrs(value string) error {
	o.addrs = true
	if o.code == 120 && !o.nested() {
		o.val, o.addrs = []byte{1}, false // RFC 3361: addresses follow
	}
	for _, field := range strings.Split(value, ",") {
		host, bits, isNet := strings.Cut(strings.Trim(field, " "), "/")
		a, err := netip.ParseAddr(host)
		if err != nil || !a.Is4() {
			return errors.New("bad IPv4 address")
		}
		octets := a.AsSlice()
		if isNet {
			n := atoi(bits)
			o.val = append(o.val, byte(n))
			octets = octets[:min((max(n, 0)+7)/8, 4)]
			o.addrs = false
		}
		o.val = append(o.val, octets...)
	}
	return nil
}

// parseDomains writes names one by one; dnsmasq would also share common tails.
func (o *option) parseDomains(value string) {
	if o.code == 120 {
		o.val = []byte{0} // RFC 3361: names follow
	}
	for _, name := range strings.Split(value, ",") {
		for _, label := range strings.Split(unhide(strings.Trim(name, " ")), ".") {
			if label != "" {
				o.val = append(append(o.val, byte(len(label))), label...)
			}
		}
		o.val = append(o.val, 0)
	}
}

// parseHex reads octets in hex between colons, and * for any (util.c, parse_hex).
// A group of several octets is several octets; an empty one is none.
func parseHex(s string) (val []byte, mask []bool, ok bool) {
	for _, group := range strings.FieldsFunc(s, func(r rune) bool { return r == ':' || r == '-' || r == ' ' }) {
		if group == "*" {
			val, mask = append(val, 0), append(mask, true)
			continue
		}
		for len(group) > 0 {
			n := min(2, len(group))
			b, err := strconv.ParseUint(group[:n], 16, 8)
			if err != nil {
				return nil, nil, false
			}
			val, mask = append(val, byte(b)), append(mask, false)
			group = group[n:]
		}
	}
	return val, mask, true
}

// seconds reads a time with its unit.
func seconds(s string) int {
	factor := 1
	switch s[len(s)-1] | 0x20 {
	case 'w':
		factor = 7 * 24 * 3600
	case 'd':
		factor = 24 * 3600
	case 'h':
		factor = 3600
	case 'm':
		factor = 60
	}
	return atoi(s) * factor
}

func bigEndian(n, size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(n >> (8 * (size - 1 - i)))
	}
	return b
}

// trimTag drops the word before a tag's name.
func trimTag(s string) string {
	for _, word := range []string{"tag:", "net:", "set:"} {
		if rest, ok := strings.CutPrefix(s, word); ok {
			return rest
		}
	}
	return s
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

func isHex(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }

// atoi is C's: a sign and the leading digits, 0 when there are none.
func atoi(s string) int {
	if rest, negative := strings.CutPrefix(s, "-"); negative {
		return -atoi(rest)
	}
	n := 0
	for i := 0; i < len(s) && s[i] >= '0' && s[i] <= '9' && n < 1<<31; i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
