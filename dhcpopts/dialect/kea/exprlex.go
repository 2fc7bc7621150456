package kea

import (
	"fmt"
	"net/netip"
	"strings"
)

// exprKind is a terminal of the class expression language.
type exprKind uint8

const (
	exprEnd exprKind = iota
	exprString
	exprHex
	exprInt
	exprIP
	exprName // an option name, or a word of the language
	exprPunct
)

// exprToken is one token; the text of a string is what stands between its quotes.
type exprToken struct {
	kind   exprKind
	text   string
	column int // from 1
}

// lexExpr cuts an expression into tokens, an exprEnd last. Where patterns
// compete the longest match wins, as flex has it (src/lib/eval/lexer.ll).
func lexExpr(text string) ([]exprToken, error) {
	all := make([]exprToken, 0, len(text)/4+1)
	for at := 0; at < len(text); {
		if strings.IndexByte(" \t\n", text[at]) >= 0 {
			at++
			continue
		}
		kind, width := exprMatch(text[at:])
		if width == 0 {
			return nil, fmt.Errorf("<string>:1.%d: Invalid character: %s", at+1, text[at:at+1])
		}
		tok := exprToken{kind, text[at : at+width], at + 1}
		if kind == exprString {
			tok.text = tok.text[1 : width-1]
		}
		all = append(all, tok)
		at += width
	}
	return append(all, exprToken{column: len(text) + 1}), nil
}

// exprMatch finds the token at the start of s; width 0 when there is none.
func exprMatch(s string) (kind exprKind, width int) {
	c := s[0]
	switch {
	case c == '\'':
		if end := strings.IndexAny(s[1:], "'\n"); end >= 0 && s[end+1] == '\'' {
			return exprString, end + 2
		}
		return exprString, 0
	case strings.HasPrefix(s, "=="):
		return exprPunct, 2
	case strings.IndexByte(".()[],*+", c) >= 0:
		return exprPunct, 1
	}
	if n := addressWidth(s); n > 0 {
		return exprIP, n
	}
	switch {
	case isLetter(c):
		return exprName, nameWidth(s)
	case len(s) > 2 && c == '0' && s[1]|0x20 == 'x' && strings.IndexByte(hexDigits, s[2]) >= 0:
		return exprHex, 2 + span(s[2:], hexDigits)
	case isDigit(c):
		return exprInt, span(s, "0123456789")
	case c == '-' && len(s) > 1 && isDigit(s[1]):
		return exprInt, 1 + span(s[1:], "0123456789")
	}
	return exprEnd, 0
}

// addressWidth is the length of an IPv4 or IPv6 address at the start, 0 for none.
func addressWidth(s string) int {
	n := span(s, hexDigits+":.")
	if strings.Count(s[:n], ":") >= 2 {
		return n
	}
	n = span(s, "0123456789.")
	if _, err := netip.ParseAddr(s[:n]); err == nil {
		return n
	}
	return 0
}

// nameWidth is the length of a name; it ends in a letter or digit.
func nameWidth(s string) int {
	n := 1
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case isLetter(c) || isDigit(c):
			n = i + 1
		case c != '-' && c != '_':
			return n
		}
	}
	return n
}

func span(s, set string) int {
	return len(s) - len(strings.TrimLeft(s, set))
}
