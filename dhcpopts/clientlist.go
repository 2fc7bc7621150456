package dhcpopts

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// messageNames is indexed by option 53 (RFC 2132 section 9.6).
var messageNames = [...]string{"", "discover", "offer", "request", "decline", "ack", "nak", "release", "inform"}

func messageName(t uint8) string {
	if t > 0 && int(t) < len(messageNames) {
		return messageNames[t]
	}
	return strconv.Itoa(int(t))
}

func setMessage(c *Client, s string) error {
	if i := slices.Index(messageNames[1:], strings.ToLower(s)); i >= 0 {
		c.Message = uint8(i + 1)
		return nil
	}
	n, err := strconv.ParseUint(s, 10, 8)
	if err != nil {
		return fmt.Errorf("%q is no message type; there are %s", s, strings.Join(messageNames[1:], ", "))
	}
	c.Message = uint8(n)
	return nil
}

func formatRequestList(list []uint8) string {
	switch {
	case list == nil:
		return "none"
	case slices.Equal(list, FullRequestList):
		return "full"
	case slices.Equal(list, ShortRequestList):
		return "short"
	}
	var codes []string
	for _, code := range list {
		codes = append(codes, strconv.Itoa(int(code)))
	}
	return strings.Join(codes, "+")
}

func setRequestList(c *Client, s string) error {
	switch s {
	case "none":
		c.RequestList = nil
	case "full":
		c.RequestList = slices.Clone(FullRequestList)
	case "short":
		c.RequestList = slices.Clone(ShortRequestList)
	default:
		list := []uint8{}
		for _, text := range strings.FieldsFunc(s, func(r rune) bool { return r == '+' }) {
			code, err := strconv.ParseUint(text, 10, 8)
			if err != nil {
				return fmt.Errorf("%q is no option number; a list is full, short, none or 1+3+67", text)
			}
			list = append(list, uint8(code))
		}
		c.RequestList = list
	}
	return nil
}

func formatMAC(mac []byte) string {
	if len(mac) == 0 {
		return "none"
	}
	return FormatHex(HexColon, mac)
}

// formatUUIDAttr writes option 97 as a UUID, or its octets when it is not type
// 0 and 16 octets (RFC 4578 section 2.3).
func formatUUIDAttr(id []byte) string {
	switch {
	case id == nil:
		return "none"
	case len(id) != 17 || id[0] != 0:
		return formatHexValue(id)
	}
	return FormatUUID([16]byte(id[1:]))
}

func setUUID(c *Client, s string) (err error) {
	if s == "none" || strings.HasPrefix(s, "hex:") {
		c.MachineID, err = parseOctets(s)
		return err
	}
	id, err := ParseUUID(s)
	if err != nil {
		return err
	}
	c.MachineID = append([]byte{0}, id[:]...)
	return nil
}
