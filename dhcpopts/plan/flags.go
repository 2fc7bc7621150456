package plan

import (
	"fmt"
	"slices"
	"strings"

	"pxekit/dhcpopts"
)

// Flags are the plan flags as typed.
type Flags struct {
	Server string   // --server
	Files  []string // --file NAME or ARCH=NAME
	IPXE   string   // --ipxe URL
	Preset string   // --preset NAME
	Scope  []string // --scope CIDR
	Via    string   // --via; "" is both
	NUL    string   // --nul; "" is auto
}

// FromFlags builds the plan that flags describe: rules for iPXE first, then
// --file ARCH=NAME, then a bare --file for the machines its name fits, then the
// preset. The findings say which machines those are, with what [Plan.Check]
// finds. The error is an [*Error] without a place.
func FromFlags(f Flags) (*Plan, []dhcpopts.Finding, error) {
	p, served, err := f.plan()
	if err != nil {
		return nil, nil, err
	}
	return p, append(served, p.Check()...), nil
}

func (f Flags) plan() (*Plan, []dhcpopts.Finding, error) {
	p := &Plan{}
	if err := f.settings(p); err != nil {
		return nil, nil, err
	}
	files, err := parseFiles(f.Files)
	if err != nil {
		return nil, nil, err
	}
	if f.IPXE != "" {
		if !IsURL(f.IPXE) {
			return nil, nil, usage("the script's address: --ipxe http://192.0.2.10/boot.ipxe", "--ipxe %s is not a URL", quoted(f.IPXE))
		}
		p.Rules = append(p.Rules, Rule{Match: Match{Stage: dhcpopts.IPXEStage}, File: f.IPXE})
	}
	var served []dhcpopts.Finding
	for _, x := range files {
		p.Rules = append(p.Rules, Rule{Match: x.match, File: x.name})
		if x.by != "" {
			served = append(served, finding(ruleServed, Pos{}, fmt.Sprintf("%s goes to %s, %s", quoted(x.name), x.match.machines(), x.by),
				"for others: --file "+ShellQuote("ARCH="+x.name)))
		}
	}
	if f.Preset != "" {
		if err := p.addPreset(f.Preset, f.IPXE); err != nil {
			return nil, nil, err
		}
	}
	if len(p.Rules) == 0 {
		return nil, nil, usage(`say what to boot: --file 'boot\x64\wdsnbp.com', --preset NAME or --plan FILE`, "no boot file")
	}
	return p, served, nil
}

// settings reads the flags that hold for every rule.
func (f Flags) settings(p *Plan) error {
	if f.Server != "" {
		a, msg, hint := parseServer(f.Server)
		if msg != "" {
			return usage(hint, "--server %s", msg)
		}
		p.Server = a
	}
	for _, s := range f.Scope {
		if msg, hint := p.addScope(s); msg != "" {
			return usage(hint, "--%s", msg)
		}
	}
	var err error
	if f.Via != "" {
		if p.Via, err = parseVia(f.Via); err != nil {
			return usage("", "--%v", err)
		}
	}
	if f.NUL != "" {
		if p.NUL, err = ParseNUL(f.NUL); err != nil {
			return usage("", "--%v", err)
		}
	}
	return nil
}

func usage(hint, format string, args ...any) error {
	return &Error{Message: fmt.Sprintf(format, args...), Hint: hint}
}

// fileFlag is one --file, resolved.
type fileFlag struct {
	name  string
	match Match
	by    string // how the machines were found; "" when they were named
}

// parseFiles resolves all --file flags, those for fewer machines first.
func parseFiles(args []string) ([]fileFlag, error) {
	var files []fileFlag
	for _, arg := range args {
		x, err := parseFile(arg)
		if err != nil {
			return nil, err
		}
		for _, y := range files {
			if x.rank() == y.rank() && x.match.equal(y.match) {
				return nil, usage("one file for each kind of machine: --file ARCH=NAME", "--file %s and %s are both for %s", quoted(y.name), quoted(x.name), x.match.machines())
			}
		}
		files = append(files, x)
	}
	slices.SortStableFunc(files, func(a, b fileFlag) int { return a.rank() - b.rank() })
	return files, nil
}

// rank orders rules: named machines, those found by the file's name, every
// client of a class.
func (x fileFlag) rank() int {
	switch {
	case x.by == "":
		return 0
	case len(x.match.Archs) > 0:
		return 1
	}
	return 2
}

// parseFile resolves one --file. It splits only at a known architecture, since
// a Windows name may hold "=".
func parseFile(arg string) (fileFlag, error) {
	if err := ShellMark("--file", arg); err != nil {
		return fileFlag{}, err
	}
	if left, name, ok := strings.Cut(arg, "="); ok {
		if m, ok := parseClient(left); ok {
			if name == "" {
				return fileFlag{}, usage("", "--file %s has no file name", quoted(arg))
			}
			return fileFlag{name: name, match: m}, ShellMark("--file", name)
		}
	}
	if arg == "" {
		return fileFlag{}, usage("", "--file is empty")
	}
	return byName(arg), nil
}

// byName finds the machines a bare file name is for.
func byName(name string) fileFlag {
	k := known(name)
	x := fileFlag{name: name, by: "by its name"}
	switch {
	case k.Role == roleScript:
		x.match.Stage = dhcpopts.IPXEStage
	case len(k.Archs) > 0:
		for _, a := range k.Archs {
			x.match.Archs = append(x.match.Archs, ArchRef{Arch: a})
		}
	case isHTTP(name):
		x.match.VendorClass, x.by = dhcpopts.ClassHTTP, "since it is an HTTP URL and its name tells no architecture"
	default:
		x.by = "since its name tells no architecture"
	}
	return x
}

// parseClient reads ARCH or ARCH+STAGE. A number counts only when it is
// registered: "99=x" is a file name.
func parseClient(s string) (Match, bool) {
	name, stage, staged := strings.Cut(s, "+")
	var m Match
	a, exact, err := dhcpopts.ParseArch(name)
	if err != nil || !a.Registered() {
		return m, false
	}
	if staged {
		st, err := parseStage(stage)
		if err != nil {
			return m, false
		}
		m.Stage = st
	}
	m.Archs = []ArchRef{{Arch: a, Exact: exact}}
	return m, true
}

// equal compares what flags can set.
func (m Match) equal(o Match) bool {
	return slices.Equal(m.Archs, o.Archs) && m.Stage == o.Stage && m.VendorClass == o.VendorClass
}

// machines says in words whom a match takes.
func (m Match) machines() string {
	var names []string
	for _, a := range m.Archs {
		names = append(names, a.Arch.String())
	}
	who := strings.Join(names, ", ")
	switch {
	case who != "" && m.Stage != dhcpopts.AnyStage:
		return who + "+" + string(m.Stage)
	case who != "":
		return who
	case m.Stage == dhcpopts.IPXEStage:
		return "iPXE"
	case m.VendorClass != "":
		return "every " + m.VendorClass + " client"
	}
	return "every PXE client"
}
