package appliance

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"

	"pxekit/dhcpopts/dialect"
)

// Cisco is the DHCP server of IOS and IOS XE ("Cisco IOS IP Addressing Services
// Command Reference": bootfile, ip dhcp pool, next-server, option). A string with
// white space stands in quotes; hex digits may be parted by dots. ip dhcp class
// matches option 60 but only picks address ranges, never options.
//
// What the command line does with a backslash is written nowhere: public
// configs have single ones, and hex is used where it is allowed.
var Cisco = (&pool{
	name: "cisco", title: "Cisco IOS and IOS XE", comment: "!",
	where:  "ip dhcp pool",
	open:   ciscoOpen,
	lead:   func(netip.Prefix) string { return " " },
	leave:  []string{"exit"},
	siaddr: nextServer,
	file:   bootfile,
	option: ciscoOption,
	undo:   undoWith("no"),
	read:   readPoolLine,
	words:  quotedWords,
	text:   "option 67 ascii ",
	check:  "show running-config | section ip dhcp pool",

	evidence: dialect.Unverified,
	into:     existingPool,
	notes:    []dialect.Note{{Text: "a backslash in bootfile is not documented: look at a capture of the reply with pxekit decode"}},
	support:  poolSupport(dialect.Unverified),
}).target()

// existingPool is where the lines of a pool go.
const existingPool = "into the pool that serves the network already, if there is one, in place of the name written here"

// ciscoLine is how many characters IOS takes in a line ("Using the
// Command-Line Interface": 254).
const ciscoLine = 254

func ciscoOpen(n netip.Prefix) []string {
	return []string{
		"ip dhcp pool pxe-" + network(n),
		" network " + network(n) + " " + mask(n),
	}
}

// ciscoOption writes plain words as ascii and all else, a closing NUL too, as
// hex, which has no quoting to get wrong.
func ciscoOption(code uint8, v []byte) (string, error) {
	line := fmt.Sprintf("option %d ascii %s", code, v)
	if !bare(v) {
		line = fmt.Sprintf("option %d hex %s", code, dotted(v))
	}
	if len(line) >= ciscoLine {
		return "", tooLong(fmt.Sprintf("option %d", code), ciscoLine)
	}
	return line, nil
}

// dotted is hex as IOS shows it, a dot after each two octets.
func dotted(v []byte) string {
	var groups []string
	for len(v) > 2 {
		groups, v = append(groups, hex.EncodeToString(v[:2])), v[2:]
	}
	return strings.Join(append(groups, hex.EncodeToString(v)), ".")
}
