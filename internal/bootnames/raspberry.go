package bootnames

import (
	"regexp"
	"slices"
	"strings"
)

// piFiles are what a Raspberry Pi's boot ROM asks for first: bootcode.bin up to
// the Pi 3, start4.elf the Pi 4, and the Pi 5, which has both in its EEPROM, the
// kernel (Raspberry Pi documentation, "Network booting", "EEPROM boot flow").
var piFiles = []string{"bootcode.bin", "start4.elf", "kernel_2712.img"}

// piFolder is the folder that a board looks in before the root: its serial
// number or its hardware address (documentation, TFTP_PREFIX).
var piFolder = regexp.MustCompile(`^/?(?:[0-9a-f]{8}|[0-9a-f]{2}(?:-[0-9a-f]{2}){5})/`)

// piExtras are what a board asks for, and boots without: signatures, updates,
// and the kernels of other boards. Patterns are path.Match's.
var piExtras = []string{
	"bootsig.bin", "boot.sig", "autoboot.txt", "bootcfg.txt", "tryboot.txt", "dt-blob.bin", "armstub*.bin",
	"recovery.elf", "recover4.elf", "recovery*.img", "pieeprom.*", "vl805.*", "kernel?*.img",
}

// isPiFile reports whether a file is there for a Raspberry Pi, which looks in the
// root and in its own folder.
func isPiFile(name string) bool {
	name = strings.ToLower(name)
	return slices.Contains(piFiles, name[strings.LastIndexByte(name, '/')+1:]) && !strings.Contains(piFolder.ReplaceAllString(name, ""), "/")
}

// isPiMiss reports whether a file that is not there is normal for a Raspberry Pi.
// Folder and name are in lower case.
func isPiMiss(dir, base string) bool {
	return piFolder.MatchString(dir) || slices.ContainsFunc(piExtras, func(p string) bool { return fits(p, base) })
}
