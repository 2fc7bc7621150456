package proxydhcp

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"pxekit/dhcpopts"
)

// Filter says which machines are answered at all. The zero value answers all.
type Filter struct {
	Only  [][]byte   // hardware addresses; when there are any, nobody else
	Allow []Selector // when there are any, one has to fit
	Deny  []Selector // none may fit
}

// Selector fits machines by one of its fields; the others are nil.
type Selector struct {
	Text  string // as it was typed
	MAC   []byte // hardware address or its first octets
	Arch  *dhcpopts.Arch
	Exact bool   // Arch was typed as a number: that type alone
	UUID  []byte // 16 octets as in option 97
}

// ParseSelector reads a UUID, an architecture by name or number, or a hardware
// address or its first octets, with separators.
func ParseSelector(s string) (Selector, error) {
	if uuid, err := dhcpopts.ParseUUID(s); err == nil {
		return Selector{Text: s, UUID: uuid[:]}, nil
	}
	if arch, exact, err := dhcpopts.ParseArch(s); err == nil {
		return Selector{Text: s, Arch: &arch, Exact: exact}, nil
	}
	if mac, err := dhcpopts.ParseMAC(s); err == nil && strings.ContainsAny(s, ":-.") {
		return Selector{Text: s, MAC: mac}, nil
	}
	return Selector{}, fmt.Errorf("%q is no hardware address or its beginning (52:54:00), architecture (efi-x64) or UUID", s)
}

// fits reports whether a selector takes a machine; x64 are the types that the
// name efi-x64 stands for.
func (s Selector) fits(c dhcpopts.Client, x64 []dhcpopts.Arch) bool {
	switch {
	case s.Arch != nil && *s.Arch == dhcpopts.EFIX64 && !s.Exact:
		return slices.Contains(x64, c.Arch())
	case s.Arch != nil:
		return c.Arch() == *s.Arch
	case s.UUID != nil:
		return len(c.MachineID) == 17 && bytes.Equal(c.MachineID[1:], s.UUID)
	}
	return s.MAC != nil && bytes.HasPrefix(c.MAC, s.MAC)
}

// refuses returns why a machine is not answered, "" when it is.
func (f Filter) refuses(c dhcpopts.Client) string {
	if len(f.Only) > 0 && !slices.ContainsFunc(f.Only, func(mac []byte) bool { return bytes.Equal(mac, c.MAC) }) {
		return "only other machines are answered"
	}
	x64 := f.x64()
	fits := func(s Selector) bool { return s.fits(c, x64) }
	if i := slices.IndexFunc(f.Deny, fits); i >= 0 {
		return "denied by " + f.Deny[i].Text
	}
	if len(f.Allow) > 0 && !slices.ContainsFunc(f.Allow, fits) {
		return "nothing allows it"
	}
	return ""
}

// x64 are the types that efi-x64 stands for: as in a plan's rules type 9 too,
// which x64 firmware sends as well (RFC 4578), unless efi-bc is named itself.
func (f Filter) x64() []dhcpopts.Arch {
	named := func(s Selector) bool { return s.Arch != nil && *s.Arch == dhcpopts.EFIBC }
	if slices.ContainsFunc(f.Allow, named) || slices.ContainsFunc(f.Deny, named) {
		return []dhcpopts.Arch{dhcpopts.EFIX64}
	}
	return []dhcpopts.Arch{dhcpopts.EFIX64, dhcpopts.EFIBC}
}
