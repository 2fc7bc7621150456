package plan

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// text reads a scalar as the user sees it: a double-quoted one in which a
// backslash changed the value is an error, and so is a number or a boolean.
func (d decoder) text(n ast.Node, what string) (string, error) {
	switch n := n.(type) {
	case *ast.LiteralNode:
		return n.Value.Value, nil
	case *ast.StringNode:
		return n.Value, d.checkQuoting(n, what)
	case *ast.NullNode:
		return "", d.fail(n, "write the value behind the colon, or leave the key out", "%s has no value", what)
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		raw := n.GetToken().Value
		return "", d.fail(n, fmt.Sprintf("quote it: '%s'", raw), "%s must be text; YAML reads %s as %s", what, raw, kind(n))
	}
	hint := ""
	if _, ok := n.(ast.MapNode); ok {
		hint = "quote a value that begins with {"
	}
	return "", d.fail(n, hint, "%s must be text, not %s", what, kind(n))
}

// checkQuoting finds a value that YAML changed on its way. The library's Origin
// is damaged for a double-quoted scalar with escapes, so the raw text is taken
// from the source.
func (d decoder) checkQuoting(n *ast.StringNode, what string) error {
	if strings.Contains(strings.TrimSpace(n.Token.Origin), "\n") {
		return d.fail(n, "write it on one line", "%s goes on over several lines, YAML joins them with blanks", what)
	}
	if n.Token.Type != token.DoubleQuoteType {
		return nil
	}
	e := d.fail(n, "", "a backslash in double quotes changed %s to %s", what, quoted(n.Value)).(*Error)
	line := []rune(e.SourceLine)
	raw, ok := doubleQuoted(string(line[e.Column-1:]))
	if !ok || !eaten(raw) {
		return nil
	}
	fixed := string(line[:e.Column-1]) + singleQuote(raw) + string(line[e.Column-1:])[len(raw)+2:]
	e.Hint = "use single quotes: " + strings.TrimSpace(fixed)
	return e
}

// doubleQuoted returns what stands between the double quotes that s begins with.
func doubleQuoted(s string) (raw string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		return "", false
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return s[1:i], true
		}
	}
	return "", false
}

// eaten reports whether raw has an escape other than \\ and \", the two that
// leave the character behind the backslash as it is.
func eaten(raw string) bool {
	for i := 0; i+1 < len(raw); i++ {
		if raw[i] == '\\' {
			if i++; raw[i] != '\\' && raw[i] != '"' {
				return true
			}
		}
	}
	return false
}

// singleQuoted rewrites the first double-quoted backslash path of a line, also
// one whose closing quote was eaten ("boot\x64\").
func singleQuoted(line string) (string, bool) {
	start := strings.IndexByte(line, '"')
	if start < 0 {
		return "", false
	}
	rest := line[start:]
	raw, closed := doubleQuoted(rest)
	if !closed {
		raw = strings.TrimSuffix(strings.TrimRight(rest[1:], " "), `"`)
	}
	if !strings.Contains(raw, `\`) {
		return "", false
	}
	tail := ""
	if closed {
		tail = rest[len(raw)+2:]
	}
	return strings.TrimSpace(line[:start] + singleQuote(raw) + tail), true
}

func singleQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// octets reads text, or {hex: …} for octets that text cannot hold.
func (d decoder) octets(n ast.Node, what string) (value []byte, err error) {
	if _, ok := n.(ast.MapNode); !ok {
		s, err := d.text(n, what)
		return []byte(s), err
	}
	if _, ok := hexOnly(n); !ok {
		_, err := d.text(n, what)
		return nil, err
	}
	err = d.object(n, what, keys{"hex": func(v ast.Node) error {
		value, err = d.hex(v)
		return err
	}})
	return value, err
}

// hexOnly tells {hex: …} from a value such as {server} that YAML took for keys.
func hexOnly(n ast.Node) (ast.Node, bool) {
	it := n.(ast.MapNode).MapRange()
	if !it.Next() || it.Key().GetToken().Value != "hex" {
		return nil, false
	}
	return it.Value(), true
}

// hex reads octets as pairs of hex digits, with blanks, colons or dashes between
// them and 0x before them.
func (d decoder) hex(n ast.Node) ([]byte, error) {
	raw := n.GetToken().Value
	if n.Type() != ast.IntegerType { // 0102 is the number it looks like and the octets that are meant
		var err error
		if raw, err = d.text(n, "hex"); err != nil {
			return nil, err
		}
	}
	b, err := parseHex(raw)
	if err != nil {
		return nil, d.fail(n, "two hex digits an octet: b0 01 01", "hex %q is not pairs of hex digits", raw)
	}
	return b, nil
}

func parseHex(s string) ([]byte, error) {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "0x"), "0X")
	return hex.DecodeString(strings.NewReplacer(" ", "", ":", "", "-", "").Replace(s))
}

// number reads an integer from 0 to limit.
func (d decoder) number(n ast.Node, what string, limit uint64) (uint64, error) {
	raw := n.GetToken().Value
	v, err := strconv.ParseUint(raw, 0, 64)
	if n.Type() != ast.IntegerType || err != nil || v > limit {
		return 0, d.fail(n, "", "%s must be a number from 0 to %d, not %q", what, limit, raw)
	}
	return v, nil
}

// address reads an IPv4 address.
func (d decoder) address(n ast.Node, what string) (netip.Addr, error) {
	s, err := d.text(n, what)
	if err != nil {
		return netip.Addr{}, err
	}
	a, msg, hint := parseServer(s)
	if msg != "" {
		return a, d.fail(n, hint, "%s: %s", what, msg)
	}
	return a, nil
}
