package plan

import (
	"path"
	"slices"
	"strings"

	"pxekit/dhcpopts"
)

// role is what a boot program is, where that matters to a check.
type role string

// The roles.
const (
	roleWDS    role = "WDS"    // takes its path from its folder, with backslashes
	roleIPXE   role = "iPXE"   // asks DHCP again
	roleShim   role = "shim"   // fetches the next stage from its folder
	roleScript role = "script" // text that iPXE runs
)

// program is a boot file known by its name.
type program struct {
	Role role
	EFI  bool // a UEFI program of an architecture that the name does not tell
	// Archs can run it; nil when the name does not tell.
	Archs []dhcpopts.Arch
}

// biosNames are programs for x86 BIOS, by base name (path.Match, lower case).
var biosNames = []struct {
	pattern string
	role    role
}{
	{"wdsnbp.com", roleWDS}, {"pxeboot.com", roleWDS}, {"pxeboot.n12", roleWDS}, {"abortpxe.com", roleWDS},
	{"hdlscom[12].com", roleWDS}, {"hdlscom[12].n12", roleWDS}, {"bootmgr.exe", roleWDS},
	{"startrom.com", roleWDS}, {"startrom.n12", roleWDS},
	{"netboot.xyz*.*pxe", ""}, // iPXE with its own script
	{"undionly.*", roleIPXE}, {"*.kpxe", roleIPXE}, {"*.kkpxe", roleIPXE}, {"*.kkkpxe", roleIPXE}, {"*.pxe", roleIPXE},
	{"pxelinux.0", ""}, {"lpxelinux.0", ""}, {"gpxelinux.0", ""}, {"pxelinux.bin", ""},
	{"core.0", ""}, {"grub.0", ""}, {"grub.pxe", ""}, {"pxegrub.0", ""}, {"pxegrub", ""}, {"grldr", ""},
}

// efiArchs are the marks of an architecture in a folder or in a base name
// without its .efi, the longer first.
var efiArchs = []struct {
	mark string
	arch dhcpopts.Arch
}{
	{"loongarch64", 39}, {"loong64", 39}, {"loongarch32", 37}, {"riscv128", 29}, {"riscv64", 27}, {"riscv32", 25},
	{"aarch64", dhcpopts.EFIARM64}, {"arm64", dhcpopts.EFIARM64}, {"aa64", dhcpopts.EFIARM64},
	{"arm32", dhcpopts.EFIARM32}, {"efi32", dhcpopts.EFIIA32}, {"efi64", dhcpopts.EFIX64}, {"x86_64", dhcpopts.EFIX64}, {"amd64", dhcpopts.EFIX64}, {"x64", dhcpopts.EFIX64},
	{"ia64", 2}, {"i386", dhcpopts.EFIIA32}, {"ia32", dhcpopts.EFIIA32}, {"x86", dhcpopts.EFIIA32}, {"arm", dhcpopts.EFIARM32},
}

// x64Names are UEFI programs that are x64 when neither name nor folder says
// otherwise: what their projects ship under the bare name.
var x64Names = []string{
	"wdsmgfw.efi", "bootmgfw.efi", "bootmgr.efi", "syslinux.efi", "ipxe.efi", "snponly.efi", "snp.efi", "shim.efi",
	"shim-*.efi", "grub.efi", "core.efi", "netboot.xyz*.efi", "intel.efi", "realtek.efi",
}

// Known looks a boot file up by its well-known name: the architectures that can
// run it, none when the name does not tell, and whether it is one of Windows'
// boot programs (WDS), iPXE, shim, or a script of iPXE.
func Known(file string) (archs []dhcpopts.Arch, kind string) {
	p := known(file)
	return p.Archs, string(p.Role)
}

// known looks a boot file up by its name; both slashes separate folders.
func known(file string) program {
	name := strings.ToLower(strings.ReplaceAll(file, `\`, "/"))
	if IsURL(name) {
		name, _, _ = strings.Cut(name, "?")
		name, _, _ = strings.Cut(name, "#")
	}
	base := path.Base(name)
	for _, b := range biosNames {
		if match(b.pattern, base) {
			return program{Role: b.role, Archs: onWire(file, dhcpopts.BIOS)}
		}
	}
	if path.Ext(base) == ".ipxe" {
		return program{Role: roleScript}
	}
	stem, isEFI := strings.CutSuffix(base, ".efi")
	if !isEFI {
		return program{}
	}
	p := program{EFI: true, Role: efiRole(base)}
	if a, ok := efiArch(stem, path.Dir(name)); ok {
		p.Archs = onWire(file, a)
	} else if slices.ContainsFunc(x64Names, func(pattern string) bool { return match(pattern, base) }) {
		p.Archs = onWire(file, dhcpopts.EFIX64)
	}
	return p
}

func match(pattern, base string) bool {
	if literal := strings.IndexAny(pattern, "*["); literal < 0 || !strings.HasPrefix(base, pattern[:literal]) {
		return base == pattern // most are decided here, for each of many hosts
	}
	ok, _ := path.Match(pattern, base) // the patterns are constants and sound
	return ok
}

func efiRole(base string) role {
	switch {
	case base == "wdsmgfw.efi" || base == "bootmgfw.efi":
		return roleWDS
	case strings.Contains(base, "shim") || strings.HasPrefix(base, "bootnet"):
		return roleShim
	case strings.HasPrefix(base, "ipxe") || strings.HasPrefix(base, "snp"):
		return roleIPXE
	}
	return ""
}

// efiArch finds the architecture in the base name, then in the folders from the
// innermost (x64, i386-efi, arm64-efi).
func efiArch(stem, dir string) (dhcpopts.Arch, bool) {
	for _, a := range efiArchs {
		if strings.HasSuffix(stem, a.mark) || strings.Contains(stem, "-"+a.mark) || strings.HasPrefix(stem, a.mark+"-") {
			return a.arch, true
		}
	}
	folders := strings.Split(dir, "/")
	slices.Reverse(folders)
	for _, folder := range folders {
		for _, a := range efiArchs {
			if strings.TrimSuffix(strings.TrimPrefix(folder, "efi-"), "-efi") == a.mark || folder == a.mark+"uefi" {
				return a.arch, true
			}
		}
	}
	return 0, false
}

// onWire is the type that machines of an architecture send when they want this
// file: for an http URL that of HTTP boot.
func onWire(file string, a dhcpopts.Arch) []dhcpopts.Arch {
	if isHTTP(file) {
		if h, ok := httpArch(a); ok {
			return []dhcpopts.Arch{h}
		}
	}
	return []dhcpopts.Arch{a}
}

// httpArch is the HTTP boot type beside a PXE type, by IANA's names.
func httpArch(a dhcpopts.Arch) (dhcpopts.Arch, bool) {
	name := "http-" + strings.TrimPrefix(a.String(), "efi-")
	h, _, err := dhcpopts.ParseArch(name)
	return h, err == nil
}

func isHTTP(file string) bool {
	lower := strings.ToLower(file)
	return strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://")
}
