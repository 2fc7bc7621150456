package bootnames

import (
	"encoding/binary"
	"errors"
	"io"

	"pxekit/dhcpopts"
)

// machines are the values of the COFF header's field Machine that UEFI programs
// have (PE format, "Machine Types"; UEFI specification section 2.1.1), with the
// architecture types whose firmware loads them.
var machines = map[uint16]dhcpopts.Arch{
	0x014c: dhcpopts.EFIIA32, 0x8664: dhcpopts.EFIX64, 0x0ebc: dhcpopts.EFIBC, 0x0200: 2,
	0x01c0: dhcpopts.EFIARM32, 0x01c2: dhcpopts.EFIARM32, 0xaa64: dhcpopts.EFIARM64,
	0x5032: 25, 0x5064: 27, 0x5128: 29, 0x6232: 37, 0x6264: 39,
}

var errNoPE = errors.New("no UEFI program")

// peArch reads the architecture of a UEFI program from its header: the DOS
// header's field e_lfanew at 0x3c leads to "PE\0\0" and the machine type.
func peArch(r io.ReaderAt) (dhcpopts.Arch, error) {
	var dos [64]byte
	if _, err := r.ReadAt(dos[:], 0); err != nil || string(dos[:2]) != "MZ" {
		return 0, errNoPE
	}
	var coff [6]byte
	at := int64(binary.LittleEndian.Uint32(dos[0x3c:]))
	if _, err := r.ReadAt(coff[:], at); err != nil || string(coff[:4]) != "PE\x00\x00" {
		return 0, errNoPE
	}
	arch, ok := machines[binary.LittleEndian.Uint16(coff[4:])]
	if !ok {
		return 0, errNoPE
	}
	return arch, nil
}
