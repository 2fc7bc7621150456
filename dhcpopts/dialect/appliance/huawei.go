package appliance

import (
	"fmt"
	"net/netip"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
)

// Huawei is the DHCP server of VRP ("Command Reference: IP address pool view":
// option, next-server, bootfile). option takes ascii of 1 to 255 characters or
// hex of an even number of 2 to 254 digits, which is 127 octets. The CloudEngine
// example "Assign PXE Startup Parameters" types boot\x64\wdsnbp.com with single
// backslashes and shows it back the same.
var Huawei = (&pool{
	name: "huawei", title: "Huawei VRP", comment: "#",
	where:  "ip pool",
	open:   huaweiOpen,
	lead:   func(netip.Prefix) string { return " " },
	leave:  []string{" quit"},
	siaddr: nextServer,
	file:   bootfile,
	option: huaweiOption,
	undo:   undoWith("undo"),
	read:   huaweiRead,
	words:  blankWords,
	text:   "option 67 ascii ",
	check:  "display this",

	evidence: dialect.Documented,
	into:     existingPool,
	notes:    []dialect.Note{{Text: "an interface pool (dhcp select interface) takes the lines as: dhcp server option …"}},
	support:  poolSupport(dialect.Documented, can(dialect.Unverified, dialect.FeatFile)),
}).target()

// huaweiHex and huaweiASCII are the longest values of option in octets.
const (
	huaweiHex   = 127
	huaweiASCII = 255
)

func huaweiOpen(n netip.Prefix) []string {
	return []string{
		"ip pool pxe-" + strings.ReplaceAll(network(n), ".", "-"),
		" network " + network(n) + " mask " + mask(n),
	}
}

func huaweiOption(code uint8, v []byte) (string, error) {
	switch {
	case bare(v) && len(v) <= huaweiASCII:
		return fmt.Sprintf("option %d ascii %s", code, v), nil
	case len(v) > huaweiHex:
		return "", tooLong(fmt.Sprintf("option %d in hex", code), 2*huaweiHex)
	}
	return fmt.Sprintf("option %d hex %x", code, v), nil
}

// blankWords splits a line at blanks and knows no quotes.
func blankWords(line string) ([]string, error) { return strings.Fields(line), nil }

// huaweiRead takes all behind ascii as the text: "case-sensitive characters
// with spaces supported".
func huaweiRead(words []string, a *dhcpopts.Answer) error {
	if len(words) > 3 && words[0] == "option" && words[2] == "ascii" {
		words = []string{"option", words[1], "ascii", strings.Join(words[3:], " ")}
	}
	return readPoolLine(words, a)
}
