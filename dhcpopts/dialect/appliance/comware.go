package appliance

import (
	"fmt"
	"net/netip"

	"pxekit/dhcpopts/dialect"
)

// Comware is the DHCP server of HPE and H3C switches ("Layer 3—IP Services
// Command Reference", DHCP server commands). next-server is siaddr.
// bootfile-name is option 67 under another name, sent when it is requested, and
// what it does to the header is not said: so option 67 is written as such, in
// hex where the value is more than a plain word.
var Comware = (&pool{
	name: "comware", title: "HPE and H3C Comware", comment: "#",
	where:  "dhcp server ip-pool",
	open:   comwareOpen,
	lead:   func(netip.Prefix) string { return " " },
	leave:  []string{" quit"},
	siaddr: nextServer,
	option: comwareOption,
	undo:   undoWith("undo"),
	read:   readPoolLine,
	words:  blankWords,
	text:   "option 67 ascii ",
	check:  "display dhcp server pool",

	evidence: dialect.Unverified,
	into:     existingPool,
	notes:    []dialect.Note{{Text: "take bootfile-name out of the pool: it would stand for option 67"}},
	support: poolSupport(dialect.Documented,
		cannot("bootfile-name is option 67; no command is said to set the header field file", dialect.FeatFile)),
}).target()

// comwareHex is the longest option in octets: hex of 2 to 256 digits
// (3600v2 and 10500 references).
const comwareHex = 128

func comwareOpen(n netip.Prefix) []string {
	return []string{
		"dhcp server ip-pool pxe-" + network(n),
		" network " + network(n) + " mask " + mask(n),
	}
}

func comwareOption(code uint8, v []byte) (string, error) {
	switch {
	case bare(v) && len(v) <= huaweiASCII:
		return fmt.Sprintf("option %d ascii %s", code, v), nil
	case len(v) > comwareHex:
		return "", tooLong(fmt.Sprintf("option %d in hex", code), 2*comwareHex)
	}
	return fmt.Sprintf("option %d hex %x", code, v), nil
}
