package dhcpopts_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

const wds = "boot\\x64\\wdsnbp.com\x00"

var wdsForms = map[string]string{
	"plain":       "626f6f745c7836345c7764736e62702e636f6d00",
	"upper":       "626F6F745C7836345C7764736E62702E636F6D00",
	"colon":       "62:6f:6f:74:5c:78:36:34:5c:77:64:73:6e:62:70:2e:63:6f:6d:00",
	"single 0":    "62:6f:6f:74:5c:78:36:34:5c:77:64:73:6e:62:70:2e:63:6f:6d:0",
	"dash":        "62-6f-6f-74-5c-78-36-34-5c-77-64-73-6e-62-70-2e-63-6f-6d-00",
	"spaced":      "62 6f 6f 74 5c 78 36 34 5c 77 64 73 6e 62 70 2e 63 6f 6d 00\n",
	"0x":          "0x626f6f745c7836345c7764736e62702e636f6d00",
	"0x each":     "0x62 0x6f 0x6f 0x74 0x5c 0x78 0x36 0x34 0x5c, 0x77,0x64 0x73 0x6e 0x62 0x70 0x2e 0x63 0x6f 0x6d 0x0",
	"cisco":       "626f.6f74.5c78.3634.5c77.6473.6e62.702e.636f.6d00",
	"c":           "static const unsigned char v[20] = { 0x62, 0x6f, 111, 0x74, 0x5c, 0x78, 0x36, 0x34, 0x5c,\n 0x77, 0x64, 0x73, 0x6e, 0x62, 0x70, 0x2e, 0x63, 0x6f, 0x6d, 0, };",
	"string":      `"\x62\x6f\x6f\x74\x5c\x78\x36\x34\x5c" "\x77\x64\x73\x6e\x62\x70\x2e\x63\x6f\x6d\x00"`,
	"several":     "\"\\x62\\x6f\\x6f\\x74\\x5c\\x78\\x36\\x34\\x5c\" \\\r\n\"\\x77\\x64\\x73\\x6e\\x62\\x70\\x2e\\x63\\x6f\\x6d\\x00\" \\\n",
	"base64":      "Ym9vdFx4NjRcd2RzbmJwLmNvbQA=",
	"base64 mark": "base64:Ym9vdFx4NjRcd2RzbmJwLmNvbQA=",
	"comments":    "# option 67\n62 6f 6f 74 // boot\n5c 78 36 34 /* \\x64 */ 5c 77 64 73 6e 62 70 2e 63 6f 6d # wdsnbp.com\n00",
	"quoted":      `"626f6f745c7836345c7764736e62702e636f6d00"`,
	"wireshark":   "0000   62 6f 6f 74 5c 78 36 34 5c 77 64 73 6e 62 70 2e   boot\\x64\\wdsnbp.\n0010   63 6f 6d 00                                       com.\n",
	"mid gap":     "0000  62 6f 6f 74 5c 78 36 34  5c 77 64 73 6e 62 70 2e   boot\\x64 \\wdsnbp.\n0010  63 6f 6d 00                                        com.",
	"no column":   "0000 62 6f 6f 74 5c 78 36 34 5c 77 64 73 6e 62 70 2e\r\n0010 63 6f 6d 00\r\n",
	"tcpdump -x":  "\t0x0000:  626f 6f74 5c78 3634 5c77 6473 6e62 702e\n\t0x0010:  636f 6d00\n",
	"tcpdump -X":  "21:33:07.42 IP 10.0.0.1.67 > 255.255.255.255.68: BOOTP/DHCP, Reply, length 300\n\t0x0000:  626f 6f74 5c78 3634 5c77 6473 6e62 702e  boot\\x64\\wdsnbp.\n\t0x0010:  636f 6d00                                com.\n",
	"hexdump -C":  "00000000  62 6f 6f 74 5c 78 36 34  5c 77 64 73 6e 62 70 2e  |boot\\x64\\wdsnbp.|\n00000010  63 6f 6d 00                                       |com.|\n00000014\n",
	"xxd":         "00000000: 626f 6f74 5c78 3634 5c77 6473 6e62 702e  boot\\x64\\wdsnbp.\n00000010: 636f 6d00                                com.\n",
	"offset note": "0000  62 6f 6f 74 5c 78 36 34 # boot\n0008  5c 77 64 73 6e 62 70 2e 63 6f 6d 00 # name",
}

func TestParseHexForms(t *testing.T) {
	for name, text := range wdsForms {
		t.Run(name, func(t *testing.T) {
			b, err := dhcpopts.ParseHex(text)
			require.NoError(t, err)
			require.Equal(t, wds, string(b))
		})
	}
}

func TestParseHexEdges(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "",
		" # nothing\n":           "",
		"0x":                     "",
		"{ }":                    "",
		"00000000":               "\x00\x00\x00\x00",
		"0000 626f":              "\x00\x00\x62\x6f",
		"deadbeef":               "\xde\xad\xbe\xef",
		"6 1 8 ff":               "\x06\x01\x08\xff",
		"06:01:08:FF":            "\x06\x01\x08\xff",
		"0000  61 62   ab":       "ab",
		"0000  61 62 20 20   ab": "ab  ",
		"0000  61 62 63 64   abcd\n0004  20 20 20 20 61 62   \n": "abcd    ab",
	} {
		b, err := dhcpopts.ParseHex(text)
		require.NoError(t, err, text)
		require.Equal(t, want, string(b), text)
	}
}

func TestParseHexErrors(t *testing.T) {
	for text, want := range map[string]string{
		"62 6g":                       "line 1, column 5: 'g' is not a hex digit",
		"62 6f\n6f ö":                 "line 2, column 4: 'ö' is not a hex digit",
		"626f6":                       `line 1, column 1: "626f6" has an odd number of hex digits (5)`,
		"62\n 6f7":                    `line 2, column 2: "6f7" has an odd number of hex digits (3)`,
		"10.0.0.1":                    "line 1, column 3: '.' is not a hex digit",
		`\x62\x6`:                     `line 1, column 5: "\\x6" is not an octet such as \x62`,
		`\x62b`:                       `line 1, column 5: "b" is not an octet such as \x62`,
		"{ 0x62, 300 }":               `line 1, column 9: "300" is not an octet such as 0x62 or 98`,
		"{ 1, , 2 }":                  `line 1, column 6: "" is not an octet`,
		"x = { 1":                     "line 1, column 5: the array has no closing brace",
		"base64:!!":                   `line 1, column 1: "!!" is not base64`,
		"0000  61 62\n0010  63":       "line 2, column 1: offset 0x0010 after 2 octets: a line is missing or cut",
		"0000  61 62\n*\n0020  63":    "line 3, column 1: offset 0x0020 after 2 octets",
		"*\n0000  61":                 "line 1, column 1: '*' is not a hex digit",
		"0000  61 62\nxx":             `line 2, column 1: "xx" does not begin with an offset`,
		"0000  61\n0000  62\n":        "line 1, column 1: the dump holds 2 packets, one is wanted",
		"0x0000:  6162\n0x0004: 6364": "line 2, column 1: offset 0x0004 after 2 octets",
	} {
		_, err := dhcpopts.ParseHex(text)
		require.ErrorContains(t, err, want, text)
		var at *dhcpopts.HexError
		require.ErrorAs(t, err, &at)
	}
}

// TestParseHexRepeated: hexdump, od and xxd -a write * for lines like the last.
func TestParseHexRepeated(t *testing.T) {
	row := " 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f"
	b, err := dhcpopts.ParseHex("0000 " + row + "\n*\n0030  ff\n0031\n")
	require.NoError(t, err)
	require.Len(t, b, 0x31)
	require.Equal(t, b[:16], b[32:48])
	_, err = dhcpopts.ParseHex("0000 " + row + "\n*\nfffffff0  ff\n")
	require.ErrorContains(t, err, "offset 0xfffffff0 after", "a few digits must not ask for gigabytes")
}

func TestParseHexPackets(t *testing.T) {
	packets, err := dhcpopts.ParseHexPackets("0000  61 62   ab\n\n0000  63   c\n")
	require.NoError(t, err)
	require.Equal(t, [][]byte{[]byte("ab"), []byte("c")}, packets)
}

// TestRealDumps reads what the usual programs print of every corpus message.
func TestRealDumps(t *testing.T) {
	for _, program := range [][]string{
		{"xxd"}, {"xxd", "-a"}, {"hexdump", "-C"}, {"hexdump", "-v", "-C"}, {"od", "-A", "x", "-t", "x1z"}, {"od", "-v", "-A", "x", "-t", "x1"},
	} {
		if _, err := exec.LookPath(program[0]); err != nil {
			t.Logf("%s is not installed", program[0])
			continue
		}
		for _, m := range corpus(t)[:40] {
			cmd := exec.Command(program[0], program[1:]...)
			cmd.Stdin = bytes.NewReader(m.payload)
			text, err := cmd.Output()
			require.NoError(t, err)
			b, err := dhcpopts.ParseHex(string(text))
			require.NoError(t, err, "%s of %s", program[0], m.from)
			require.Equal(t, m.payload, b, "%s of %s", program[0], m.from)
		}
	}
}

// dumpText prints octets as Wireshark does, with or without text column.
func dumpText(b []byte, column bool) string {
	var text strings.Builder
	for at := 0; at < len(b); at += 16 {
		row := b[at:min(at+16, len(b))]
		fmt.Fprintf(&text, "%04x  %-47s", at, fmt.Sprintf("% x", row))
		if column {
			text.WriteString("   ")
			for _, c := range row {
				if c < ' ' || c > '~' {
					c = '.'
				}
				text.WriteByte(c)
			}
		}
		text.WriteByte('\n')
	}
	return text.String()
}

func FuzzHexForms(f *testing.F) {
	f.Add([]byte(wds))
	f.Add([]byte{})
	f.Add([]byte("0123456789abcdef ab  cd"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, form := range dhcpopts.HexForms() {
			text := dhcpopts.FormatHex(form, b)
			back, err := dhcpopts.ParseHexAs(form, text)
			require.NoError(t, err)
			require.Equal(t, hex.EncodeToString(b), hex.EncodeToString(back), text)
		}
		for _, column := range []bool{true, false} {
			back, err := dhcpopts.ParseHex(dumpText(b, column))
			require.NoError(t, err)
			require.Equal(t, hex.EncodeToString(b), hex.EncodeToString(back), dumpText(b, column))
		}
	})
}

func FuzzParseHex(f *testing.F) {
	for _, text := range wdsForms {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b, err := dhcpopts.ParseHex(text)
		if err != nil {
			require.IsType(t, &dhcpopts.HexError{}, err)
			return
		}
		if !strings.Contains(text, "*") { // which stands for any number of lines
			require.LessOrEqual(t, len(b), len(text))
		}
	})
}

func TestParseHexForm(t *testing.T) {
	for _, form := range dhcpopts.HexForms() {
		got, err := dhcpopts.ParseHexForm(string(form))
		require.NoError(t, err)
		require.Equal(t, form, got)
	}
	_, err := dhcpopts.ParseHexForm("roman")
	require.EqualError(t, err, `unknown form "roman"; there are hex, colon, dash, spaced, 0x, c, string, base64`)
}
