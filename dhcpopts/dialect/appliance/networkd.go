package appliance

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/networkd"
	"pxekit/dhcpopts/plan"
)

// Networkd is the DHCP server of systemd-networkd. BootFilename refuses a
// backslash, and SendOption takes any octet behind C's escapes, so names go in
// the latter; the header has no fields for them.
var Networkd = dialect.Target{
	Name: "networkd", Title: "systemd-networkd 252", Comment: "#",
	Forms:   []dialect.Form{{Name: "network", Title: "[DHCPServer] of a .network file"}},
	Write:   networkdServer.write,
	Spell:   networkdServer.spell("[DHCPServer] of a .network file"),
	Read:    networkdRead,
	Support: networkdServer.support,
	Whole:   true,
}

var networkdServer = &oneAnswer{
	name: "networkd", start: "[DHCPServer]", check: "networkctl reload && journalctl -u systemd-networkd -n 20",
	field: networkdField, option: networkdOption, head: networkdHead,
	model: func(text string) (func(dhcpopts.Client) dhcpopts.Answer, error) {
		return networkd.Parse(text).Answer, nil
	},
	support: oneAnswerSupport(
		cannot("the header fields sname and file stay empty", dialect.FeatFile, dialect.FeatSName)),
}

func networkdField(f dialect.Feature, v []byte) (string, error) {
	if f != dialect.FeatSIAddr {
		return "", errors.New("networkd leaves the header fields sname and file empty")
	}
	return "BootServerAddress=" + string(v), nil
}

func networkdOption(code uint8, v []byte) (string, error) {
	switch {
	case code == dhcpopts.OptVendor:
		return "", errors.New("SendOption=43 ends networkd 252 when it answers")
	case len(v) == 0 || len(v) > 255:
		return "", fmt.Errorf("option %d of %d octets: networkd sends 1 to 255, and ends on more", code, len(v))
	}
	return fmt.Sprintf("SendOption=%d:string:%s", code, cEscape(v)), nil
}

// cEscape keeps what is plain in the value of an assignment, and doubles
// backslashes; all else is \xHH. A colon in front would be taken for one more
// separator.
func cEscape(v []byte) string {
	var b strings.Builder
	for i, c := range v {
		switch {
		case c == '\\':
			b.WriteString(`\\`)
		case c <= ' ' || c > '~' || c == '"' || c == '\'' || c == ':' && i == 0:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// networkdRead reads "VALUE" as SendOption's string, or a whole assignment.
func networkdRead(code uint8, typed string) (dialect.Reading, error) {
	if !strings.Contains(typed, "=") || !strings.HasPrefix(typed, "Send") && !strings.HasPrefix(typed, "Boot") {
		typed = fmt.Sprintf("SendOption=%d:string:%s", code, typed)
	}
	text := "[DHCPServer]\n" + typed + "\n"
	if warnings := networkd.Parse(text).Warnings; len(warnings) > 0 {
		return dialect.Reading{}, errors.New(warnings[0])
	}
	return networkdServer.sent(code, text)
}

// networkdHead starts a whole file. The server takes the first address of the
// network, as a plan does not have one.
func networkdHead(r dialect.Request, p *plan.Plan) ([]string, error) {
	if err := oneNetwork(r, p, ".network file"); err != nil {
		return nil, err
	}
	first := p.Scope[0].Masked().Addr()
	return []string{
		"[Match]", "Name=" + r.Interface, "",
		"[Network]", fmt.Sprintf("Address=%s/%d", first.Next(), p.Scope[0].Bits()), "DHCPServer=yes", "",
		"[DHCPServer]",
		fmt.Sprintf("PoolOffset=%d", distance(first, r.RangeLow)), fmt.Sprintf("PoolSize=%d", distance(r.RangeLow, r.RangeHigh)+1),
	}, nil
}

func distance(a, b netip.Addr) int {
	x, y := a.As4(), b.As4()
	return int(binary.BigEndian.Uint32(y[:])) - int(binary.BigEndian.Uint32(x[:]))
}
