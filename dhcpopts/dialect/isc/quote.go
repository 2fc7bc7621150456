package isc

import (
	"fmt"
	"strings"
)

// MaxString is the longest string constant: tokbuf has 1500 octets
// (common/conflex.c), and the closing quote takes the place of the last.
const MaxString = 1499

// Quote writes bytes as a string constant of dhcpd.conf, quotes included. All
// but printable ASCII becomes \ooo, which read_string takes with exactly three
// digits; the quote and the backslash are escaped by a backslash. A raw octet
// 255 would be read as the end of the file.
func Quote(value []byte) string {
	var b strings.Builder
	b.Grow(len(value) + 8) // the quotes, and a few escapes
	b.WriteByte('"')
	for _, c := range value {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// stringReader is read_string of common/conflex.c: octets after the opening
// quote go in one by one until done or err is set.
type stringReader struct {
	out   []byte
	done  bool
	err   string
	state escape
	count int // digits read
	value int
}

// escape is where in an escape sequence the reader is.
type escape int

const (
	plain escape = iota
	backslash
	octal
	hexadecimal
)

// put takes one octet.
func (r *stringReader) put(c byte) {
	switch r.state {
	case plain:
		r.putPlain(c)
	case backslash:
		r.putEscaped(c)
	case octal:
		r.putOctal(c)
	case hexadecimal:
		r.putHex(c)
	}
	if len(r.out) > MaxString && !r.done {
		r.err = "string constant larger than internal buffer"
	}
}

func (r *stringReader) putPlain(c byte) {
	switch c {
	case '\\':
		r.state = backslash
	case '"':
		r.done = true
	default:
		r.out = append(r.out, c)
	}
}

// putEscaped takes the octet behind a backslash. Only these escapes exist: of
// any other the backslash is dropped.
func (r *stringReader) putEscaped(c byte) {
	switch {
	case c >= '0' && c <= '3':
		r.state, r.count, r.value = octal, 1, int(c-'0')
		return
	case c == 'x':
		r.state, r.count, r.value = hexadecimal, 0, 0
		return
	}
	if named, ok := namedEscapes[c]; ok {
		c = named
	}
	r.emit(c)
}

var namedEscapes = map[byte]byte{'t': '\t', 'r': '\r', 'n': '\n', 'b': '\b'}

// putOctal takes a digit of \ooo. After \0 and \00 any octet is taken and
// thrown away, and so is the NUL: the next octet counts as escaped and is
// written over it (the counter falls back to one, and the place does not move).
func (r *stringReader) putOctal(c byte) {
	if c < '0' || c > '7' {
		if r.value != 0 {
			r.err = fmt.Sprintf("invalid octal digit %x", signed(c))
			return
		}
		r.state = backslash
		return
	}
	r.value = r.value*8 + int(c-'0')
	if r.count++; r.count == 3 {
		r.emit(byte(r.value))
	}
}

func (r *stringReader) putHex(c byte) {
	digit, ok := hexDigit(c)
	if !ok {
		r.err = fmt.Sprintf("invalid hex digit: %x", signed(c))
		return
	}
	r.value = r.value*16 + digit
	if r.count++; r.count == 2 {
		r.emit(byte(r.value))
	}
}

func (r *stringReader) emit(c byte) {
	r.out = append(r.out, c)
	r.state = plain
}

// signed is an octet as dhcpd's messages show it, which come from a signed char.
func signed(c byte) uint32 { return uint32(int8(c)) }

func hexDigit(c byte) (int, bool) {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0'), true
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10, true
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10, true
	}
	return 0, false
}
