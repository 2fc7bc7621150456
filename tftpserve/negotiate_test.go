package tftpserve

import (
	"net/netip"
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
		{"numbers of other kinds", []Option{{"blksize", "+512"}, {"tsize", ""}, {"timeout", "1.5"}, {"windowsize", "0x4"}}, "octet", 7, nil},
		{"negative", []Option{{"blksize", "-512"}, {"tsize", "-1"}, {"timeout", "-1"}, {"windowsize", "-4"}}, "octet", 7, nil},
		{"more than 64 bits", []Option{{"blksize", "99999999999999999999"}, {"tsize", "99999999999999999999"}}, "octet", 7, nil},
		{"least", []Option{{"blksize", "8"}, {"timeout", "1"}, {"windowsize", "1"}}, "octet", 0, []Option{{"blksize", "8"}, {"timeout", "1"}, {"windowsize", "1"}}},
		{"most", []Option{{"timeout", "255"}, {"windowsize", "65535"}, {"tsize", "0"}}, "octet", 1 << 62, []Option{{"timeout", "255"}, {"windowsize", "64"}, {"tsize", "4611686018427387904"}}},
		{"one too many", []Option{{"windowsize", "65536"}, {"blksize", "65465"}}, "octet", 7, []Option{{"blksize", "1468"}}},
		{"timeout of zero", []Option{{"timeout", "0"}}, "octet", 7, nil},
		{"timeout as it was written", []Option{{"timeout", "003"}}, "octet", 7, []Option{{"timeout", "003"}}},
		{"size of an empty file", []Option{{"tsize", "0"}, {"blksize", "600"}}, "octet", 0, []Option{{"blksize", "600"}}},
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

// A block fills the MTU of the interface, less the headers, and no packet is cut.
func TestBlockSizeOfTheWay(t *testing.T) {
	l := &listener{mtus: map[int]int{1: 65536, 2: 1500, 3: 9000, 4: 20}}
	for _, c := range []struct {
		index int
		v4    int
		v6    int
	}{{1, 65464, 65464}, {2, 1468, 1448}, {3, 8968, 8948}, {4, minBlockSize, minBlockSize}, {0, 1468, 1448}} {
		v4 := l.blockSize(origin{index: c.index, client: netip.MustParseAddrPort("192.0.2.1:2000")})
		v6 := l.blockSize(origin{index: c.index, client: netip.MustParseAddrPort("[2001:db8::1]:2000")})
		require.Equal(t, [2]int{c.v4, c.v6}, [2]int{v4, v6}, "interface %d", c.index)
		most := Negotiate(Packet{Op: RRQ, Options: []Option{{"blksize", "65535"}}}, 7, Bounds{BlockSize: v4})
		require.Equal(t, c.v4, most.BlockSize)
	}
}
