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
	Text string // as it was typed
	MAC  []byte // hardware address or its first octets
	Arch *dhcpopts.Arch
	UUID []byte // 16 octets as in option 97
}

// ParseSelector reads a UUID, an architecture by name or number, or a hardware
// address or its first octets, with separators.
func ParseSelector(s string) (Selector, error) {
	if uuid, err := dhcpopts.ParseUUID(s); err == nil {
		return Selector{Text: s, UUID: uuid[:]}, nil
	}
	if arch, _, err := dhcpopts.ParseArch(s); err == nil {
		return Selector{Text: s, Arch: &arch}, nil
	}
	if mac, err := dhcpopts.ParseMAC(s); err == nil && strings.ContainsAny(s, ":-.") {
		return Selector{Text: s, MAC: mac}, nil
	}
	return Selector{}, fmt.Errorf("%q is no hardware address or its beginning (52:54:00), architecture (efi-x64) or UUID", s)
}

func (s Selector) fits(c dhcpopts.Client) bool {
	switch {
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
	fits := func(s Selector) bool { return s.fits(c) }
	if i := slices.IndexFunc(f.Deny, fits); i >= 0 {
		return "denied by " + f.Deny[i].Text
	}
	if len(f.Allow) > 0 && !slices.ContainsFunc(f.Allow, fits) {
		return "nothing allows it"
	}
	return ""
}
