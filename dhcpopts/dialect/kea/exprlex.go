package kea

import (
	"fmt"
	"regexp"
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

// exprToken is one token; Text of a string is what stands between its quotes.
type exprToken struct {
	kind   exprKind
	text   string
	column int // from 1
}

// exprRules are the patterns of src/lib/eval/lexer.ll in the order that decides
// a tie; flex takes the longest match.
var exprRules = []struct {
	kind exprKind
	re   *regexp.Regexp
}{
	{exprString, regexp.MustCompile(`^'[^'\n]*'`)},
	{exprHex, regexp.MustCompile(`^0[xX][0-9a-fA-F]+`)},
	{exprInt, regexp.MustCompile(`^-?[0-9]+`)},
	{exprIP, regexp.MustCompile(`^(?:[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+|[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:.]*)`)},
	{exprPunct, regexp.MustCompile(`^(?:==|[.()\[\],*+])`)},
	{exprName, regexp.MustCompile(`^[A-Za-z](?:[-_A-Za-z0-9]*[A-Za-z0-9])?`)},
}

// lexExpr cuts an expression into tokens, an exprEnd last.
func lexExpr(text string) ([]exprToken, error) {
	var tokens []exprToken
	for at := 0; at < len(text); {
		if strings.IndexByte(" \t\n", text[at]) >= 0 {
			at++
			continue
		}
		tok := longest(text[at:])
		if tok.text == "" {
			return nil, fmt.Errorf("<string>:1.%d: Invalid character: %s", at+1, text[at:at+1])
		}
		width := len(tok.text)
		tok.column = at + 1
		if tok.kind == exprString {
			tok.text = tok.text[1 : width-1]
		}
		tokens = append(tokens, tok)
		at += width
	}
	return append(tokens, exprToken{column: len(text) + 1}), nil
}

func longest(text string) (best exprToken) {
	for _, r := range exprRules {
		if m := r.re.FindString(text); len(m) > len(best.text) {
			best = exprToken{kind: r.kind, text: m}
		}
	}
	return best
}
