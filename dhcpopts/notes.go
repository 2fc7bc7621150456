package dhcpopts

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// optionNotes says what a value means to a machine that boots, beyond its text.
func optionNotes(o Option) []string {
	switch o.Code {
	case OptClass:
		return classNotes(o.Data)
	case OptTFTPServer, OptBootFile:
		return nulNotes(o.Data)
	case OptUserClass:
		if string(o.Data) == string(ipxeUserClass) {
			return []string{"iPXE's bare form, not the counted one of RFC 3004"}
		}
	case OptClientArch:
		return archNotes(o.Data)
	case OptMachineID:
		return machineNotes(o.Data)
	case OptMaxSize:
		if len(o.Data) == 2 {
			return []string{fmt.Sprintf("an answer may have %d octets", MessageLimit(binary.BigEndian.Uint16(o.Data)))}
		}
	}
	return nil
}

func machineNotes(b []byte) []string {
	switch {
	case len(b) != 17:
		return nil
	case !slices.ContainsFunc(b, func(c byte) bool { return c != 0 }):
		return []string{"all zero, as virtual machines without a UUID send"}
	case string(b[1:4]) == raspberryID:
		return []string{"begins with " + SafeText(b[1:5]) + ": a Raspberry Pi's boot ROM, which says x86 BIOS in options 60 and 93"}
	}
	return nil
}

func classNotes(b []byte) []string {
	v, ok := ParseVendorClass(b)
	switch {
	case !ok:
		return nil
	case !v.HasArch:
		return []string{v.Class + " alone: from a server it says that the answer is for PXE or HTTP boot"}
	}
	return []string{fmt.Sprintf("architecture %d: %s", v.Arch, v.Arch.Describe()), fmt.Sprintf("UNDI %d.%d", v.Major, v.UNDI)}
}

func nulNotes(b []byte) []string {
	switch n := len(b) - len(trimZeros(b)); {
	case n == 0:
		return []string{"no closing NUL"}
	case n == 1:
		return []string{"closed by a NUL"}
	default:
		return []string{fmt.Sprintf("closed by %d NULs", n)}
	}
}

func archNotes(b []byte) (notes []string) {
	for ; len(b) >= 2; b = b[2:] {
		a := Arch(binary.BigEndian.Uint16(b))
		notes = append(notes, fmt.Sprintf("%d: %s", uint16(a), a.Describe()))
	}
	if len(notes) > 1 {
		notes = append(notes, "the first type decides")
	}
	return notes
}

func subNotes(kind Kind, sub Option) []string {
	switch {
	case kind == KindPXE && sub.Code == PXEDiscoveryControl && len(sub.Data) == 1:
		return controlNotes(sub.Data[0])
	case kind == KindPXE && sub.Code == PXEMenuPrompt && len(sub.Data) > 0:
		return []string{promptNote(sub.Data[0])}
	case kind == KindPXE && sub.Code == PXEBootServers:
		return serverNotes(sub.Data)
	case kind == KindWDS && len(sub.Data) == 1:
		if note, ok := wdsNotes[[2]uint8{sub.Code, sub.Data[0]}]; ok {
			return []string{note}
		}
	}
	return nil
}

// controlNotes puts the bits of discovery control into words (PXE 2.1 table
// 2-1).
func controlNotes(control uint8) (notes []string) {
	for i, note := range []string{
		"no broadcast discovery", "no multicast discovery", "only servers of sub-option 8",
		"boot the offered file at once: no prompt, menu or discovery",
	} {
		if control&(1<<i) != 0 {
			notes = append(notes, note)
		}
	}
	if control&0xf0 != 0 {
		notes = append(notes, "bits 4 to 7 must be zero")
	}
	return notes
}

func promptNote(timeout uint8) string {
	switch timeout {
	case 0:
		return "takes the first item at once"
	case 255:
		return "shows the menu and waits"
	}
	return fmt.Sprintf("waits %d seconds for F8", timeout)
}

func serverNotes(data []byte) (notes []string) {
	p, _ := pxeOf(PXEBootServers, data)
	for _, s := range p.Servers {
		if len(s.Addrs) == 0 {
			notes = append(notes, fmt.Sprintf("type %d: any server that answers", s.Type))
		}
	}
	return notes
}
