package bootnames

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/internal/bootfiles"
)

// companions are what a program fetches from its own folder right after it
// starts, and cannot do without.
var companions = []struct{ program, needs string }{
	{"shimx64.efi", "grubx64.efi"}, {"shimaa64.efi", "grubaa64.efi"}, {"shimia32.efi", "grubia32.efi"},
	{"pxelinux.0", "ldlinux.c32"}, {"lpxelinux.0", "ldlinux.c32"}, {"pxeboot.n12", "bootmgr.exe"},
}

// expected are the architectures of machines that one may meet any day, usual
// those of most.
var (
	expected = []dhcpopts.Arch{dhcpopts.BIOS, dhcpopts.EFIX64, dhcpopts.EFIIA32, dhcpopts.EFIARM64}
	usual    = []dhcpopts.Arch{dhcpopts.BIOS, dhcpopts.EFIX64}
)

// missing says which machines get nothing, and which files a chain lacks.
func missing(root *bootfiles.Root, best map[dhcpopts.Arch]program, script string) (notes []Note) {
	notes = without(best)
	for _, a := range dhcpopts.Archs() {
		x, ok := best[a]
		if !ok {
			continue
		}
		if x.kind == "iPXE" && script == "" {
			notes = append(notes, Note{fmt.Sprintf("%s is iPXE and there is no script for it: put boot.ipxe beside it, or name one with --ipxe URL", safe(x.path)), true})
		}
		for _, c := range companions {
			if fits(c.program, x.path) && absent(root, path.Join(path.Dir(x.path), c.needs)) {
				notes = append(notes, Note{fmt.Sprintf("%s needs %s beside it, which is not there", safe(x.path), c.needs), true})
			}
		}
	}
	return notes
}

// without names the architectures that there is no program for. A lab may have
// none of the rarer machines, and then nothing is to be done.
func without(best map[dhcpopts.Arch]program) []Note {
	var names []string
	warn := false
	for _, a := range expected {
		if _, ok := best[a]; !ok {
			names, warn = append(names, a.String()), warn || slices.Contains(usual, a)
		}
	}
	if names == nil {
		return nil
	}
	return []Note{{"no boot program for " + strings.Join(names, ", ") + ": such machines get nothing", warn}}
}

// safe is a name as it can be printed.
func safe(name string) string { return dhcpopts.SafeText([]byte(name)) }

func absent(root *bootfiles.Root, name string) bool {
	f, err := root.Open(name)
	if err == nil {
		_ = f.Close()
	}
	return err != nil
}
