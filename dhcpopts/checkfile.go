package dhcpopts

import (
	"bytes"
	"strings"
)

// bootFile checks option 67 alone.
func (c *checker) bootFile(o Option) {
	name, hidden, closed := bytes.Cut(o.Data, []byte{0})
	if len(name) == 0 {
		what := "has no octets"
		if closed {
			what = "begins with a NUL"
		}
		c.add("PXK010", o.Offset, "send a name, or no option 67 at all", "option 67 %s", what)
		return
	}
	if junk := trimZeros(hidden); len(junk) > 0 {
		c.add("PXK026", o.Offset, "end the value at its NUL", "option 67 is %q and, behind its NUL, %s", name, SafeText(junk))
	}
	c.name(name, o.Offset, "option 67")
}

// name checks the octets of a boot file name, wherever it stands.
func (c *checker) name(name []byte, at int, where string) {
	text := string(name)
	if scheme, _, ok := urlParts(text); ok && strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		c.add("PXK023", at, "", "%s is a URL (%s) with a blank or control character: %s", where, scheme, SafeText(name))
		return
	}
	if i := strings.IndexFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }); i >= 0 {
		c.add("PXK012", at, "look for a line end or an eaten backslash", "%s has the control character %#02x: firmware asks for %s", where, text[i], SafeText(name)).
			Fix = unescaped(text)
	}
	if trimmed := strings.Trim(text, " "); trimmed != text {
		c.add("PXK013", at, "take the blank away", "%s has a blank at its end: %s", where, SafeText(name)).Fix = trimmed
	}
	if n := len(text); n >= 2 && (text[0] == '"' || text[0] == '\'') && text[n-1] == text[0] {
		c.add("PXK014", at, "type the name without quotes", "%s keeps its quotes: firmware asks for %s", where, SafeText(name)).Fix = text[1 : n-1]
	}
	c.highOctets(name, at, where)
	c.backslashes(text, at, where)
}

func (c *checker) highOctets(name []byte, at int, where string) {
	if bytes.IndexByte(name, OptEnd) >= 0 {
		c.add("PXK015", at, "close the value with a NUL: it keeps such readers off the END", "%s holds an octet 255: %s", where, SafeText(name))
		return
	}
	if bytes.ContainsFunc(name, func(r rune) bool { return r > 0x7e }) {
		c.add("PXK016", at, "", "%s is not ASCII: %s", where, SafeText(name))
	}
}

func (c *checker) backslashes(text string, at int, where string) {
	body := strings.TrimPrefix(text, `\\`) // a UNC path begins so
	if strings.Contains(body, `\\`) {
		c.add("PXK017", at, "type single backslashes here", "%s has doubled backslashes: firmware asks for %s", where, SafeText([]byte(text))).
			Fix = text[:len(text)-len(body)] + strings.ReplaceAll(body, `\\`, `\`)
	}
	if meant, ok := Eaten(text); ok {
		hint := "write the backslashes as the server's syntax wants them"
		if meant != "" {
			hint = "meant is probably " + meant
		}
		c.add("PXK018", at, hint, "%s lost its backslashes: firmware asks for %s", where, SafeText([]byte(text))).Fix = meant
	}
}

// unescaped takes line ends off the end of a name; "" when that is not what is
// wrong.
func unescaped(text string) string {
	trimmed := strings.TrimRight(text, "\r\n")
	if trimmed == text || strings.ContainsFunc(trimmed, func(r rune) bool { return r < ' ' }) {
		return ""
	}
	return trimmed
}

// urlParts splits a URL into scheme and host.
func urlParts(s string) (scheme, host string, ok bool) {
	scheme, rest, ok := strings.Cut(s, "://")
	scheme = strings.ToLower(scheme)
	if !ok || scheme == "" || strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz0123456789+-.") != "" {
		return "", "", false
	}
	host, _, _ = strings.Cut(rest, "/")
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	return scheme, host, true
}
