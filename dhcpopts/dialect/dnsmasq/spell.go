package dnsmasq

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"
	"net/netip"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
)

// Quote writes a value so that the file's lexer gives the same octets back, in
// quotes only where it must. ok is false for octets that cannot be typed: NUL,
// and every control character without an escape of its own, which dnsmasq would
// take for one of the characters its quotes protect.
func Quote(value []byte) (text string, ok bool) {
	if plain(value) {
		return string(value), true
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range value {
		switch e := strings.IndexByte("\"\\\t\n\b\r\x1b", c); {
		case e >= 0:
			b.WriteByte('\\')
			b.WriteByte(`"\tnbre`[e])
		case c < ' ' || c == 0x7f:
			return "", false
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String(), true
}

// plain reports whether a value means itself without quotes anywhere in a line.
// A colon is left to the quotes in front of which a tag could be read.
func plain(value []byte) bool {
	for _, c := range value {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`",#`, c) >= 0 {
			return false
		}
	}
	return len(value) > 0 && !isTag(string(value))
}

// spellValue writes an option's value so that dnsmasq sends exactly value, but
// for the NUL that it closes 66 and 67 with. The candidates are read back by the
// model of dnsmasq's own reader, as it guesses the type from the look: "s" alone
// would be the width of a number that is not there.
func spellValue(code uint8, value []byte) (text string, sent []byte, ok bool) {
	want := value
	if alwaysClosed(code) {
		want = bytes.TrimSuffix(value, []byte{0})
	}
	if len(want) == 0 || internal[int(code)] {
		return "", nil, false
	}
	for candidate := range candidates(code, want) {
		o, err := readValue(code, candidate)
		if err != nil || !bytes.Equal(o.val, want) || o.addrs && hasZeroAddr(want) {
			continue
		}
		if alwaysClosed(code) {
			return candidate, closed(want), true
		}
		return candidate, want, true
	}
	return "", nil, false
}

func alwaysClosed(code uint8) bool {
	return code == dhcpopts.OptTFTPServer || code == dhcpopts.OptBootFile
}

// candidates are the spellings to try, the most readable first.
func candidates(code uint8, v []byte) iter.Seq[string] {
	kind := table[int(code)].kind
	return func(yield func(string) bool) {
		if quoted, ok := Quote(v); ok && (printable(v) || kind == kindName) {
			if !yield(quoted) || quoted[0] != '"' && !yield(`"`+strings.ReplaceAll(quoted, `\`, `\\`)+`"`) {
				return
			}
		}
		if kind == kindAddrs && !yield(addrList(v)) ||
			kind == kindTime && len(v) == 4 && !yield(fmt.Sprint(binary.BigEndian.Uint32(v))) {
			return
		}
		if len(v) == 1 {
			yield(fmt.Sprintf("%db", v[0]))
			return
		}
		yield(hexOctets(v))
	}
}

func printable(v []byte) bool {
	for _, c := range v {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

func addrList(v []byte) string {
	var all []string
	for ; len(v) >= 4; v = v[4:] {
		all = append(all, netip.AddrFrom4([4]byte(v[:4])).String())
	}
	return strings.Join(all, ",")
}

func hasZeroAddr(v []byte) bool {
	for ; len(v) >= 4; v = v[4:] {
		if [4]byte(v[:4]) == ([4]byte{}) {
			return true
		}
	}
	return false
}

func hexOctets(v []byte) string {
	return dhcpopts.FormatHex(dhcpopts.HexColon, v)
}

// readValue reads what is typed behind dhcp-option-force=CODE, in a file.
func readValue(code uint8, typed string) (*option, error) {
	lines, err := statements(fmt.Sprintf("dhcp-option-force=%d,%s\n", code, typed))
	if err != nil {
		return nil, err
	}
	if len(lines) != 1 {
		return nil, fmt.Errorf("%q is more than one line: dnsmasq reads %d octets at once", typed, maxLine)
	}
	return parseOption(lines[0].arg, asForced)
}

func spell(code uint8, value []byte) (dialect.Spelling, error) {
	text, sent, ok := spellValue(code, value)
	if !ok {
		return dialect.Spelling{}, fmt.Errorf("dnsmasq cannot send option %d as %q", code, value)
	}
	s := dialect.Spelling{Text: fmt.Sprintf("dhcp-option-force=%d,%s", code, text), Where: "dnsmasq.conf", Sent: sent}
	if !bytes.Equal(sent, value) {
		s.Note = "dnsmasq closes options 66 and 67 with a NUL, but for one of 255 octets"
	}
	return s, nil
}

func read(code uint8, typed string) (dialect.Reading, error) {
	o, err := readValue(code, typed)
	if err != nil {
		return dialect.Reading{}, fmt.Errorf("dnsmasq refuses %q for option %d: %w", typed, code, err)
	}
	r := dialect.Reading{Sent: o.val, Evidence: dialect.Wire}
	if alwaysClosed(code) {
		r.Sent, r.Note = closed(o.val), "dnsmasq adds a NUL to options 66 and 67"
		if len(o.val) == 0 {
			r.Sent, r.Note = nil, "an empty option 66 or 67 ends dnsmasq 2.90 when a client does not list it"
		}
	}
	return r, nil
}
