// Package bootnames knows boot files by their names: which program starts which
// machine, what a folder of them can boot, and which files are asked for that
// need not be there.
package bootnames

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/bootfiles"
)

// preference orders boot programs where a folder has several for one
// architecture: those that need the others come first (shim loads GRUB, WDS's
// programs load Windows), the plainest last. Patterns are path.Match's, on the
// base name in lower case.
var preference = []string{
	"wdsnbp.com", "pxeboot.n12", "wdsmgfw.efi", "bootmgfw.efi",
	"shim*.efi", "bootnet*.efi", "boot*.efi", "snponly*.efi", "ipxe*.efi", "undionly.*", "netboot.xyz*", "*.kpxe", "*.pxe",
	"lpxelinux.0", "pxelinux.0", "grubnet*.efi", "grub*.efi", "core.*", "grub*", "syslinux.efi",
}

// parts are files of a boot chain that firmware never loads first.
var parts = []string{"mm*.efi", "fb*.efi", "bootmgr.efi", "memtest*.efi", "pxeboot.com", "abortpxe.com", "hdlscom*", "startrom*", "bootmgr.exe"}

// companions are what a program fetches from its own folder right after it
// starts, and cannot do without.
var companions = []struct{ program, needs string }{
	{"shimx64.efi", "grubx64.efi"}, {"shimaa64.efi", "grubaa64.efi"}, {"shimia32.efi", "grubia32.efi"},
	{"pxelinux.0", "ldlinux.c32"}, {"lpxelinux.0", "ldlinux.c32"}, {"pxeboot.n12", "bootmgr.exe"},
}

// expected are the architectures of machines that one may meet any day.
var expected = []dhcpopts.Arch{dhcpopts.BIOS, dhcpopts.EFIX64, dhcpopts.EFIIA32, dhcpopts.EFIARM64}

// Bounds of a scan: a folder of boot files is small, a mirror of a distribution
// is not, and its boot programs are near the top.
const (
	scanDepth   = 6
	scanEntries = 20000
)

var errScanEnd = errors.New("too many files")

// program is a boot program in the folder.
type program struct {
	path string // with slashes
	arch dhcpopts.Arch
	kind string // as plan.Known says
}

// Scan recognises the boot programs in a folder and makes the plan that boots
// them: one program for an architecture, iPXE's script for iPXE, and for UEFI
// HTTP boot the same program's URL, where scheme (http, https or "") is served.
// The notes say what is missing and what was passed over.
func Scan(dir string, root *bootfiles.Root, scheme string) (*plan.Plan, []string, error) {
	names, notes, err := bootNames(dir)
	if err != nil {
		return nil, nil, err
	}
	best := map[dhcpopts.Arch]program{}
	script := ""
	for _, name := range names {
		if _, kind := plan.Known(name); kind == "script" && (script == "" || path.Base(name) == "boot.ipxe") {
			script = name
		}
		x, ok := recognise(root, name)
		if !ok {
			continue
		}
		first, taken := best[x.arch]
		switch {
		case !taken:
			best[x.arch] = x
		case x.arch == dhcpopts.RPiBoot, x.kind == "WDS" && first.kind == "WDS":
			// A Pi takes what it needs by names of its own, and WDS's programs load each other.
		default:
			notes = append(notes, fmt.Sprintf("%s is there for %s too; --file %s=%s takes it", safe(name), x.arch, x.arch, safe(name)))
		}
	}
	if len(best) == 0 {
		return nil, nil, fmt.Errorf("no boot program in %q: none of the names that firmware is known to load, and no UEFI program", dir)
	}
	p := &plan.Plan{Rules: rulesOf(best, script, scheme)}
	return p, append(notes, missing(root, best, script)...), nil
}

// bootNames returns the files of a folder, in the order of preference, then by depth
// and name.
func bootNames(dir string) (names, notes []string, err error) {
	count := 0
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			if name == dir {
				return err
			}
			return nil // a folder that may not be read
		}
		rel, _ := filepath.Rel(dir, name)
		rel = filepath.ToSlash(rel)
		if d.IsDir() && strings.Count(rel, "/") >= scanDepth {
			return fs.SkipDir
		}
		if count++; count > scanEntries {
			return errScanEnd
		}
		if !d.IsDir() {
			names = append(names, rel)
		}
		return nil
	})
	if errors.Is(err, errScanEnd) {
		notes, err = append(notes, fmt.Sprintf("only the first %d entries of %s were looked at; name boot files with --file", scanEntries, safe(dir))), nil
	}
	slices.SortStableFunc(names, func(a, b string) int {
		return cmp.Or(rank(a)-rank(b), strings.Count(a, "/")-strings.Count(b, "/"), cmp.Compare(a, b))
	})
	return names, notes, err
}

// rank is the place of a name in the order of preference.
func rank(name string) int {
	if i := slices.IndexFunc(preference, func(p string) bool { return fits(p, name) }); i >= 0 {
		return i
	}
	return len(preference)
}

// fits matches a pattern to a base name.
func fits(pattern, name string) bool {
	ok, _ := path.Match(pattern, strings.ToLower(path.Base(name))) // the patterns are constants and sound
	return ok
}

// recognise tells a boot program by its name, and a UEFI program by its header,
// which knows better than the name.
func recognise(root *bootfiles.Root, name string) (program, bool) {
	if slices.ContainsFunc(parts, func(p string) bool { return fits(p, name) }) {
		return program{}, false
	}
	if isPiFile(name) {
		return program{path: name, arch: dhcpopts.RPiBoot}, true
	}
	archs, kind := plan.Known(name)
	x := program{path: name, kind: kind}
	if !strings.HasSuffix(strings.ToLower(name), ".efi") {
		return x, len(archs) > 0 // BIOS programs have no header
	}
	f, err := root.Open(name)
	if err != nil {
		return x, false
	}
	defer f.Close()
	x.arch, err = peArch(f)
	return x, err == nil
}

// rulesOf makes the rules, iPXE's script before the program that loads it.
func rulesOf(best map[dhcpopts.Arch]program, script, scheme string) []plan.Rule {
	var rules []plan.Rule
	if script != "" {
		file := script
		if scheme != "" {
			file = urlOf(scheme, script)
		}
		rules = append(rules, plan.Rule{Match: plan.Match{Stage: dhcpopts.IPXEStage}, File: file})
	}
	for _, a := range dhcpopts.Archs() {
		x, ok := best[a]
		if !ok {
			continue
		}
		r := plan.Rule{Match: plan.Match{Archs: []plan.ArchRef{{Arch: a}}}, File: x.path}
		if x.kind == "WDS" {
			r.File = strings.ReplaceAll(x.path, "/", `\`) // it derives the next names from its own
		}
		if x.kind == "iPXE" && script == "" {
			r.Match.Stage = dhcpopts.FirstStage // it would load itself for ever
		}
		rules = append(rules, r)
		if h, err := httpArch(a); scheme != "" && err == nil {
			rules = append(rules, plan.Rule{Match: plan.Match{Archs: []plan.ArchRef{{Arch: h}}}, File: urlOf(scheme, x.path)})
		}
	}
	return rules
}

func urlOf(scheme, name string) string {
	return scheme + "://{server}" + (&url.URL{Path: "/" + name}).EscapedPath()
}

// httpArch is the HTTP boot type beside a UEFI type, by IANA's names.
func httpArch(a dhcpopts.Arch) (dhcpopts.Arch, error) {
	name, ok := strings.CutPrefix(a.String(), "efi-")
	if !ok {
		return 0, errNoPE
	}
	h, _, err := dhcpopts.ParseArch("http-" + name)
	return h, err
}

// missing says which machines get nothing, and which files a chain lacks.
func missing(root *bootfiles.Root, best map[dhcpopts.Arch]program, script string) (notes []string) {
	var without []string
	for _, a := range expected {
		if _, ok := best[a]; !ok {
			without = append(without, a.String())
		}
	}
	if len(without) > 0 {
		notes = append(notes, "no boot program for "+strings.Join(without, ", ")+": such machines get nothing")
	}
	for _, a := range dhcpopts.Archs() {
		x, ok := best[a]
		if !ok {
			continue
		}
		if x.kind == "iPXE" && script == "" {
			notes = append(notes, fmt.Sprintf("%s is iPXE and there is no script for it: put boot.ipxe beside it, or name one with --ipxe URL", safe(x.path)))
		}
		for _, c := range companions {
			if fits(c.program, x.path) && absent(root, path.Join(path.Dir(x.path), c.needs)) {
				notes = append(notes, fmt.Sprintf("%s needs %s beside it, which is not there", safe(x.path), c.needs))
			}
		}
	}
	return notes
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
