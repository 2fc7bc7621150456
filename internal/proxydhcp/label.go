package proxydhcp

import (
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
