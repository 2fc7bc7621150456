package proxydhcp

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// In a filter as in a plan's rules the name efi-x64 takes type 9 too, unless
// efi-bc is named; a number is exact.
func TestFilterEFIBC(t *testing.T) {
	for _, c := range []struct {
		allow, deny string
		x64, bc     bool // answered
	}{
		{"efi-x64", "", true, true},
		{"x64", "", true, true},
		{"7", "", true, false},
		{"9", "", false, true},
		{"efi-x64 efi-bc", "", true, true},
		{"efi-ia32 efi-x64", "efi-bc", true, false},
		{"", "efi-x64", false, false},
		{"", "7", false, true},
		{"", "9", true, false},
		{"efi-bc", "efi-x64", false, true},
		{"9", "efi-x64", false, true},
	} {
		p := thePlan(Direct)
		for _, x := range []struct {
			texts string
			to    *[]Selector
		}{{c.allow, &p.Filter.Allow}, {c.deny, &p.Filter.Deny}} {
			for _, text := range strings.Fields(x.texts) {
				s, err := ParseSelector(text)
				require.NoError(t, err)
				*x.to = append(*x.to, s)
			}
		}
		for arch, want := range map[dhcpopts.Arch]bool{dhcpopts.EFIX64: c.x64, dhcpopts.EFIBC: c.bc} {
			d := Decide(now, event(dhcpopts.Firmware(arch), 67), p, Machine{}, "")
			require.Equal(t, want, len(d.Replies) == 1, "%+v %s: %s", c, arch, d.Why)
		}
	}
}

func TestFilter(t *testing.T) {
	x64 := dhcpopts.Firmware(dhcpopts.EFIX64) // 02:00:00:00:00:01
	x64.MachineID = append([]byte{0}, []byte("0123456789abcdef")...)
	uuid := dhcpopts.FormatUUID([16]byte(x64.MachineID[1:]))
	selectors := func(texts ...string) (all []Selector) {
		for _, text := range texts {
			s, err := ParseSelector(text)
			require.NoError(t, err)
			all = append(all, s)
		}
		return all
	}
	for _, c := range []struct {
		name   string
		filter Filter
		why    string
	}{
		{"no filter", Filter{}, ""},
		{"only it", Filter{Only: [][]byte{{9, 9, 9, 9, 9, 9}, x64.MAC}}, ""},
		{"only others", Filter{Only: [][]byte{x64.MAC[:5]}}, "only other machines are answered"},
		{"denied by prefix", Filter{Deny: selectors("02:00:00")}, "denied by 02:00:00"},
		{"denied by UUID", Filter{Deny: selectors("efi-ia32", uuid)}, "denied by " + uuid},
		{"denied by number", Filter{Deny: selectors("7")}, "denied by 7"},
		{"another prefix", Filter{Deny: selectors("02:00:01", "efi-bc")}, ""},
		{"allowed", Filter{Allow: selectors("efi-ia32", "efi-x64")}, ""},
		{"not allowed", Filter{Allow: selectors("efi-ia32", "52-54-00")}, "nothing allows it"},
		{"deny beats allow", Filter{Allow: selectors("efi-x64"), Deny: selectors("02-00")}, "denied by 02-00"},
	} {
		p := thePlan(Direct)
		p.Filter = c.filter
		d := Decide(now, event(x64, 67), p, Machine{}, "")
		if c.why == "" {
			require.NotEmpty(t, d.Replies, c.name)
			continue
		}
		require.Empty(t, d.Replies, c.name)
		require.Equal(t, "UEFI x64: left alone, "+c.why, d.Why, c.name)
	}
	for _, bad := range []string{"", "x", "525400", "52:54:zz"} {
		_, err := ParseSelector(bad)
		require.Error(t, err, bad)
	}
}
