package kea

import (
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"
)

// Format writes a node as text that ParseJSON reads back to the same octets.
// What fits stands on one line.
func Format(n *Node) string { return string(appendNode(nil, n, "")) }

// formatFlat writes a node on one line, however long.
func formatFlat(n *Node) string {
	b, _ := appendFlat(nil, n, math.MaxInt)
	return string(b)
}

// lineMax is the width up to which a list or map stays on one line.
const lineMax = 140

func appendNode(b []byte, n *Node, indent string) []byte {
	limit := math.MaxInt
	if len(n.Items)+len(n.Members) > 0 {
		limit = len(b) + lineMax - len(indent)
	}
	if flat, ok := appendFlat(b, n, limit); ok {
		return flat
	}
	inner := indent + "  "
	newline := func(i int) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, '\n'), inner...)
	}
	b = append(b, brackets(n)[0])
	for i, item := range n.Items {
		newline(i)
		b = appendNode(b, item, inner)
	}
	for i, m := range n.Members {
		newline(i)
		b = append(appendQuoted(b, m.Key), ": "...)
		b = appendNode(b, m.Value, inner)
	}
	b = append(append(b, '\n'), indent...)
	return append(b, brackets(n)[1])
}

func brackets(n *Node) string {
	if n.Kind == Map {
		return "{}"
	}
	return "[]"
}

// appendFlat gives up when b would grow over limit octets.
func appendFlat(b []byte, n *Node, limit int) (_ []byte, ok bool) {
	switch n.Kind {
	case Null:
		b = append(b, "null"...)
	case Bool:
		b = strconv.AppendBool(b, n.Bool)
	case Int, Float:
		b = append(b, n.Str...)
	case String:
		b = appendQuoted(b, n.Str)
	default:
		return appendElements(b, n, limit)
	}
	return b, len(b) <= limit
}

func appendElements(b []byte, n *Node, limit int) (_ []byte, ok bool) {
	comma := func(i int) {
		if i > 0 {
			b = append(b, ", "...)
		}
	}
	b = append(b, brackets(n)[0])
	for i, item := range n.Items {
		comma(i)
		if b, ok = appendFlat(b, item, limit); !ok {
			return b, false
		}
	}
	for i, m := range n.Members {
		comma(i)
		b = append(appendQuoted(b, m.Key), ": "...)
		if b, ok = appendFlat(b, m.Value, limit); !ok {
			return b, false
		}
	}
	b = append(b, brackets(n)[1])
	return b, len(b) <= limit
}

// Quote writes octets as a JSON string of Kea's. Text that is UTF-8 stays
// readable; other octets above 0x7e become \u00HH, which Kea makes one octet.
func Quote(s string) string { return string(appendQuoted(nil, s)) }

func appendQuoted(b []byte, s string) []byte {
	raw := utf8.ValidString(s)
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < 0x20 || c == 0x7f || c > 0x7f && !raw:
			b = fmt.Appendf(b, `\u%04x`, c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
