package isc

import (
	"fmt"
	"strings"
)

// kind is a token's class (includes/dhctoken.h).
type kind int

const (
	endOfFile kind = iota
	symbol         // one character
	str            // "…"
	number         // digits, or a minus and digits
	numOrName      // only hexadecimal digits, or 0x and such
	name           // a letter, then letters, digits, - and _
)

// maxToken is what fits tokbuf, its closing NUL left out (common/conflex.c).
const maxToken = 1499

// Pos is a place in a file, both from 1; columns count octets.
type Pos struct{ Line, Column int }

// token is one token. text of a string is its value, escapes resolved.
type token struct {
	kind kind
	text string
	pos  Pos
}

// is reports whether the token is this symbol or keyword. Keywords know no case.
func (t token) is(word string) bool {
	return (t.kind == symbol || t.kind == name || t.kind == numOrName) && strings.EqualFold(t.text, word)
}

// identifier is is_identifier of dhctoken.h: keywords and all-hex words count.
func (t token) identifier() bool { return t.kind == name || t.kind == numOrName }

// reserved reports whether the text is a keyword.
func (t token) reserved() bool { return reserved[strings.ToLower(t.text)] }

// variable reports whether the token can name a variable or function.
func (t token) variable() bool { return t.identifier() && !t.reserved() }

// numeric is what starts a colon separated hex list.
func (t token) numeric() bool { return t.kind == number || t.kind == numOrName }

// SyntaxError is why dhcpd refuses a file.
type SyntaxError struct {
	Pos     Pos
	Message string // as dhcpd words it
}

// Error writes the message behind its place.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Pos.Line, e.Pos.Column, e.Message)
}

// lexer splits a file into tokens. After the first error, its own or one
// reported to it, it gives only endOfFile: dhcpd goes on, to complain more, but
// refuses the file all the same.
type lexer struct {
	text   string
	at     int
	pos    Pos
	peeked *token
	err    *SyntaxError
}

func newLexer(text string) *lexer { return &lexer{text: text, pos: Pos{1, 1}} }

// fail records the first error.
func (l *lexer) fail(pos Pos, format string, args ...any) {
	if l.err == nil {
		l.err = &SyntaxError{pos, fmt.Sprintf(format, args...)}
	}
}

// next takes a token.
func (l *lexer) next() token {
	t := l.peek()
	l.peeked = nil
	return t
}

// peek looks at the next token without taking it.
func (l *lexer) peek() token {
	if l.err != nil {
		return token{pos: l.pos}
	}
	if l.peeked == nil {
		t := l.read()
		l.peeked = &t
	}
	return *l.peeked
}

// step takes one octet.
func (l *lexer) step() byte {
	c := l.text[l.at]
	l.at++
	l.pos.Column++
	if c == '\n' {
		l.pos = Pos{l.pos.Line + 1, 1}
	}
	return c
}

// end reports the end of the file. dhcpd keeps octets in a signed char, so 255
// is EOF to it wherever it stands.
func (l *lexer) end() bool { return l.at >= len(l.text) || l.text[l.at] == 0xff }

func (l *lexer) skipBlank() {
	for !l.end() {
		switch c := l.text[l.at]; {
		case c == '#':
			for !l.end() && l.text[l.at] != '\n' {
				l.step()
			}
		case strings.IndexByte(" \t\n\v\f\r", c) >= 0:
			l.step()
		default:
			return
		}
	}
}

func (l *lexer) read() token {
	l.skipBlank()
	t := token{pos: l.pos}
	if l.end() {
		return t
	}
	switch c := l.text[l.at]; {
	case c == '"':
		t.kind, t.text = str, l.readString()
	case isDigit(c) || c == '-':
		t.kind, t.text = l.readNumber()
	case isLetter(c):
		t.kind, t.text = l.readName()
	default:
		t.kind, t.text = symbol, string(rune(l.step()))
	}
	if t.kind != str && len(t.text) > maxToken {
		l.fail(t.pos, "token larger than internal buffer")
	}
	return t
}

func (l *lexer) readString() string {
	l.step()
	var r stringReader
	for !r.done && r.err == "" {
		if l.end() {
			r.err = "eof in string constant"
			break
		}
		r.put(l.step())
	}
	if r.err != "" {
		l.fail(l.pos, "%s", r.err)
	}
	return string(r.out)
}

// readNumber promotes a number to a name when other characters follow; 0x and a
// hex digit promote it only half way (read_number of common/conflex.c).
func (l *lexer) readNumber() (kind, string) {
	start, k := l.at, number
	l.step()
	for ; !l.end(); l.step() {
		c := l.text[l.at]
		_, hex := hexDigit(c)
		prefix := l.text[start:l.at]
		switch {
		case k == number && isDigit(c):
		case k != name && hex, hex && (prefix == "0x" || prefix == "0X"):
			k = numOrName
		case isWord(c):
			k = name
		default:
			return k, l.text[start:l.at]
		}
	}
	return k, l.text[start:l.at]
}

func (l *lexer) readName() (kind, string) {
	start, k := l.at, numOrName
	for !l.end() && isWord(l.text[l.at]) {
		if _, hex := hexDigit(l.text[l.at]); !hex {
			k = name
		}
		l.step()
	}
	if t := (token{text: l.text[start:l.at]}); t.reserved() {
		k = name
	}
	return k, l.text[start:l.at]
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func isWord(c byte) bool   { return isDigit(c) || isLetter(c) || c == '-' || c == '_' }
