package isc

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/internal/lab/corpus"
)

func TestRead(t *testing.T) {
	for _, c := range []struct {
		code              uint8
		typed, sent, note string
	}{
		{67, `boot\x64\wdsnbp.com`, "bootdwdsnbp.com", `\x64 is read as the letter d; the backslash before the letter w is dropped`},
		{67, `boot\\x64\\wdsnbp.com`, `boot\x64\wdsnbp.com`, ""},
		{67, `"a\\b\000"`, "a\\b\x00", `\000 is read as a NUL`},
		{67, `a\0bc`, "ac", `\0bc is read as the letter c: octal needs three digits`},
		{67, `filename "boot\x86\n";`, "boot\x86\n", `\x86 is read as the octet 86; \n is read as the octet 0a`},
		{67, `= concat("a\\", 62:00)`, "a\\b\x00", ""},
		{66, `10.77.0.9`, "10.77.0.9", ""},
		{43, `06:01:08:ff`, "\x06\x01\x08\xff", ""},
		{60, `PXEClient`, "PXEClient", ""},
		{3, `10.0.0.1, 10.0.0.2`, "\x0a\x00\x00\x01\x0a\x00\x00\x02", ""},
		{175, `b0:01:01`, "\xb0\x01\x01", ""},
	} {
		got, err := Read(c.code, c.typed)
		require.NoError(t, err, c.typed)
		require.Equal(t, c.sent, string(got.Sent), c.typed)
		require.Equal(t, c.note, got.Note, c.typed)
	}
}

func TestReadRefusals(t *testing.T) {
	for typed, message := range map[string]string{
		`a"b`:        "semicolon expected.",
		`com\0`:      "eof in string constant",
		`a\x4\b`:     "invalid hex digit: 5c",
		`= filename`: "", // of the request: empty
	} {
		_, err := Read(67, typed)
		if message == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, message)
	}
}

// What Spell writes, Read reads back, for every option and any octets.
func TestSpell(t *testing.T) {
	values := []string{"\x00", "a", "1234", "12345678", "\x0a\x4d\x00\x09", "\xff\"\\"}
	values = append(values, corpus.Names()...)
	for code := 1; code < 255; code++ {
		for _, value := range values {
			s, err := Spell(uint8(code), []byte(value))
			require.NoError(t, err, "option %d %q", code, value)
			require.Equal(t, value, string(s.Sent), "option %d: %s", code, s.Text)
		}
	}
}
