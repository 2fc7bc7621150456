package tftpserve

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNegotiate(t *testing.T) {
	bounds := Bounds{BlockSize: 1468, WindowSize: 64, WindowBytes: 1 << 16}
	for _, c := range []struct {
		name string
		req  []Option
		mode string
		size int64
		want []Option
	}{
		{"edk2", []Option{{"tsize", "0"}, {"blksize", "1468"}, {"windowsize", "4"}}, "octet", 949, []Option{{"tsize", "949"}, {"blksize", "1468"}, {"windowsize", "4"}}},
		{"the client's order and spelling", []Option{{"BlkSize", "512"}, {"TSIZE", "0"}}, "octet", 7, []Option{{"BlkSize", "512"}, {"TSIZE", "7"}}},
		{"larger than the MTU", []Option{{"blksize", "65464"}}, "octet", 7, []Option{{"blksize", "1468"}}},
		{"too small", []Option{{"blksize", "7"}}, "octet", 7, nil},
		{"not a number", []Option{{"blksize", "big"}, {"tsize", "zzz"}}, "octet", 7, nil},
		{"unknown", []Option{{"msftwindow", "31416"}, {"tsize", "0"}}, "octet", 7, []Option{{"tsize", "7"}}},
		{"window over the byte cap, block size later", []Option{{"windowsize", "64"}, {"blksize", "1468"}}, "octet", 7, []Option{{"windowsize", "44"}, {"blksize", "1468"}}},
		{"window of zero", []Option{{"windowsize", "0"}}, "octet", 7, nil},
		{"timeout", []Option{{"timeout", "3"}}, "octet", 7, []Option{{"timeout", "3"}}},
		{"timeout out of range", []Option{{"timeout", "256"}}, "octet", 7, nil},
		{"twice", []Option{{"blksize", "512"}, {"blksize", "1024"}}, "octet", 7, []Option{{"blksize", "512"}}},
		{"size of netascii", []Option{{"tsize", "0"}, {"blksize", "600"}}, "NetASCII", 7, []Option{{"blksize", "600"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Negotiate(Packet{Op: RRQ, Mode: c.mode, Options: c.req}, c.size, bounds)
			require.Equal(t, c.want, got.OACK)
		})
	}
}
