package dhcpopts

import (
	"fmt"
	"strconv"
	"strings"
)

// Arch is a processor architecture type as a client states it in option 93
// (RFC 4578 section 2.1, IANA "Processor Architecture Types").
type Arch uint16

// The architectures that decisions in this module name. The whole list is in
// the table below.
const (
	BIOS      Arch = 0
	EFIIA32   Arch = 6
	EFIX64    Arch = 7
	EFIBC     Arch = 9
	EFIARM32  Arch = 10
	EFIARM64  Arch = 11
	HTTPIA32  Arch = 15
	HTTPX64   Arch = 16
	HTTPBC    Arch = 17
	HTTPARM64 Arch = 19
	RPiBoot   Arch = 41
)

// archs is indexed by architecture type. The second column is what the type is.
//
// 7 and 9: RFC 4578 printed them the wrong way round (erratum 4625). IANA's list
// and all measured firmware have 7 = x86-64; some old firmware and some DHCP
// servers follow the text of the RFC and use 9 for it. Both want the x64 file.
var archs = [...]struct{ name, what string }{
	{"bios", "x86 BIOS"},
	{"nec-pc98", "NEC PC-98"},
	{"efi-itanium", "Itanium UEFI"},
	{"alpha", "DEC Alpha"},
	{"arc-x86", "ARC x86"},
	{"lean-client", "Intel Lean Client"},
	{"efi-ia32", "x86 UEFI, 32 bit"},
	{"efi-x64", "x64 UEFI"},
	{"efi-xscale", "XScale UEFI"},
	{"efi-bc", "EFI byte code; x64 UEFI in the text of RFC 4578"},
	{"efi-arm32", "ARM UEFI, 32 bit"},
	{"efi-arm64", "ARM UEFI, 64 bit"},
	{"ppc-openfirmware", "PowerPC Open Firmware"},
	{"ppc-epapr", "PowerPC ePAPR"},
	{"power-opal", "POWER OPAL v3"},
	{"http-ia32", "x86 UEFI, 32 bit, boot from HTTP"},
	{"http-x64", "x64 UEFI, boot from HTTP"},
	{"http-bc", "EFI byte code, boot from HTTP"},
	{"http-arm32", "ARM UEFI, 32 bit, boot from HTTP"},
	{"http-arm64", "ARM UEFI, 64 bit, boot from HTTP"},
	{"http-bios", "x86 BIOS, boot from HTTP"},
	{"uboot-arm32", "ARM U-Boot, 32 bit"},
	{"uboot-arm64", "ARM U-Boot, 64 bit"},
	{"uboot-http-arm32", "ARM U-Boot, 32 bit, boot from HTTP"},
	{"uboot-http-arm64", "ARM U-Boot, 64 bit, boot from HTTP"},
	{"efi-riscv32", "RISC-V UEFI, 32 bit"},
	{"http-riscv32", "RISC-V UEFI, 32 bit, boot from HTTP"},
	{"efi-riscv64", "RISC-V UEFI, 64 bit"},
	{"http-riscv64", "RISC-V UEFI, 64 bit, boot from HTTP"},
	{"efi-riscv128", "RISC-V UEFI, 128 bit"},
	{"http-riscv128", "RISC-V UEFI, 128 bit, boot from HTTP"},
	{"s390-basic", "s390 Basic"},
	{"s390-extended", "s390 Extended"},
	{"efi-mips32", "MIPS UEFI, 32 bit"},
	{"efi-mips64", "MIPS UEFI, 64 bit"},
	{"efi-sunway32", "Sunway UEFI, 32 bit"},
	{"efi-sunway64", "Sunway UEFI, 64 bit"},
	{"efi-loongarch32", "LoongArch UEFI, 32 bit"},
	{"http-loongarch32", "LoongArch UEFI, 32 bit, boot from HTTP"},
	{"efi-loongarch64", "LoongArch UEFI, 64 bit"},
	{"http-loongarch64", "LoongArch UEFI, 64 bit, boot from HTTP"},
	{"rpiboot", "Raspberry Pi boot ROM"},
}

// Archs returns every registered architecture type, in numeric order.
func Archs() []Arch {
	all := make([]Arch, len(archs))
	for i := range all {
		all[i] = Arch(i)
	}
	return all
}

// ParseArch reads an architecture by name ("efi-x64", also "uefi-x64" and
// "x64") or by decimal number ("7", and "00011" is eleven, as in option 60).
// exact says that it was a number: a rule that names efi-x64 also takes type 9,
// a rule that says 7 takes 7 alone.
func ParseArch(s string) (arch Arch, exact bool, err error) {
	if n, err := strconv.ParseUint(s, 10, 16); err == nil {
		return Arch(n), true, nil
	}
	name := strings.ToLower(strings.TrimSpace(s))
	if rest, ok := strings.CutPrefix(name, "uefi-"); ok {
		name = "efi-" + rest
	}
	for i, a := range archs {
		if a.name == name || a.name == "efi-"+name {
			return Arch(i), false, nil
		}
	}
	return 0, false, fmt.Errorf("unknown architecture %q", s)
}

// String returns the name, or the decimal number of an unregistered type.
func (a Arch) String() string {
	if int(a) < len(archs) {
		return archs[a].name
	}
	return strconv.Itoa(int(a))
}

// Describe says in words what machines send this type.
func (a Arch) Describe() string {
	if int(a) < len(archs) {
		return archs[a].what
	}
	return "unregistered type"
}

// Registered reports whether IANA's list has the type.
func (a Arch) Registered() bool { return int(a) < len(archs) }

// HTTP reports whether clients of this type want a URL and say HTTPClient in
// option 60 where others say PXEClient (UEFI specification, "HTTP Boot").
func (a Arch) HTTP() bool { return strings.Contains(a.String(), "http-") }

// Class is what clients of this type put at the start of option 60.
func (a Arch) Class() string {
	if a.HTTP() {
		return ClassHTTP
	}
	return ClassPXE
}

// The two vendor classes (option 60) of machines that boot from the network.
const (
	ClassPXE  = "PXEClient"
	ClassHTTP = "HTTPClient"
)
