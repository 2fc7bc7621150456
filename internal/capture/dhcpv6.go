package capture

import (
	"encoding/binary"
	"fmt"
	"strings"

	"pxekit/dhcpopts"
)

// Option6 is a DHCPv6 option that boots (RFC 5970). They are named only: this
// module neither writes nor serves DHCPv6.
type Option6 struct {
	Code   uint16
	Name   string
	Offset int // octets from the start of the message to the code
	Data   []byte
	Text   string
}

var bootOptions6 = map[uint16]struct {
	name string
	text func([]byte) string
}{
	59: {"boot file URL", dhcpopts.SafeText},
	60: {"boot file parameters", params6},
	61: {"client system architecture", archs6},
	62: {"client network interface", interface6},
}

// BootOptions6 finds options 59 to 62 in a DHCPv6 message (RFC 8415 section 8),
// also inside a relay's.
func BootOptions6(message []byte) ([]Option6, error) {
	at := 4 // message type and transaction id
	if len(message) > 0 && (message[0] == 12 || message[0] == 13) {
		at = 34 // a relay's: hop count, link and peer address
	}
	if len(message) < at {
		return nil, fmt.Errorf("dhcpv6 message of %d bytes, need %d", len(message), at)
	}
	return options6(message, at)
}

func options6(b []byte, at int) (found []Option6, err error) {
	for at < len(b) {
		if len(b)-at < 4 {
			return found, fmt.Errorf("dhcpv6 option at byte %d: %d bytes left, need 4", at, len(b)-at)
		}
		code, length := binary.BigEndian.Uint16(b[at:]), int(binary.BigEndian.Uint16(b[at+2:]))
		data := b[at+4:]
		if length > len(data) {
			return found, fmt.Errorf("dhcpv6 option %d at byte %d: length %d runs past end (%d left)", code, at, length, len(data))
		}
		data = data[:length]
		if o, ok := bootOptions6[code]; ok {
			found = append(found, Option6{code, o.name, at, data, o.text(data)})
		}
		if code == 9 { // the message that a relay carries
			inner, innerErr := BootOptions6(data)
			for _, o := range inner {
				o.Offset += at + 4
				found = append(found, o)
			}
			if innerErr != nil {
				return found, innerErr
			}
		}
		at += 4 + length
	}
	return found, nil
}

// params6 lists counted strings (RFC 5970 section 3.2).
func params6(b []byte) string {
	var words []string
	for len(b) >= 2 {
		n := min(int(binary.BigEndian.Uint16(b)), len(b)-2)
		words = append(words, dhcpopts.SafeText(b[2:2+n]))
		b = b[2+n:]
	}
	return strings.Join(words, ", ")
}

func archs6(b []byte) string {
	var words []string
	for ; len(b) >= 2; b = b[2:] {
		a := dhcpopts.Arch(binary.BigEndian.Uint16(b))
		words = append(words, fmt.Sprintf("%s (%d)", a.Describe(), uint16(a)))
	}
	return strings.Join(words, ", ")
}

func interface6(b []byte) string {
	if len(b) != 3 {
		return fmt.Sprintf("%d octets, must be 3", len(b))
	}
	return fmt.Sprintf("type %d, version %d.%d", b[0], b[1], b[2])
}
