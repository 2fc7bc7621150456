package isc

import (
	"fmt"
	"net/netip"
	"strings"

	"pxekit/dhcpopts"
)

// builtin is dhcpd's own definition of an option, nil when it has none.
func builtin(code uint8) *option {
	for i := range dhcpOptions {
		if dhcpOptions[i].code == int(code) {
			return &dhcpOptions[i]
		}
	}
	return nil
}

// OptionFormat is the type of a built-in option in the letters of
// common/tables.c ("t" text, "X" octets, "IA" addresses); "" when dhcpd has none.
func OptionFormat(code uint8) string {
	if o := builtin(code); o != nil {
		return o.format
	}
	return ""
}

// OptionName is what dhcpd calls an option; unknown-N needs no definition.
func OptionName(code uint8) string {
	if o := builtin(code); o != nil {
		return o.name
	}
	return fmt.Sprintf("unknown-%d", code)
}

// optionLine is the statement that sends exactly these octets.
func optionLine(code uint8, value []byte) string {
	return "option " + OptionName(code) + " " + valueText(code, value) + ";"
}

// valueText writes a value in the type of its option where that can say it, and
// as "= hex" where not. Options without a built-in type are written as
// expressions, which hold whatever type the file defines for them.
func valueText(code uint8, value []byte) string {
	switch format := OptionFormat(code); format {
	case "t":
		if len(value) <= MaxString {
			return Quote(value)
		}
	case "X":
		if printable(value) {
			return Quote(value)
		}
		return hexList(value)
	case "E.":
		return hexList(value)
	case "I", "IA", "Ia":
		if len(value)%4 == 0 && (len(format) > 1 || len(value) == 4) {
			return addressList(value)
		}
	case "":
		if printable(value) {
			return "= " + Quote(value)
		}
	}
	return "= " + hexList(value)
}

func printable(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return len(b) <= MaxString
}

func addressList(b []byte) string {
	var all []string
	for ; len(b) >= 4; b = b[4:] {
		all = append(all, netip.AddrFrom4([4]byte(b[:4])).String())
	}
	return strings.Join(all, ", ")
}

// forced adds codes to the client's request list. A client without a list is
// sent all that is configured: concat of a missing option has no value, and
// dhcpd goes on as if nothing was set.
func forced(options []dhcpopts.Option) string {
	var codes []byte
	for _, o := range options {
		codes = append(codes, o.Code)
	}
	return fmt.Sprintf("option %s = concat(option %[1]s, %s);", OptionName(dhcpopts.OptRequestList), hexList(codes))
}
