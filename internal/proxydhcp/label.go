package proxydhcp

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"pxekit/dhcpopts"
)

// label names a kind of machine in a log line: "UEFI x64", "BIOS". The names of
// [dhcpopts.Arch.Describe] are sentences.
func label(a dhcpopts.Arch) string {
	if a == dhcpopts.EFIX64 {
		return "UEFI x64" // of most lines, so it takes no memory
	}
	family, name, _ := strings.Cut(a.String(), "-")
	switch {
	case a == dhcpopts.BIOS:
		return "BIOS"
	case family == "efi":
		return "UEFI " + name
	case a.String() == "http-bios":
		return "BIOS HTTP boot"
	case family == "http":
		return "UEFI " + name + " HTTP boot"
	case family == "uboot":
		if on, ok := strings.CutPrefix(name, "http-"); ok {
			return "U-Boot " + on + " HTTP boot"
		}
		return "U-Boot " + name
	}
	if a.String() == strconv.Itoa(int(a)) {
		return "unregistered type " + a.String()
	}
	return a.Describe()
}

// Gives says in words what an answer gives: its boot file, a menu, or both.
func Gives(a dhcpopts.Answer) string {
	what := FileOf(a)
	v, ok := a.Get(dhcpopts.OptVendor)
	if !ok {
		return cmp.Or(what, "no boot file")
	}
	pxe, _, _ := dhcpopts.DecodePXE(v)
	menu := fmt.Sprintf("a menu of %d entries", len(pxe.Menu))
	if len(pxe.Menu) == 1 {
		menu = "a menu of 1 entry"
	}
	switch {
	case len(pxe.Menu) == 0:
		return cmp.Or(what, "no boot file")
	case what == "":
		return menu
	}
	return what + " and " + menu
}

// FileOf is the boot file of an answer, safe to print.
func FileOf(a dhcpopts.Answer) string {
	if len(a.File) > 0 {
		return dhcpopts.SafeText(a.File)
	}
	file, _ := a.Get(dhcpopts.OptBootFile)
	return dhcpopts.SafeText(trimNUL(file))
}
