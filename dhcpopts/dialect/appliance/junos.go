package appliance

import (
	"fmt"
	"net/netip"
	"strings"

	"pxekit/dhcpopts/dialect"
)

// Junos is the DHCP local server of Junos ("dhcp-attributes (Address-Assignment
// Pools)"). boot-file is option 67 and boot-server is option 66 by that
// document, so both are written as options, in hex where they are more than a
// plain word: what the command line does with a backslash is not said.
// next-server is "used as the siaddr in a DHCP protocol packet" ("next-server").
// option-match knows option 82 only.
var Junos = (&pool{
	name: "junos", title: "Juniper Junos", comment: "#",
	where: "[edit access address-assignment pool family inet dhcp-attributes]",
	open: func(n netip.Prefix) []string {
		return []string{"set access address-assignment pool " + junosPool(n) + " family inet network " + n.Masked().String()}
	},
	lead: func(n netip.Prefix) string {
		return "set access address-assignment pool " + junosPool(n) + " family inet dhcp-attributes "
	},
	siaddr: nextServer,
	option: junosOption,
	undo:   undoWith("delete"),
	read:   readPoolLine,
	words:  quotedWords,
	text:   "option 67 string ",
	check:  "commit check",

	evidence: dialect.Unverified,
	into:     existingPool,
	notes:    []dialect.Note{{Text: "next-server and the type hex-string need a release that has them: commit check says so"}},
	support: poolSupport(dialect.Documented,
		can(dialect.Unverified, dialect.FeatSIAddr, dialect.FeatNUL),
		cannot("boot-file is option 67; no statement is said to set the header field file", dialect.FeatFile)),
}).target()

func junosPool(n netip.Prefix) string { return "pxe-" + strings.ReplaceAll(network(n), ".", "-") }

func junosOption(code uint8, v []byte) (string, error) {
	if bare(v) && !strings.Contains(string(v), `\`) {
		return fmt.Sprintf("option %d string %s", code, v), nil
	}
	return fmt.Sprintf("option %d hex-string %x", code, v), nil
}
