package dhcpopts

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// SafeText shows octets as text that is safe on a terminal and hides nothing.
// Printable text, backslashes too, stays as it is; every other octet is shown
// as <00>: control characters, C1 and bidirectional controls, what is not
// UTF-8, and blanks at either end, which nobody would see. A literal "<" that
// begins such a form is shown as <3c>, so that [ParseSafeText] gives the octets
// back.
func SafeText(b []byte) string {
	if plain(b) {
		return string(b)
	}
	var text strings.Builder
	first, last := blanksEnd(b)
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		blank := r == ' ' && (i < first || i >= last)
		wrong := r == utf8.RuneError && n == 1
		if wrong || blank || !unicode.IsPrint(r) || isEscape(b[i:]) {
			for _, c := range b[i : i+n] {
				text.Write([]byte{'<', hexDigits[c>>4], hexDigits[c&15], '>'})
			}
		} else {
			text.Write(b[i : i+n])
		}
		i += n
	}
	return text.String()
}

// plain reports whether octets show as they are: printable ASCII, the usual case.
func plain(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' || c == '<' {
			return false
		}
	}
	return len(b) == 0 || b[0] != ' ' && b[len(b)-1] != ' '
}

// ParseSafeText turns the text of [SafeText] back into octets.
func ParseSafeText(s string) []byte {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if isEscape([]byte(s[i:min(i+4, len(s))])) {
			b = append(b, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 3
			continue
		}
		b = append(b, s[i])
	}
	return b
}

// blanksEnd returns where leading blanks end and trailing ones begin.
func blanksEnd(b []byte) (first, last int) {
	text := string(b)
	return len(text) - len(strings.TrimLeft(text, " ")), len(strings.TrimRight(text, " "))
}

func isEscape(b []byte) bool {
	return len(b) >= 4 && b[0] == '<' && b[3] == '>' &&
		strings.IndexByte(hexDigits, b[1]) >= 0 && strings.IndexByte(hexDigits, b[2]) >= 0
}

func unhex(c byte) byte { return byte(strings.IndexByte(hexDigits, c)) }
