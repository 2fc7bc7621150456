package isc

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzQuote: what Quote writes, the lexer reads back, octet for octet, as one
// token.
func FuzzQuote(f *testing.F) {
	f.Add([]byte(`boot\x64\wdsnbp.com`))
	f.Add([]byte("\x00\x01\"\\\xff\n"))
	f.Add([]byte("a\x000"))
	f.Fuzz(func(t *testing.T, value []byte) {
		value = value[:min(len(value), MaxString)]
		l := newLexer(Quote(value))
		token := l.next()
		require.Nil(t, l.err)
		require.Equal(t, str, token.kind)
		require.Equal(t, string(value), token.text)
		require.Equal(t, endOfFile, l.next().kind)
	})
}

// FuzzParse: no input makes the reader panic or go on for ever.
func FuzzParse(f *testing.F) {
	f.Add("subnet 10.0.0.0 netmask 255.0.0.0 { range 10.0.0.1; if exists user-class { filename \"a\"; } else { } }")
	f.Add("class \"a\" { match if option arch = 00:07; } subclass \"a\" 1:2 { pool { } }")
	f.Add("option space X; option X.a code 1 = { integer 8, text }; switch (hardware) { case \"a\": break; }")
	f.Fuzz(func(t *testing.T, text string) {
		config, err := Parse(text)
		require.Equal(t, err == nil, config != nil)
	})
}

func TestStringLimits(t *testing.T) {
	for n, ok := range map[int]bool{MaxString: true, MaxString + 1: false} {
		l := newLexer(`"` + strings.Repeat("a", n) + `"`)
		l.next()
		require.Equal(t, ok, l.err == nil, "%d octets", n)
	}
}
