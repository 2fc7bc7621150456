package dialect

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SafeText shows bytes on one line of a terminal or a comment: what is not
// printable, or not UTF-8, as \xNN.
func SafeText(b []byte) string {
	var s strings.Builder
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 || !unicode.IsPrint(r) {
			fmt.Fprintf(&s, `\x%x`, b[:n])
		} else {
			s.Write(b[:n])
		}
		b = b[n:]
	}
	return s.String()
}

// quote is SafeText in double quotes: a value as it is, backslashes not doubled.
func quote(b []byte) string { return `"` + SafeText(b) + `"` }

func safe(text string) string { return SafeText([]byte(text)) }
