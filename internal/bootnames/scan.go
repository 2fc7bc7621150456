// Package bootnames knows boot files by their names: which program starts which
// machine, what a folder of them can boot, and which files are asked for that
// need not be there.
package bootnames

import (
	"fmt"
	"net/url"
	"path"
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

// program is a boot program in the folder.
type program struct {
	path string // with slashes
	arch dhcpopts.Arch
	kind string // as plan.Known says
}

// Note is something to say about a folder.
type Note struct {
	Text string
	Warn bool // something is to be done about it
}

// Scan recognises the boot programs in a folder and makes the plan that boots
// them: one program for an architecture, iPXE's script for iPXE, and for UEFI
// HTTP boot the same program's URL, where scheme (http, https or "") is served.
// The notes say what is missing and what was passed over.
func Scan(dir string, root *bootfiles.Root, scheme string) (*plan.Plan, []Note, error) {
	w, err := walkRoot(root)
	if err != nil {
		return nil, nil, err
	}
	best, script, others := w.choose(root)
	if len(best) == 0 {
		return nil, nil, fmt.Errorf("no boot program in %q: none of the names that firmware is known to load, and no UEFI program%s", dir, w.unreadable("; "))
	}
	notes := append(w.notes(dir), others...)
	return &plan.Plan{Rules: rulesOf(best, script, scheme)}, append(notes, missing(root, best, script)...), nil
}

// choose takes the first program for each architecture, and iPXE's script. The
// notes name the others.
func (w *walk) choose(root *bootfiles.Root) (best map[dhcpopts.Arch]program, script string, others []Note) {
	best = map[dhcpopts.Arch]program{}
	for _, name := range w.names {
		if _, kind := plan.Known(name); kind == "script" && (script == "" || path.Base(name) == "boot.ipxe") {
			script = name
		}
		x, ok := w.recognise(root, name)
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
			others = append(others, Note{Text: fmt.Sprintf("%s is there for %s too; --file %s=%s takes it", safe(name), x.arch, x.arch, safe(name))})
		}
	}
	return best, script, others
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
func (w *walk) recognise(root *bootfiles.Root, name string) (program, bool) {
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
		w.passOver(name, err)
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
