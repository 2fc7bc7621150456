package networkd

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"pxekit/dhcpopts"
)

// parseOption reads CODE:TYPE:VALUE; colons in front of the value count as one.
func parseOption(s string) (dhcpopts.Option, error) {
	code, rest, _ := strings.Cut(strings.TrimLeft(s, ":"), ":")
	kind, value, _ := strings.Cut(strings.TrimLeft(rest, ":"), ":")
	value = strings.TrimLeft(value, ":")
	n, err := strconv.ParseUint(code, 0, 8)
	if err != nil || n < 1 || n > 254 || value == "" {
		return dhcpopts.Option{}, fmt.Errorf("invalid DHCP option, ignoring assignment: %q", s)
	}
	v, err := parseValue(kind, value)
	if err != nil {
		return dhcpopts.Option{}, err
	}
	return dhcpopts.Option{Code: uint8(n), Data: v}, nil
}

func parseValue(kind, value string) ([]byte, error) {
	bits := map[string]int{"uint8": 8, "uint16": 16, "uint32": 32}[kind]
	switch {
	case bits > 0:
		n, err := strconv.ParseUint(value, 0, bits)
		if err != nil {
			return nil, fmt.Errorf("failed to parse DHCP %s data, ignoring assignment: %q", kind, value)
		}
		return binary.BigEndian.AppendUint32(nil, uint32(n))[4-bits/8:], nil
	case kind == "ipv4address" || kind == "ipv6address":
		a, err := netip.ParseAddr(value)
		if err != nil || a.Is4() != (kind == "ipv4address") {
			return nil, fmt.Errorf("failed to parse DHCP %s data, ignoring assignment: %q", kind, value)
		}
		return a.AsSlice(), nil
	case kind == "string":
		v, ok := unescape(value)
		if !ok {
			return nil, fmt.Errorf("failed to decode DHCP option data, ignoring assignment: %q", value)
		}
		return v, nil
	}
	return nil, fmt.Errorf("invalid DHCP option data type, ignoring assignment: %q", kind)
}

// single are the escapes of one letter (escape.c, cunescape_one).
var single = map[byte]byte{
	'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v', '\\': '\\', '"': '"', '\'': '\'', 's': ' ',
}

// unescape reads C's escapes, NUL among them; any other is an error.
func unescape(s string) ([]byte, bool) {
	var v []byte
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			v = append(v, s[i])
			continue
		}
		if i++; i == len(s) {
			return nil, false
		}
		if c, ok := single[s[i]]; ok {
			v = append(v, c)
			continue
		}
		r, wide, n, ok := numeric(s[i:])
		if !ok {
			return nil, false
		}
		if wide {
			v = utf8.AppendRune(v, r)
		} else {
			v = append(v, byte(r))
		}
		i += n - 1
	}
	return v, true
}

// numeric reads xHH, ooo, uHHHH or UHHHHHHHH; the last two are characters.
func numeric(s string) (r rune, wide bool, n int, ok bool) {
	digits, base, from := 3, 8, 0
	switch s[0] {
	case 'x':
		digits, base, from = 2, 16, 1
	case 'u':
		digits, base, from = 4, 16, 1
	case 'U':
		digits, base, from = 8, 16, 1
	}
	if len(s) < from+digits {
		return 0, false, 0, false
	}
	u, err := strconv.ParseUint(s[from:from+digits], base, 32)
	wide = digits == 4 || digits == 8
	if err != nil || !wide && u > 255 || wide && (u == 0 || !utf8.ValidRune(rune(u))) {
		return 0, false, 0, false
	}
	return rune(u), wide, from + digits, true
}
