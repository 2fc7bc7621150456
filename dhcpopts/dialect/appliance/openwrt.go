package appliance

import (
	"fmt"
	"strings"

	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/dnsmasq"
)

// OpenWrt includes /etc/dnsmasq.conf in the file its init script makes
// (package/network/services/dnsmasq/files/dnsmasq.init: conf-file). Spell says
// what to type in UCI, where single quotes keep all but themselves.
var OpenWrt = dialect.Target{
	Name: "openwrt", Title: "OpenWrt", Comment: "#",
	Forms:   []dialect.Form{{Name: "conf", Title: "/etc/dnsmasq.conf, which OpenWrt includes"}},
	Write:   onDnsmasq("/etc/dnsmasq.conf", "service dnsmasq restart && logread -e dnsmasq"),
	Spell:   spellUCI,
	Read:    readUCI,
	Support: dnsmasqSupport(),
}

// spellUCI is a line for a "config dhcp" section of /etc/config/dhcp.
func spellUCI(code uint8, v []byte) (dialect.Spelling, error) {
	s, err := dnsmasq.Target.Spell(code, v)
	if err != nil {
		return s, err
	}
	_, value, _ := strings.Cut(s.Text, "=")
	s.Text = "list dhcp_option_force " + quoteUCI(value)
	s.Where = "/etc/config/dhcp, in the section of the network (config dhcp 'lan')"
	return s, nil
}

// quoteUCI is the shell's way: a single quote leaves the quotes, and stands
// behind a backslash (libuci, file.c).
func quoteUCI(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// readUCI reads a line of UCI, or a value alone as dnsmasq would.
func readUCI(code uint8, typed string) (dialect.Reading, error) {
	for _, word := range []string{"list dhcp_option_force ", "list dhcp_option ", "option filename ", "option dhcp_boot "} {
		rest, ok := strings.CutPrefix(strings.TrimSpace(typed), word)
		if !ok {
			continue
		}
		value, err := unquoteUCI(rest)
		if err != nil {
			return dialect.Reading{}, err
		}
		typed = strings.TrimPrefix(value, fmt.Sprintf("%d,", code))
	}
	return derived(dnsmasq.Target.Read)(code, typed)
}

// unquoteUCI reads one word of a UCI file: quotes of both kinds may follow each
// other, and a backslash takes the next character outside of single quotes
// (libuci, file.c, parse_str, parse_double_quote, parse_single_quote).
func unquoteUCI(s string) (string, error) {
	var b strings.Builder
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case c == '\\' && quote != '\'' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case quote == 0 && (c == ' ' || c == '\t' || c == '#' || c == ';'):
			return b.String(), nil
		default:
			b.WriteByte(c)
		}
	}
	if quote != 0 {
		return "", fmt.Errorf("%q: the quote is not closed", s)
	}
	return b.String(), nil
}
