package dnsmasq

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

func TestStatements(t *testing.T) {
	for raw, want := range map[string]string{
		"dhcp-boot=boot\\x64\\a":           `boot\x64\a`,
		"dhcp-boot = \"a,b\" # c":          "a,b",
		"dhcp-boot=\"a\\\\b\\\"c\\td\\q\"": "a\\b\"c\td\\q",
		"dhcp-boot=a#b":                    "a#b",
		"dhcp-boot=a\t#b":                  "a",
		"dhcp-boot=\"a\"\"":                "a\"",
		"dhcp-boot=a\x01b":                 "a1b",
		"dhcp-boot=a\x00b":                 "a",
		"dhcp-boot=\"1 F\x1b\"":            "1 F\x1b",
	} {
		s, err := statements(raw)
		require.NoError(t, err, "%q", raw)
		require.Len(t, s, 1)
		require.Equal(t, "dhcp-boot", s[0].key)
		require.Equal(t, want, unhide(s[0].arg), "%q", raw)
	}
	s, err := statements("dhcp-boot=" + strings.Repeat("n", 1020) + "\n")
	require.NoError(t, err)
	require.Len(t, s, 2, "the rest of a long line is a line of its own")
	require.Len(t, s[0].arg, maxLine-len("dhcp-boot="))
}

// FuzzQuote: what is quoted is read back, as a field and as an option's value.
func FuzzQuote(f *testing.F) {
	for _, s := range []string{`boot\x64\wdsnbp.com`, "a, b", `"`, "tag:x", "1b", "s", "\x1b\t", "#", "caf\xe9"} {
		f.Add(byte(67), []byte(s))
		f.Add(byte(43), []byte(s))
	}
	f.Fuzz(func(t *testing.T, code byte, value []byte) {
		if text, ok := Quote(value); ok && len(text) < 900 {
			s, err := statements("dhcp-boot=tag:x," + text + ",y\n")
			require.NoError(t, err)
			c := &Config{}
			require.NoError(t, c.readBoot(s[0]))
			require.Equal(t, string(value), c.boots[0].file)
			require.Equal(t, "y", c.boots[0].sname)
		}
		if text, sent, ok := spellValue(code, value); ok {
			o, err := readValue(code, text)
			require.NoError(t, err)
			require.Equal(t, strings.TrimSuffix(string(value), "\x00"), strings.TrimSuffix(string(o.val), "\x00"))
			require.Equal(t, strings.TrimSuffix(string(value), "\x00"), strings.TrimSuffix(string(sent), "\x00"))
		}
	})
}

// FuzzParse: any text gives a Config or a SyntaxError, and any Config an answer.
func FuzzParse(f *testing.F) {
	f.Add("dhcp-range=10.0.0.1,10.0.0.9\ndhcp-boot=x\n")
	f.Add("dhcp-option=encap:175,1,1\npxe-service=x86PC,t,f\ndhcp-match=set:a,93,*:07\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse(text)
		if err != nil {
			require.ErrorAs(t, err, new(*SyntaxError))
			return
		}
		c.Reply(dhcpopts.Firmware(dhcpopts.BIOS))
	})
}
