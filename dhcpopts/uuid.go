package dhcpopts

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// FormatUUID writes the 16 octets of option 97 in the usual text form. The
// first three fields are little-endian on the wire (RFC 4578 section 2.3 by way
// of the SMBIOS structure), so the text matches what dmidecode shows.
func FormatUUID(wire [16]byte) string {
	u := swapUUID(wire)
	text := hex.EncodeToString(u[:])
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}

// ParseUUID reads a UUID of 32 hex digits, with hyphens at will, to the octets
// of option 97 without the type octet.
func ParseUUID(s string) (wire [16]byte, err error) {
	b, err := hex.DecodeString(strings.ReplaceAll(strings.Trim(s, "{}"), "-", ""))
	if err != nil || len(b) != 16 {
		return wire, fmt.Errorf("%q is not a UUID such as 01234567-89ab-cdef-0123-456789abcdef", s)
	}
	return swapUUID([16]byte(b)), nil
}

// swapUUID turns the octets of the first three fields round; it is its own
// inverse.
func swapUUID(u [16]byte) [16]byte {
	u[0], u[1], u[2], u[3] = u[3], u[2], u[1], u[0]
	u[4], u[5] = u[5], u[4]
	u[6], u[7] = u[7], u[6]
	return u
}
