package dhcpopts

import (
	"math"
	"strconv"
	"strings"
)

// VendorClass is option 60 of a PXE or HTTP client, split:
// "PXEClient:Arch:00007:UNDI:003016".
type VendorClass struct {
	Class       string // "PXEClient" or "HTTPClient"
	Arch        Arch
	HasArch     bool // clients that learnt the bare class from a server repeat it bare
	Major, UNDI int  // version of the network interface, 3 and 16 in the example
}

// ParseVendorClass splits option 60. It reports false for another vendor's.
func ParseVendorClass(value []byte) (VendorClass, bool) {
	var v VendorClass
	rest, ok := strings.CutPrefix(string(value), ClassPXE)
	if v.Class = ClassPXE; !ok {
		v.Class = ClassHTTP
		if rest, ok = strings.CutPrefix(string(value), ClassHTTP); !ok {
			return VendorClass{}, false
		}
	}
	arch, rest, ok := cutNumber(rest, ":Arch:", 5)
	if !ok {
		return v, true
	}
	if arch <= math.MaxUint16 {
		v.Arch, v.HasArch = Arch(arch), true
	}
	if version, _, ok := cutNumber(rest, ":UNDI:", 6); ok {
		v.Major, v.UNDI = version/1000, version%1000
	}
	return v, true
}

// cutNumber takes a mark and a number of so many digits off the start of s.
func cutNumber(s, mark string, digits int) (n int, rest string, ok bool) {
	s, ok = strings.CutPrefix(s, mark)
	if !ok || len(s) < digits || strings.Trim(s[:digits], "0123456789") != "" {
		return 0, "", false
	}
	n, err := strconv.Atoi(s[:digits])
	return n, s[digits:], err == nil
}

func classArch(value []byte) (Arch, bool) {
	v, ok := ParseVendorClass(value)
	return v.Arch, ok && v.HasArch
}
