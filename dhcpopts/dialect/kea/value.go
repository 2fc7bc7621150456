package kea

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// blanks are what Kea's trim takes off both ends of a text.
const blanks = " \t\n"

// tokens splits text at commas; a backslash keeps a comma or a backslash that
// follows it and stays itself before anything else (src/lib/util/str.cc tokens).
func tokens(text string) (fields []string) {
	var field []byte
	inField, escaped := false, false
	for _, c := range []byte(text) {
		switch {
		case c == ',' && !escaped:
			if len(field) > 0 {
				fields = append(fields, string(field))
			}
			field, inField = nil, false
			continue
		case c == '\\' && !escaped:
			escaped, inField = true, true
			continue
		case escaped && c != ',' && c != '\\':
			field = append(field, '\\')
		}
		field = append(field, c)
		escaped, inField = false, true
	}
	if escaped {
		field = append(field, '\\')
	}
	if inField && len(field) > 0 {
		fields = append(fields, string(field))
	}
	return fields
}

// literal reads the value of "csv-format": false: text in single quotes, or
// hexadecimal digits plain, after 0x, or split by colons or blanks.
func literal(text string) ([]byte, error) {
	t := strings.Trim(text, blanks)
	if len(t) > 1 && t[0] == '\'' && t[len(t)-1] == '\'' {
		if t = strings.Trim(t[1:len(t)-1], blanks); t != "" {
			return []byte(t), nil
		}
	}
	b, err := hexText(text)
	if err != nil {
		return nil, fmt.Errorf("option data is not a valid string of hexadecimal digits: %s", text)
	}
	return b, nil
}

func hexText(text string) ([]byte, error) {
	sep := ":"
	if !strings.Contains(text, sep) {
		sep = " "
	}
	if !strings.Contains(text, sep) {
		if len(text) > 2 {
			text = strings.TrimPrefix(text, "0x")
		}
		if len(text)%2 != 0 {
			text = "0" + text
		}
		return hex.DecodeString(text)
	}
	var out []byte
	for _, part := range strings.Split(text, sep) {
		if len(part) == 0 || len(part) > 2 {
			return nil, fmt.Errorf("%q is not one or two hexadecimal digits", part)
		}
		b, err := strconv.ParseUint(part, 16, 8)
		if err != nil {
			return nil, err
		}
		out = append(out, byte(b))
	}
	return out, nil
}

// fromText builds the octets of an option from its comma-separated fields
// (option_definition.cc optionFactory of strings); what is too much is dropped.
func (d definition) fromText(text string) ([]byte, error) {
	fields := tokens(text)
	types := d.types
	switch {
	case len(types) == 1 && types[0] == typeEmpty && len(fields) > 0:
		return nil, fmt.Errorf("attempt to write invalid option data field type into the option buffer: 0")
	case len(types) == 1 && !d.array && types[0] != typeEmpty && len(fields) == 0:
		return nil, fmt.Errorf("no option value specified")
	case len(types) > 1 && len(fields) < len(types):
		return nil, fmt.Errorf("number of data fields for the option type '%d' is greater than number of values provided", d.code)
	}
	var out []byte
	for i, f := range fields {
		if i >= len(types) && !d.array {
			break
		}
		b, err := field(types[min(i, len(types)-1)], strings.Trim(f, blanks))
		if err != nil {
			return nil, err
		}
		out = append(out, b...)
	}
	return d.fromBytes(out)
}

// intSize is the width of a number's field in octets.
func intSize(t fieldType) int {
	switch t {
	case typeInt8, typeUint8, typeBool:
		return 1
	case typeInt16, typeUint16:
		return 2
	case typeInt32, typeUint32, typeIPv4:
		return 4
	case typeIPv6:
		return 16
	}
	return 0
}

// field encodes one field of a text.
func field(t fieldType, s string) ([]byte, error) {
	switch t {
	case typeString:
		return []byte(s), nil
	case typeBinary:
		return hexText(s)
	case typeBool:
		switch s {
		case "true", "1":
			return []byte{1}, nil
		case "false", "0":
			return []byte{0}, nil
		}
		return nil, fmt.Errorf("%q is not a boolean", s)
	case typeIPv4, typeIPv6:
		a, err := netip.ParseAddr(s)
		if err != nil || a.Is4() != (t == typeIPv4) {
			return nil, fmt.Errorf("%q is not an address of the option's family", s)
		}
		return a.AsSlice(), nil
	case typeFQDN:
		return fqdn(s)
	}
	return integer(t, s)
}

func integer(t fieldType, s string) ([]byte, error) {
	bits := 8 * intSize(t)
	n, err := strconv.ParseInt(s, 10, 64)
	lo, hi := int64(0), int64(1)<<bits-1
	if t == typeInt8 || t == typeInt16 || t == typeInt32 {
		lo, hi = -1<<(bits-1), 1<<(bits-1)-1
	}
	if err != nil || n < lo || n > hi {
		return nil, fmt.Errorf("%q is not a number from %d to %d", s, lo, hi)
	}
	return binary.BigEndian.AppendUint32(nil, uint32(n))[4-bits/8:], nil
}

// fqdn writes a domain name in labels (RFC 1035 section 3.1).
func fqdn(s string) ([]byte, error) {
	var out []byte
	for _, label := range strings.Split(strings.TrimSuffix(s, "."), ".") {
		if len(label) == 0 || len(label) > 63 {
			return nil, fmt.Errorf("%q is not a domain name", s)
		}
		out = append(append(out, byte(len(label))), label...)
	}
	return append(out, 0), nil
}

// fromBytes is what an option of this definition sends when it is given these
// octets (option_definition.cc optionFactory of a buffer): a string loses its
// closing NULs, a single number or address what is behind it.
func (d definition) fromBytes(data []byte) ([]byte, error) {
	switch t := d.types[0]; {
	case len(d.types) > 1:
		return d.record(data)
	case t == typeString:
		data = trimNUL(data)
		if len(data) == 0 {
			return nil, fmt.Errorf("failed to parse an option '%d' holding string value' was empty or contained only nuls", d.code)
		}
		return data, nil
	case t == typeEmpty && d.encapsulate != "":
		return suboptions(data), nil
	case t == typeEmpty:
		return nil, nil
	case t == typeFQDN:
		return data, domainNames(data)
	case intSize(t) > 0:
		return d.numbers(data, intSize(t))
	}
	return data, nil
}

func (d definition) numbers(data []byte, size int) ([]byte, error) {
	short := len(data) < size && !(d.array && d.types[0] == typeIPv4)
	if short || d.array && len(data)%size != 0 {
		return nil, fmt.Errorf("option %d has %d octets, its fields have %d", d.code, len(data), size)
	}
	if !d.array {
		data = data[:size]
	}
	return data, nil
}

// record checks the fields in turn. The last, if it is an array, repeats.
func (d definition) record(data []byte) ([]byte, error) {
	rest := data
	for i := 0; i < len(d.types) || d.array && len(rest) > 0; i++ {
		t := d.types[min(i, len(d.types)-1)]
		size := intSize(t)
		if size == 0 {
			size = len(rest)
			if t == typeFQDN {
				size = nameLength(rest)
			}
			if size == 0 {
				return nil, fmt.Errorf("option buffer truncated")
			}
		}
		if len(rest) < size {
			if i >= len(d.types) {
				break
			}
			return nil, fmt.Errorf("option buffer truncated")
		}
		rest = rest[size:]
	}
	return data[:len(data)-len(rest)], nil
}

// nameLength is the length of the domain name at the start, 0 when it is cut.
func nameLength(data []byte) int {
	for i := 0; i < len(data); i += int(data[i]) + 1 {
		if data[i] == 0 {
			return i + 1
		}
	}
	return 0
}

func domainNames(data []byte) error {
	for rest := data; ; {
		n := nameLength(rest)
		if n == 0 {
			return fmt.Errorf("incomplete wire-format name")
		}
		if rest = rest[n:]; len(rest) == 0 {
			return nil
		}
	}
}

func trimNUL(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	return b
}

// suboption finds one sub-option in an encapsulating option.
func suboption(data []byte, code uint8) ([]byte, bool) {
	for len(data) >= 2 && len(data) >= 2+int(data[1]) {
		if data[0] == code {
			return data[2 : 2+data[1]], true
		}
		data = data[2+int(data[1]):]
	}
	return nil, false
}

// suboptions packs again what Kea unpacked of an encapsulating option: in
// ascending order, without padding, end mark and what is cut short.
func suboptions(data []byte) []byte {
	var subs [][]byte
	for i := 0; i < len(data) && data[i] != 255; {
		if data[i] == 0 {
			i++
			continue
		}
		if i+1 >= len(data) || i+2+int(data[i+1]) > len(data) {
			break
		}
		end := i + 2 + int(data[i+1])
		subs = append(subs, data[i:end])
		i = end
	}
	return packSub(subs)
}

func packSub(subs [][]byte) []byte {
	slices.SortStableFunc(subs, func(a, b []byte) int { return int(a[0]) - int(b[0]) })
	return slices.Concat(subs...)
}
