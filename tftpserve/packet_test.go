package tftpserve

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     Packet
	}{
		{"plain RRQ", "\x00\x01boot\\x64\\wdsnbp.com\x00octet\x00", Packet{Op: RRQ, File: `boot\x64\wdsnbp.com`, Mode: "octet"}},
		{"edk2 probe", "\x00\x01a.efi\x00octet\x00tsize\x000\x00blksize\x001468\x00windowsize\x004\x00",
			Packet{Op: RRQ, File: "a.efi", Mode: "octet", Options: []Option{{"tsize", "0"}, {"blksize", "1468"}, {"windowsize", "4"}}}},
		{"stray NUL after the name", "\x00\x01a.efi\x00\x00octet\x00tsize\x000\x00", Packet{Op: RRQ, File: "a.efi", Mode: "octet", Options: []Option{{"tsize", "0"}}}},
		{"name with 0xff", "\x00\x01a.efi\xff\x00OCTET\x00", Packet{Op: RRQ, File: "a.efi\xff", Mode: "OCTET"}},
		{"DATA", "\x00\x03\x00\x07abc", Packet{Op: DATA, Block: 7, Data: []byte("abc")}},
		{"empty last DATA", "\x00\x03\xff\xff", Packet{Op: DATA, Block: 65535, Data: []byte{}}},
		{"ACK", "\x00\x04\x00\x00", Packet{Op: ACK}},
		{"ERROR", "\x00\x05\x00\x08User aborted the transfer\x00", Packet{Op: ERROR, Code: OptionRefused, Message: "User aborted the transfer"}},
		{"ERROR without NUL", "\x00\x05\x00\x01no", Packet{Op: ERROR, Code: FileNotFound, Message: "no"}},
		{"OACK", "\x00\x06tsize\x00512\x00", Packet{Op: OACK, Options: []Option{{"tsize", "512"}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Parse([]byte(c.in))
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"":                        "tftp packet of 0 bytes, need 4",
		"\x00\x01":                "tftp packet of 2 bytes, need 4",
		"\x00\x09\x00\x00":        "tftp opcode 9 is none of 1 to 6",
		"\x00\x01abc":             `tftp strings "abc" do not end in NUL`,
		"\x00\x01abc\x00":         `tftp RRQ of "abc" has no mode`,
		"\x00\x01a\x00b\x00c\x00": `tftp option "c" has no value`,
	} {
		_, err := Parse([]byte(in))
		require.EqualError(t, err, want)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("\x00\x01boot\\x64\\wdsnbp.com\x00octet\x00tsize\x000\x00"))
	f.Add([]byte("\x00\x03\x00\x07abc"))
	f.Add([]byte("\x00\x06blksize\x001468\x00"))
	f.Add([]byte("\x00\x05\x00\x01no\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Parse(b)
		if err != nil {
			return
		}
		again, err := Parse(p.Append(nil))
		require.NoError(t, err)
		require.Equal(t, p, again)
	})
}
