package kea

import (
	"fmt"
	"strings"
)

// tokenKind is a punctuation character or one of the kinds below.
type tokenKind rune

const (
	tokEnd tokenKind = -iota - 1
	tokString
	tokInt
	tokFloat
	tokWord
)

type token struct {
	kind tokenKind
	text string // decoded, for a string
	pos  Pos
}

func (t token) String() string {
	switch t.kind {
	case tokEnd:
		return "end of file"
	case tokString:
		return fmt.Sprintf("string %q", t.text)
	case tokInt, tokFloat, tokWord:
		return fmt.Sprintf("%q", t.text)
	}
	return fmt.Sprintf("%q", rune(t.kind))
}

// lexer cuts a config into tokens.
type lexer struct {
	text string
	off  int
	pos  Pos
}

// advance moves over n octets and keeps count of lines and columns.
func (l *lexer) advance(n int) {
	for _, c := range []byte(l.text[l.off : l.off+n]) {
		if c == '\n' {
			l.pos = Pos{l.pos.Line + 1, 1}
		} else {
			l.pos.Column++
		}
	}
	l.off += n
}

func (l *lexer) scan() (token, error) {
	if err := l.blanks(); err != nil {
		return token{}, err
	}
	rest, at := l.text[l.off:], l.pos
	if rest == "" {
		return token{kind: tokEnd, pos: at}, nil
	}
	switch c := rest[0]; {
	case strings.IndexByte("{}[],:", c) >= 0:
		l.advance(1)
		return token{tokenKind(c), string(c), at}, nil
	case c == '"':
		return l.str(at)
	case c == '-' || isDigit(c):
		return l.number(at)
	case isLetter(c):
		n := 1
		for n < len(rest) && isLetter(rest[n]) {
			n++
		}
		l.advance(n)
		return token{tokWord, rest[:n], at}, nil
	default:
		return token{}, fail(at, "invalid character: %q", rest[:1])
	}
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// blanks skips white space and comments.
func (l *lexer) blanks() error {
	for l.off < len(l.text) {
		rest := l.text[l.off:]
		switch {
		case strings.IndexByte(" \t\r\n", rest[0]) >= 0:
			l.advance(1)
		case rest[0] == '#' || strings.HasPrefix(rest, "//"):
			n := strings.IndexByte(rest, '\n')
			if n < 0 {
				n = len(rest)
			}
			l.advance(n)
		case strings.HasPrefix(rest, "/*"):
			n := strings.Index(rest[2:], "*/")
			if n < 0 {
				return fail(l.pos, "comment not closed")
			}
			l.advance(n + 4)
		case strings.HasPrefix(rest, "<?"):
			return fail(l.pos, "an include directive is not followed: put the included text in its place")
		default:
			return nil
		}
	}
	return nil
}

func (l *lexer) number(at Pos) (token, error) {
	rest, n, kind := l.text[l.off:], 1, tokInt
	digits := func() {
		for n < len(rest) && isDigit(rest[n]) {
			n++
		}
	}
	digits()
	if n < len(rest) && rest[n] == '.' {
		kind = tokFloat
		n++
		digits()
	}
	if n < len(rest) && rest[n]|0x20 == 'e' {
		kind = tokFloat
		n++
		if n < len(rest) && (rest[n] == '-' || rest[n] == '+') {
			n++
		}
		digits()
	}
	if !isDigit(rest[n-1]) {
		return token{}, fail(at, "invalid number %q", rest[:n])
	}
	l.advance(n)
	return token{kind, rest[:n], at}, nil
}

// escapes are the one-letter escapes (rule JSONEscapeCharacter).
var escapes = map[byte]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

func (l *lexer) str(at Pos) (token, error) {
	rest := l.text[l.off:]
	var out []byte
	for i := 1; i < len(rest); {
		switch c := rest[i]; {
		case c == '"':
			l.advance(i + 1)
			return token{tokString, string(out), at}, nil
		case c < 0x20:
			return token{}, fail(at, "invalid control character %#02x in string %q", c, rest[1:i])
		case c == '\\':
			b, n, err := escape(at, rest[i:])
			if err != nil {
				return token{}, err
			}
			out = append(out, b)
			i += n
		default:
			out = append(out, c)
			i++
		}
	}
	return token{}, fail(at, "string is not closed")
}

// escape decodes the escape at the start of s and returns how many octets of
// text it took. \u00HH is one octet, whatever it would mean in Unicode.
func escape(at Pos, s string) (b byte, n int, err error) {
	if len(s) < 2 {
		return 0, 0, fail(at, "string is not closed")
	}
	if b, ok := escapes[s[1]]; ok {
		return b, 2, nil
	}
	if s[1] != 'u' || len(s) < 6 || strings.Trim(s[2:6], hexDigits) != "" {
		return 0, 0, fail(at, "bad escape %q in string", cut(s, 2))
	}
	if s[2:4] != "00" {
		return 0, 0, fail(at, "unsupported unicode escape %q in string: only \\u0000 to \\u00ff", s[:6])
	}
	return unhex(s[4])<<4 | unhex(s[5]), 6, nil
}

const hexDigits = "0123456789abcdefABCDEF"

func unhex(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

func cut(s string, n int) string { return s[:min(n, len(s))] }
