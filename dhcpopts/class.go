package dhcpopts

import (
	"regexp"
	"strconv"
)

// VendorClass is option 60 of a PXE or HTTP client, split:
// "PXEClient:Arch:00007:UNDI:003016".
type VendorClass struct {
	Class       string // "PXEClient" or "HTTPClient"
	Arch        Arch
	HasArch     bool // clients that learnt the bare class from a server repeat it bare
	Major, UNDI int  // version of the network interface, 3 and 16 in the example
}

var classForm = regexp.MustCompile(`^(PXEClient|HTTPClient)(?::Arch:(\d{5})(?::UNDI:(\d{3})(\d{3}))?)?`)

// ParseVendorClass splits option 60. It reports false for another vendor's.
func ParseVendorClass(value []byte) (VendorClass, bool) {
	m := classForm.FindStringSubmatch(string(value))
	if m == nil {
		return VendorClass{}, false
	}
	v := VendorClass{Class: m[1]}
	if n, err := strconv.ParseUint(m[2], 10, 16); err == nil {
		v.Arch, v.HasArch = Arch(n), true
	}
	v.Major, _ = strconv.Atoi(m[3]) // no digits: 0
	v.UNDI, _ = strconv.Atoi(m[4])
	return v, true
}

func classArch(value []byte) (Arch, bool) {
	v, ok := ParseVendorClass(value)
	return v.Arch, ok && v.HasArch
}
