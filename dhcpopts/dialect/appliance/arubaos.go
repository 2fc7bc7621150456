package appliance

import (
	"fmt"
	"net/netip"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
)

// ArubaOS is the DHCP server of ArubaOS-Switch, once ProCurve ("Configure DHCP
// server options", 5200-5896): 66 and 67 are refused as raw options and have
// commands of their own, without a hex form; the others are raw.
var ArubaOS = (&pool{
	name: "arubaos", title: "ArubaOS-Switch (ProCurve)", comment: ";",
	where:  "dhcp-server pool",
	open:   arubaosOpen,
	lead:   func(netip.Prefix) string { return "   " },
	leave:  []string{"   exit"},
	option: arubaosOption,
	undo:   arubaosUndo,
	read:   arubaosRead,
	words:  quotedWords,
	text:   "option 67 ascii ",
	check:  "show dhcp-server pool",

	evidence: dialect.Documented,
	into:     existingPool,
	notes:    []dialect.Note{{Text: "a backslash in quotes is not documented: look at a capture of the reply with pxekit decode"}},
	support: poolSupport(dialect.Documented,
		cannot("no command sets siaddr; option 66 names the server", dialect.FeatSIAddr),
		cannot("bootfile-name is option 67; no command sets the header field file", dialect.FeatFile),
		cannot("bootfile-name has no hex form", dialect.FeatNUL)),
}).target()

func arubaosOpen(n netip.Prefix) []string {
	return []string{
		`dhcp-server pool "pxe-` + network(n) + `"`,
		"   network " + network(n) + " " + mask(n),
	}
}

// arubaosRefused are the codes that "option" does not take, beside 66 and 67,
// which have commands.
var arubaosRefused = []byte{1, 3, 6, 12, 15, 44, 46, 50, 52, 54, 55, 57, 58, 59, 61, 82}

func arubaosOption(code uint8, v []byte) (string, error) {
	command := map[uint8]string{dhcpopts.OptTFTPServer: "tftp-server server-name", dhcpopts.OptBootFile: "bootfile-name"}[code]
	switch {
	case command != "" && (!printable(v) || strings.Contains(string(v), `"`) || len(v) == 0 || strings.Contains(string(v), "?")):
		return "", fmt.Errorf("%s takes printable text without quotes and question marks, not %q", command, v)
	case command != "":
		return fmt.Sprintf(`%s "%s"`, command, v), nil
	case strings.IndexByte(string(arubaosRefused), code) >= 0:
		return "", fmt.Errorf("the switch refuses option %d as a raw option", code)
	}
	return fmt.Sprintf("option %d hex %x", code, v), nil
}

func arubaosUndo(line string) string {
	words := strings.Fields(line)
	if words[0] == "bootfile-name" {
		return "no bootfile-name"
	}
	return "no " + words[0] + " " + words[1]
}

func arubaosRead(words []string, a *dhcpopts.Answer) error {
	add := func(code uint8, v string) error {
		a.Options = append(a.Options, dhcpopts.Option{Code: code, Data: []byte(v)})
		return nil
	}
	switch {
	case len(words) == 3 && words[0] == "tftp-server" && words[1] == "server-name":
		return add(dhcpopts.OptTFTPServer, words[2])
	case len(words) == 2 && words[0] == "bootfile-name":
		return add(dhcpopts.OptBootFile, words[1])
	}
	return readPoolLine(words, a)
}
