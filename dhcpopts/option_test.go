package dhcpopts_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

func TestFormatOption(t *testing.T) {
	for _, c := range []struct {
		code uint8
		hex  string
		text string
	}{
		{1, "ffffff00", "255.255.255.0"},
		{2, "ffffc7c0", "-14400"},
		{3, "0a0000010a000002", "10.0.0.1, 10.0.0.2"},
		{3, "0a00000100", "hex:0a00000100"},
		{3, "", "hex:"},
		{12, "706331", "pc1"},
		{12, "", ""},
		{19, "01", "on"},
		{19, "02", "hex:02"},
		{25, "00440128", "68, 296"},
		{43, "060108ff", "6 discovery control: 8; end"},
		{43, "060108", "6 discovery control: 8"},
		{43, "0a040050584509140000" + "11526173706265727279205069" + "20426f6f74" + "ff", "10 menu prompt: 0 PXE; 9 boot menu: 0 Raspberry Pi Boot; end"},
		{43, "0200000c01ff0807000101" + "0a630003", "hex:0200000c01ff0807000101" + "0a630003"},
		{43, "08070001010a630003ff", "8 boot servers: 1 10.99.0.3; end"},
		{43, "0205e03039ff", "hex:0205e03039ff"},
		{43, "02023930ff", "2 MTFTP client port: 12345; end"},
		{43, "470400010000ff", "71 boot item: 1 layer 0; end"},
		{43, "dc00", "220 unknown: hex:"},
		{43, "4003612c3bff", "64 boot loader's own: a,<3b>; end"},
		{50, "0a000009", "10.0.0.9"},
		{51, "00000e10", "3600"},
		{52, "03", "file and sname"},
		{53, "02", "offer"},
		{53, "0d", "13"},
		{55, "014243", "1 subnet mask, 66 TFTP server name, 67 bootfile name"},
		{55, "80", "128 PXE undefined"},
		{57, "05c0", "1472"},
		{60, "505845436c69656e74", "PXEClient"},
		{61, "01525400123456", "ethernet 52:54:00:12:34:56"},
		{61, "00616263", "hex:00616263"},
		{66, "3139322e302e322e3130", "192.0.2.10"},
		{67, hex.EncodeToString([]byte(wds)), `boot\x64\wdsnbp.com<00>`},
		{67, "e2808e20612020", "<e2><80><8e> a<20><20>"},
		{67, "6865783a61", "hex:6865783a61"},
		{77, "69505845", "iPXE"},
		{77, "0469505845", "counted: iPXE"},
		{77, "01610362" + "2c63", "counted: a, b<2c>c"},
		{80, "", ""},
		{82, "01046574683002050011223344ff", "hex:01046574683002050011223344ff"},
		{82, "0104657468300206001122334455", "1 circuit id: eth0; 2 remote id: hex:001122334455"},
		{82, "00020102ff00", "0 unknown: hex:0102; 255 unknown: hex:"},
		{93, "00070000", "7 efi-x64, 0 bios"},
		{93, "1234", "4660"},
		{93, "000700", "hex:000700"},
		{94, "010310", "UNDI 3.16"},
		{97, "00" + "67452301ab89efcd0123456789abcdef", "01234567-89ab-cdef-0123-456789abcdef"},
		{97, "0101", "hex:0101"},
		{121, "080a0a000001", "10.0.0.0/8 via 10.0.0.1"},
		{150, "c000020a", "192.0.2.10"},
		{128, "e4450074", "hex:e4450074"},
		{128, "706963", "pic"},
		{175, "b00101", "176 no-pxedhcp: on"},
		{175, "b105011af41000eb030100001701012401" + "01", "177 busid: hex:011af41000; 235 version: hex:010000; 23 feature DNS: 1; 36 feature EFI: 1"},
		{208, "f100747e", "hex:f100747e"},
		{211, "00000708", "1800"},
		{250, "0c01000d02080001020007" + "0e0100ff", "12 PXE prompt done: 0; 13 boot program version: 2048; 1 architecture: 7 efi-x64; 14 action done: 0; end"},
		{252, "5c546d705c7836342e62636400", `\Tmp\x64.bcd<00>`},
		{224, "6162", "ab"},
	} {
		value, err := hex.DecodeString(c.hex)
		require.NoError(t, err)
		require.Equal(t, c.text, dhcpopts.FormatOption(c.code, value), "option %d %s", c.code, c.hex)
		back, err := dhcpopts.ParseOption(c.code, c.text)
		require.NoError(t, err)
		require.Equal(t, c.hex, hex.EncodeToString(back))
	}
}

func TestParseOptionByHand(t *testing.T) {
	for _, c := range []struct {
		code uint8
		text string
		hex  string
	}{
		{93, "7, efi-bc,uefi-arm64", "00070009000b"},
		{55, "1, 3 ,67", "010343"},
		{150, "10.0.0.1 10.0.0.2", "0a0000010a000002"},
		{53, "5", "05"},
		{52, "1", "01"},
		{43, "6: 8; end", "060108ff"},
		{43, "hex:06:01:08:ff", "060108ff"},
		{43, "9: 1 Install, 32768 Rescue; 8: 32768; 10: 255 Pick one", "0913" + "000107496e7374616c6c" + "800006526573637565" + "08" + "03800000" + "0a09" + "ff5069636b206f6e65"},
		{82, "1: eth0", "010465746830"},
		{175, "176: 1; 190: joe", "b00101be036a6f65"},
		{97, "{01234567-89AB-CDEF-0123-456789ABCDEF}", "0067452301ab89efcd0123456789abcdef"},
	} {
		b, err := dhcpopts.ParseOption(c.code, c.text)
		require.NoError(t, err, c.text)
		require.Equal(t, c.hex, hex.EncodeToString(b), c.text)
	}
}

func TestParseOptionErrors(t *testing.T) {
	for _, c := range []struct {
		code uint8
		text string
		want string
	}{
		{1, "10.0.0.1, 10.0.0.2", `option 1 (subnet mask): "10.0.0.1, 10.0.0.2" has 2 addresses`},
		{3, "::1", `"::1" is not an IPv4 address`},
		{150, "", `has 0 addresses`},
		{13, "65536", `"65536" is not a number from 0 to 65535`},
		{2, "-3000000000", "is not a number from -2147483648 to 2147483647"},
		{19, "maybe", `"maybe" is none of off, on`},
		{52, "both", `"both" is none of file, sname, file and sname`},
		{53, "dance", "is no message type"},
		{55, "x", "is not an option number"},
		{80, "x", "the option has no value"},
		{93, "efi-x65", "unknown architecture"},
		{94, "3.16", "is not an interface such as UNDI 3.16"},
		{97, "12", "is not a UUID"},
		{61, "52:54:00:12:34:56", "is not a client identifier"},
		{63, "zz", "give the octets as hex:"},
		{43, "6", "is not a sub-option such as 6: 8"},
		{43, "6: 300", "sub-option 6: \"300\" is not a number from 0 to 255"},
		{43, "9: 1 " + strings.Repeat("x", 256), "menu text"},
		{43, "64: " + strings.Repeat("x", 256), "sub-option 64 is 256 octets long"},
		{43, "8: 1 ::1", "is not an IPv4 address"},
		{43, "10: soon", "does not begin with a timeout"},
		{43, "71: 1", "is not a boot item such as 1 layer 0"},
		{121, "10.0.0.0/8", "route \"10.0.0.0/8\""},
		{77, "counted: ", `"counted: " names no class`},
		{67, "hex:zz", "'z' is not a hex digit"},
	} {
		_, err := dhcpopts.ParseOption(c.code, c.text)
		require.ErrorContains(t, err, c.want, "%d %s", c.code, c.text)
	}
}

func TestFormatOptionWithoutValue(t *testing.T) {
	for code := range 256 {
		back, err := dhcpopts.ParseOption(uint8(code), dhcpopts.FormatOption(uint8(code), nil))
		require.NoError(t, err)
		require.Empty(t, back)
	}
}

func TestOptionTable(t *testing.T) {
	last := -1
	for _, info := range dhcpopts.Options() {
		require.Greater(t, int(info.Code), last, "in order, each once")
		last = int(info.Code)
		require.NotEmpty(t, info.Name)
		require.NotEmpty(t, info.Ref)
	}
	require.Equal(t, "bootfile name", dhcpopts.LookupOption(67).Name)
	require.Equal(t, "unassigned", dhcpopts.LookupOption(96).Name)
	require.Equal(t, "private use", dhcpopts.LookupOption(230).Name)
	require.Nil(t, dhcpopts.SubOptions(67))
	require.Equal(t, "no-pxedhcp", dhcpopts.SubOptions(175)[176].Name)
}

func TestDecodeSubOptions(t *testing.T) {
	subs, closed, err := dhcpopts.DecodeSubOptions(250, []byte("\x0d\x02\x08\x00\xff"))
	require.NoError(t, err)
	require.True(t, closed)
	require.Len(t, subs, 1)
	_, _, err = dhcpopts.DecodeSubOptions(175, []byte("\xb0\x02\x01"))
	require.EqualError(t, err, "option 175 sub-option 176 at byte 0: length 2 runs past end (1 left)")
}

func TestSafeText(t *testing.T) {
	for in, want := range map[string]string{
		wds:                  `boot\x64\wdsnbp.com<00>`,
		"a\r\n\x1b[31m":      "a<0d><0a><1b>[31m",
		"\u009b31m\x7f":      "<c2><9b>31m<7f>",
		"\u202egpj.exe":      "<e2><80><ae>gpj.exe",
		"\xff\xfe":           "<ff><fe>",
		"a<00>b":             "a<3c>00>b",
		"<0g> < <a":          "<0g> < <a",
		" a b ":              "<20>a b<20>",
		"größe.efi":          "größe.efi",
		"b\xf6\xf6t":         "b<f6><f6>t",
		"\u00a0\ufeff\u200b": "<c2><a0><ef><bb><bf><e2><80><8b>",
	} {
		require.Equal(t, want, dhcpopts.SafeText([]byte(in)))
		require.Equal(t, in, string(dhcpopts.ParseSafeText(want)))
	}
}

func FuzzSafeText(f *testing.F) {
	f.Add([]byte(wds))
	f.Add([]byte("a<00>\x00 < <<41>41>\u202e "))
	f.Fuzz(func(t *testing.T, b []byte) {
		text := dhcpopts.SafeText(b)
		require.Equal(t, string(b), string(dhcpopts.ParseSafeText(text)))
		for _, r := range text {
			require.False(t, r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e, text)
		}
	})
}

// FuzzOptionText: whatever a value holds, its text gives the same octets back.
func FuzzOptionText(f *testing.F) {
	for _, m := range corpus(f)[:60] {
		p, _ := dhcpopts.Parse(m.payload)
		for _, o := range p.Options {
			f.Add(o.Code, o.Data)
		}
	}
	f.Add(uint8(43), dhcpopts.EncodePXE(menuPXE))
	f.Add(uint8(121), []byte{8, 10, 10, 0, 0, 1})
	f.Fuzz(func(t *testing.T, code uint8, value []byte) {
		text := dhcpopts.FormatOption(code, value)
		back, err := dhcpopts.ParseOption(code, text)
		require.NoError(t, err, text)
		require.Equal(t, hex.EncodeToString(value), hex.EncodeToString(back), text)
	})
}
