package appliance

import (
	"fmt"
	"net/netip"
	"strings"

	"pxekit/dhcpopts/dialect"
)

// AOSCX is the DHCP server of Aruba AOS-CX ("IP Services Guide", DHCP server
// commands: pool, range, option {ascii | hex | ip}). Its pools have ranges and
// no network line, so the lines go into the pool that is there.
var AOSCX = (&pool{
	name: "aoscx", title: "Aruba AOS-CX", comment: "!",
	where: "dhcp-server vrf default, pool",
	open: func(n netip.Prefix) []string {
		return []string{"dhcp-server vrf default", "    pool pxe-" + strings.ReplaceAll(network(n), ".", "-")}
	},
	lead:   func(netip.Prefix) string { return "        " },
	leave:  []string{"        exit", "    exit"},
	option: aoscxOption,
	undo:   undoWith("no"),
	read:   readPoolLine,
	words:  quotedWords,
	text:   "option 67 ascii ",
	check:  "show dhcp-server",

	evidence: dialect.Unverified,
	into:     "into the pool whose range serves the network, in place of the name written here: a pool of AOS-CX has a range, not a network",
	support: poolSupport(dialect.Unverified,
		cannot("no command sets siaddr alone; option 66 names the server", dialect.FeatSIAddr),
		cannot("the bootp command takes a URL; what it puts into the header is not said", dialect.FeatFile)),
}).target()

func aoscxOption(code uint8, v []byte) (string, error) {
	if bare(v) {
		return fmt.Sprintf("option %d ascii %s", code, v), nil
	}
	return fmt.Sprintf("option %d hex %x", code, v), nil
}
