package bootnames

import (
	"path"
	"strings"
)

// UsualMiss says why a file that is not there need not be, "" when it has to
// (measured: what pxelinux, shim and iPXE ask for).
func UsualMiss(name string) string {
	name = strings.ToLower(strings.ReplaceAll(name, `\`, "/"))
	dir, base := path.Split(name)
	switch {
	case strings.HasSuffix(dir, "pxelinux.cfg/") && base != "default":
		return "pxelinux tries names for one machine before pxelinux.cfg/default"
	case base == "revocations_sku.efi" || base == "revocations_sbat.efi" || strings.HasPrefix(base, "shim_certificate"):
		return "shim asks for it, and few have it"
	case base == "autoexec.ipxe":
		return "iPXE looks for a script of that name first"
	case strings.HasPrefix(base, "grub.cfg-"):
		return "GRUB tries names for one machine before grub.cfg"
	case strings.Contains(dir, "/x86_64-efi/") || strings.Contains(dir, "/arm64-efi/") || strings.Contains(dir, "/i386-efi/"):
		return "GRUB looks for its lists and modules, and does without"
	case isPiMiss(dir, base):
		return "a Raspberry Pi looks in a folder of its own first, and for files that few have"
	}
	return ""
}

// IsGRUB reports whether a file is GRUB for UEFI.
func IsGRUB(name string) bool {
	base := strings.ToLower(path.Base(strings.ReplaceAll(name, `\`, "/")))
	return strings.HasPrefix(base, "grub") && strings.HasSuffix(base, ".efi")
}
