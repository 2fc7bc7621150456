package dhcpopts

import (
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// numberCodecs has the numbers: every packet has some.
var numberCodecs = map[Kind]codec{
	KindU8: numberCodec(KindU8), KindU16: numberCodec(KindU16), KindU16LE: numberCodec(KindU16LE),
	KindU32: numberCodec(KindU32), KindI32: numberCodec(KindI32),
}

// numberCodec reads and writes one number of a fixed size.
func numberCodec(kind Kind) codec {
	size := numberSize(kind)
	turn := func(b []byte) []byte {
		if kind == KindU16LE {
			b = slices.Clone(b)
			slices.Reverse(b)
		}
		return b
	}
	return codec{
		func(b []byte) string {
			if len(b) != size {
				return ""
			}
			n := bigEndian(turn(b))
			if kind == KindI32 {
				return strconv.Itoa(int(int32(n)))
			}
			return strconv.FormatUint(n, 10)
		},
		func(s string) ([]byte, error) {
			low, high := int64(0), int64(1)<<(8*size)-1
			if kind == KindI32 {
				low, high = math.MinInt32, math.MaxInt32
			}
			n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
			if err != nil || n < low || n > high {
				return nil, fmt.Errorf("%q is not a number from %d to %d", s, low, high)
			}
			return turn(binary.BigEndian.AppendUint64(nil, uint64(n))[8-size:]), nil
		},
	}
}

func numberSize(kind Kind) int {
	switch kind {
	case KindU8:
		return 1
	case KindU16, KindU16LE:
		return 2
	}
	return 4
}

func bigEndian(b []byte) (n uint64) {
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n
}

// wordCodec writes a one-octet number with its word, "on" or "3 file and sname",
// and reads either the word or the number.
func wordCodec(words ...string) codec {
	return codec{
		func(b []byte) string {
			if len(b) != 1 || int(b[0]) >= len(words) {
				return ""
			}
			return words[b[0]]
		},
		func(s string) ([]byte, error) {
			if i := slices.Index(words, s); i >= 0 && s != "" {
				return []byte{uint8(i)}, nil
			}
			n, err := strconv.ParseUint(s, 10, 8)
			if err != nil {
				return nil, fmt.Errorf("%q is none of %s", s, strings.Trim(strings.Join(words, ", "), ", "))
			}
			return []byte{uint8(n)}, nil
		},
	}
}

func formatMessage(b []byte) string {
	if len(b) != 1 {
		return ""
	}
	return messageName(b[0])
}

func parseMessage(s string) ([]byte, error) {
	var c Client
	if err := setMessage(&c, s); err != nil {
		return nil, err
	}
	return []byte{c.Message}, nil
}

func formatIPs(b []byte) string {
	var list []string
	for ; len(b) >= 4; b = b[4:] {
		list = append(list, netip.AddrFrom4([4]byte(b)).String())
	}
	return strings.Join(list, ", ")
}

func parseIPs(s string, one bool) (b []byte, err error) {
	list := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
	for _, text := range list {
		a, err := netip.ParseAddr(text)
		if err != nil || !a.Is4() {
			return nil, fmt.Errorf("%q is not an IPv4 address", text)
		}
		b = append(b, a.AsSlice()...)
	}
	if len(list) == 0 || one && len(list) > 1 {
		return nil, fmt.Errorf("%q has %d addresses", s, len(list))
	}
	return b, nil
}

func formatU16s(b []byte) string {
	var list []string
	for ; len(b) >= 2; b = b[2:] {
		list = append(list, strconv.Itoa(int(binary.BigEndian.Uint16(b))))
	}
	return strings.Join(list, ", ")
}

func parseU16s(s string) (b []byte, err error) {
	for _, item := range items(s) {
		n, err := strconv.ParseUint(item, 10, 16)
		if err != nil {
			return nil, fmt.Errorf("%q is not a number from 0 to 65535", item)
		}
		b = binary.BigEndian.AppendUint16(b, uint16(n))
	}
	return b, nil
}
