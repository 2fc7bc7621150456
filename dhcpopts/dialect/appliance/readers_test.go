package appliance

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/internal/lab/corpus"
)

// The readers are tested with texts that the vendors' documents spell out, not
// with what the writers make.

func TestPowerShellLiterals(t *testing.T) {
	for text, want := range map[string]any{
		`'boot\x64\wdsnbp.com'`:          `boot\x64\wdsnbp.com`,
		`'it''s $HOME and ` + "`n'":      "it's $HOME and `n",
		`''`:                             "",
		`([char]4 + 'iPXE')`:             "\x04iPXE",
		`[byte[]]@(6, 1, 8, 255)`:        []byte{6, 1, 8, 255},
		`@('a', 'b''c')`:                 []any{"a", "b'c"},
		`@{ OptionId = 67; Value = '' }`: map[string]any{"OptionId": 67, "Value": ""},
	} {
		got, err := (&psReader{text: text}).expression()
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{`'open`, `@('a'`, `@{ a = }`, `[byte[]]@(256)`, `"$(calc)"`, `$env:x`, ``} {
		_, err := (&psReader{text: text}).expression()
		require.Error(t, err, text)
	}
}

// The examples of Microsoft's "Parsing C command-line arguments".
func TestSplitArgs(t *testing.T) {
	for line, want := range map[string][]string{
		`"a b c" d e`:     {"a b c", "d", "e"},
		`"ab\"c" "\\" d`:  {`ab"c`, `\`, "d"},
		`a\\\b d"e f"g h`: {`a\\\b`, "de fg", "h"},
		`a\\\"b c d`:      {`a\"b`, "c", "d"},
		`a\\\\"b c" d e`:  {`a\\b c`, "d", "e"},
		`"boot\x64\\"`:    {`boot\x64\`},
	} {
		require.Equal(t, want, splitArgs(line), line)
	}
}

func TestRouterOSStrings(t *testing.T) {
	for text, want := range map[string]string{
		`boot\\x64\\wdsnbp.com"`: `boot\x64\wdsnbp.com`,
		`\"\$\?\_"`:              `"$? `,
		`\n\r\t\a\b\f\v"`:        "\n\r\t\a\b\f\v",
		`\F6\0A"`:                "\xf6\n",
	} {
		got, rest, err := rosString(text)
		require.NoError(t, err, text)
		require.Empty(t, rest)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{`open`, `\q"`, `$x"`, `end\`} {
		_, _, err := rosString(text)
		require.Error(t, err, text)
	}
}

// The data types of "Manual:IP/DHCP Server, DHCP Options".
func TestRouterOSValues(t *testing.T) {
	for text, want := range map[string]string{
		`0x626f6f00`:      "boo\x00",
		`'pxelinux.0'`:    "pxelinux.0",
		`'192.0.2.10'`:    "\xc0\x00\x02\x0a",
		`s'192.0.2.10'`:   "192.0.2.10",
		`'10'`:            "\x0a",
		`s'10'`:           "10",
		`0x01'vards'`:     "\x01vards",
		`s'boot\x64'0x00`: "boot\\x64\x00",
	} {
		got, err := rosValue(text)
		require.NoError(t, err, text)
		require.Equal(t, want, string(got), text)
	}
	for _, text := range []string{`0x1`, `plain`, `'open`} {
		_, err := rosValue(text)
		require.Error(t, err, text)
	}
}

// The form of Fortinet's Technical Tip 213404.
func TestFortiOSWords(t *testing.T) {
	words, err := fortiWords(`set filename "Boot\\x64\\Images\\boot.win"`)
	require.NoError(t, err)
	require.Equal(t, []string{"set", "filename", `Boot\x64\Images\boot.win`}, words)
	words, err = fortiWords(`set value "a \"b\" c" d\ e`)
	require.NoError(t, err)
	require.Equal(t, []string{"set", "value", `a "b" c`, "d e"}, words)
	_, err = fortiWords(`set value "open`)
	require.Error(t, err)
}

func TestQuotedWords(t *testing.T) {
	words, err := quotedWords(`option 67 ascii "a b"`)
	require.NoError(t, err)
	require.Equal(t, []string{"option", "67", "ascii", "a b"}, words)
	_, err = quotedWords(`option 67 ascii "a`)
	require.Error(t, err)
}

// TestRead holds what each server makes of text that an admin types.
func TestRead(t *testing.T) {
	for _, row := range []struct {
		target      dialect.Target
		code        uint8
		typed, want string
	}{
		{Cisco, 67, `boot\x64\wdsnbp.com`, `boot\x64\wdsnbp.com`},
		{Cisco, 67, `option 67 hex 626f.6f00`, "boo\x00"},
		{Cisco, 66, `option 66 ip 192.0.2.10`, "\xc0\x00\x02\x0a"},
		{Huawei, 67, `option 67 ascii boot\x64\wdsnbp.com`, `boot\x64\wdsnbp.com`},
		{Huawei, 66, `option 66 ip-address 192.0.2.10`, "\xc0\x00\x02\x0a"},
		{Junos, 67, `option 67 hex-string 626f6f00`, "boo\x00"},
		{RouterOS, 66, `'192.0.2.10'`, "\xc0\x00\x02\x0a"},
		{RouterOS, 66, `"s'192.0.2.10'"`, "192.0.2.10"},
		{FortiOS, 67, `set type hex; set value "626f6f00"`, "boo\x00"},
		{FortiOS, 67, `boot\x64\wdsnbp.com`, `bootx64wdsnbp.com`},
		{Windows, 67, `boot\x64\wdsnbp.com`, `boot\x64\wdsnbp.com`},
		{Windows, 67, `'it''s'`, `it's`},
		{PfSenseISC, 67, `boot\x64\wdsnbp.com`, `bootdwdsnbp.com`},
		{PfSenseISC, 67, `62:6f:00`, "bo\x00"},
		{EdgeOS, 67, `subnet-parameters 'option bootfile-name &quot;boot\\x64&quot;;'`, `boot\x64`},
		{Technitium, 67, `62:6f:00`, "bo\x00"},
		{Meraki, 67, `boot\x64\wdsnbp.com`, `boot\x64\wdsnbp.com`},
		{Meraki, 67, `{"code": "67", "type": "text", "value": "boot\\x64"}`, `boot\x64`},
	} {
		r, err := row.target.Read(row.code, row.typed)
		require.NoError(t, err, "%s %s", row.target.Name, row.typed)
		require.Equal(t, row.want, string(r.Sent), "%s %s", row.target.Name, row.typed)
	}
}

// FuzzSpell holds that what is to be typed reads as the octets that were asked,
// in every language that has a place for an option's value.
func FuzzSpell(f *testing.F) {
	for _, name := range corpus.Names() {
		f.Add([]byte(name), byte(dhcpopts.OptBootFile))
		f.Add([]byte(name+"\x00"), byte(dhcpopts.OptTFTPServer))
	}
	f.Fuzz(func(t *testing.T, value []byte, code byte) {
		if len(value) == 0 || code != dhcpopts.OptTFTPServer && code != dhcpopts.OptVendor {
			code = dhcpopts.OptBootFile
		}
		for _, target := range written {
			if target.Spell == nil {
				continue
			}
			s, err := target.Spell(code, value)
			if err != nil || string(s.Sent) != string(value) {
				continue // said by the error or by Sent
			}
			require.False(t, strings.ContainsAny(s.Text, "\n\r\x00"), "%s: %q", target.Name, s.Text)
			r, err := target.Read(code, s.Text)
			require.NoError(t, err, "%s: %q", target.Name, s.Text)
			require.Equal(t, string(value), string(r.Sent), "%s: %q", target.Name, s.Text)
		}
	})
}
