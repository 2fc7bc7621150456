package infoblox

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect/isc"
)

// confText is what NIOS writes between the quotes of dhcpd.conf for text typed
// into a field (NIOS 9.0, "Configuring IPv4 BOOTP and PXE Properties": typed
// \\x86\\topdir\subdir stands there as \x5cx86\x5ctopdir\\subdir). A doubled
// backslash becomes \x5c; a single one is doubled, but not before t, r, n, b and
// xHH: those are passed on, and dhcpd reads them as escapes. That a quote is
// escaped is unverified; typedText writes none.
func confText(typed string) string {
	var b strings.Builder
	for i := 0; i < len(typed); i++ {
		switch rest := typed[i:]; {
		case strings.HasPrefix(rest, `\\`):
			b.WriteString(`\x5c`)
			i++
		case passedOn(rest) != "":
			b.WriteByte('\\')
		case rest[0] == '\\':
			b.WriteString(`\\`)
		case rest[0] == '"':
			b.WriteString(`\"`)
		default:
			b.WriteByte(rest[0])
		}
	}
	return b.String()
}

// passedOn is the escape at the start of a text that dhcpd is left to read, ""
// when there is none.
func passedOn(rest string) string {
	switch {
	case len(rest) < 2 || rest[0] != '\\':
	case strings.Contains("trnb", rest[1:2]):
		return rest[:2]
	case len(rest) >= 4 && rest[1] == 'x' && strings.Trim(rest[2:4], "0123456789abcdefABCDEF") == "":
		return rest[:4]
	}
	return ""
}

// typedText is what to type for the writer to let through these octets: every
// backslash doubled, and what is not plain as \xHH, blanks at the ends too, as a
// form may trim them.
func typedText(value []byte) string {
	var b strings.Builder
	for i, c := range value {
		edge := c == ' ' && (i == 0 || i == len(value)-1)
		switch {
		case c == '\\':
			b.WriteString(`\\`)
		case c < ' ' || c > '~' || c == '"' || edge:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// optionType is an option's type in NIOS.
type optionType string

const (
	textType    optionType = "text"
	stringType  optionType = "string" // text, or octets as 06:01:0b
	addressType optionType = "array of ip-address"
	integerType optionType = "unsigned integer"
	noType      optionType = ""
)

// customFrom is the first code that an option may be defined for; the ones
// before are predefined (NIOS 9.0, "About DHCP options").
const customFrom = 126

// typeOf is an option's type: dhcpd's own for the predefined, and string for
// those that an admin must define first.
func typeOf(code uint8) optionType {
	if code >= customFrom {
		return stringType
	}
	switch isc.OptionFormat(code) {
	case "t":
		return textType
	case "X", "E.":
		return stringType
	case "I", "IA", "Ia":
		return addressType
	case "B", "S", "L", "T":
		return integerType
	}
	return noType
}

// typedValue is what to type for an option's value.
func typedValue(code uint8, value []byte) (string, error) {
	switch t := typeOf(code); {
	case len(value) == 0:
		return "", fmt.Errorf("option %d has no value, which dhcpd does not send", code)
	case t == textType:
		return typedText(value), nil
	case t == stringType:
		if code < customFrom && plain(value) && !isc.HexListLike(string(value)) {
			return string(value), nil
		}
		return colonHex(value), nil
	case t == addressType && len(value)%4 == 0:
		return addresses(value), nil
	case t == integerType && len(value) == integerSize[isc.OptionFormat(code)]:
		n, err := strconv.ParseUint(hex.EncodeToString(value), 16, 32)
		return strconv.FormatUint(n, 10), err
	}
	return "", fmt.Errorf("option %d takes no value %x in NIOS", code, value)
}

var integerSize = map[string]int{"B": 1, "S": 2, "L": 4, "T": 4}

func plain(b []byte) bool { return typedText(b) == string(b) }

func colonHex(b []byte) string {
	return dhcpopts.FormatHex(dhcpopts.HexColon, b)
}

func addresses(b []byte) string {
	var all []string
	for ; len(b) >= 4; b = b[4:] {
		all = append(all, netip.AddrFrom4([4]byte(b[:4])).String())
	}
	return strings.Join(all, ", ")
}

// confOption is the line of dhcpd.conf for a typed option. A string that is no
// list of octets is taken for text, without a word.
func confOption(code uint8, typed string) string {
	name := isc.OptionName(code)
	switch t := typeOf(code); {
	case t == stringType && isc.HexListLike(typed) && code >= customFrom:
		return fmt.Sprintf("option %s = %s;", name, typed)
	case t == stringType && isc.HexListLike(typed), t == addressType, t == integerType:
		return fmt.Sprintf("option %s %s;", name, typed)
	case code >= customFrom:
		return fmt.Sprintf("option %s = \"%s\";", name, confText(typed))
	}
	return fmt.Sprintf("option %s \"%s\";", name, confText(typed))
}
