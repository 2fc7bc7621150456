package plan

import (
	"slices"
	"strings"

	"pxekit/dhcpopts"
)

// Preset is a set of rules under a name: what a boot project's own documents
// say its files are called.
type Preset struct {
	Name  string
	Title string
	// Needs are the flags it cannot do without: "server", "ipxe".
	Needs []string
	Notes []string // what to know before it is used
	Rules []PresetRule
	// OwnScript says that its iPXE carries a script and asks DHCP for no other.
	OwnScript bool
}

// PresetRule is one rule of a preset.
type PresetRule struct {
	Archs []dhcpopts.Arch // nil: every PXE client
	Stage dhcpopts.Stage
	File  string // {server} as in a plan; {ipxe} is the URL of --ipxe
	// Extra names the rule's part of the preset, taken only when asked for:
	// "wds+arm64".
	Extra    string
	Verified bool   // Source names this file for this architecture
	Source   string // the project's document
}

// Presets lists all presets.
func Presets() []Preset { return slices.Clone(presets) }

// FindPreset looks a preset up by its name, with or without extras.
func FindPreset(name string) (Preset, bool) {
	name, _, _ = strings.Cut(name, "+")
	i := slices.IndexFunc(presets, func(p Preset) bool { return p.Name == name })
	if i < 0 {
		return Preset{}, false
	}
	return presets[i], true
}

// Extras lists what can be added to the preset's name with "+".
func (p Preset) Extras() []string {
	var extras []string
	for _, r := range p.Rules {
		if r.Extra != "" && !slices.Contains(extras, r.Extra) {
			extras = append(extras, r.Extra)
		}
	}
	return extras
}

// addPreset appends the rules of a preset ("wds", "wds+arm64") for the machines
// that no rule of the plan has yet.
func (p *Plan) addPreset(name, ipxe string) error {
	preset, ok := FindPreset(name)
	if !ok {
		return usage("known: "+presetNames(), "unknown preset %q", name)
	}
	_, list, more := strings.Cut(name, "+")
	var extras []string
	if more {
		extras = strings.Split(list, "+")
	}
	for _, x := range extras {
		if !slices.Contains(preset.Extras(), x) {
			return usage("known: "+strings.Join(preset.Extras(), ", "), "preset %s has no part %q", preset.Name, x)
		}
	}
	if err := preset.check(p, ipxe); err != nil {
		return err
	}
	p.Preset = name
	own := len(p.Rules)
	for _, x := range preset.Rules {
		r := x.rule(ipxe)
		taken := slices.ContainsFunc(p.Rules, func(o Rule) bool { return o.Match.takes(r.Match) })
		if !taken && (x.Extra == "" || slices.Contains(extras, x.Extra)) {
			p.Rules = append(p.Rules, r)
		}
	}
	if len(p.Rules) == own {
		return usage("name the machines: --file ARCH=NAME", "--file leaves no machine for preset %s", name)
	}
	return nil
}

// Notes are what an admin should know before the plan is used: the preset's
// notes, and Microsoft's word on WDS whenever a rule names one of its programs.
func (p *Plan) Notes() []string {
	preset, _ := FindPreset(p.Preset)
	notes := slices.Clone(preset.Notes)
	onWDS := func(r Rule) bool { return known(r.File).Role == roleWDS && preset.Name != "winpe" }
	if slices.ContainsFunc(p.Rules, onWDS) && !slices.Contains(notes, noteWDS) {
		notes = append(notes, noteWDS)
	}
	return notes
}

// unproven reports the preset rules that no document confirms.
func (c *checker) unproven() {
	preset, _ := FindPreset(c.plan.Preset)
	for _, x := range preset.Rules {
		i := slices.IndexFunc(c.plan.Rules, func(r Rule) bool { return r.File == x.File })
		if !x.Verified && i >= 0 {
			c.who = "preset " + preset.Name
			c.add(ruleUnproven, &c.plan.Rules[i], "look the file up on the server", "%s is not verified", quoted(x.File))
		}
	}
}

// check finds a flag that the preset needs and that is missing.
func (p Preset) check(plan *Plan, ipxe string) error {
	if slices.Contains(p.Needs, "ipxe") && ipxe == "" {
		return usage("the script iPXE runs: --ipxe http://192.0.2.10/boot.ipxe", "preset %s needs --ipxe URL", p.Name)
	}
	if slices.Contains(p.Needs, "server") && !plan.Server.IsValid() {
		return usage("the boot server's address: --server 192.0.2.10", "preset %s needs --server", p.Name)
	}
	return nil
}

func (x PresetRule) rule(ipxe string) Rule {
	r := Rule{Match: Match{Stage: x.Stage}, File: strings.ReplaceAll(x.File, "{ipxe}", ipxe)}
	for _, a := range x.Archs {
		r.Match.Archs = append(r.Match.Archs, ArchRef{Arch: a})
	}
	return r
}

// takes reports whether a rule for whole kinds of machines takes all of another.
func (m Match) takes(o Match) bool {
	return (m.Stage == dhcpopts.AnyStage || m.Stage == o.Stage) && m.VendorClass == "" && m.UserClass == "" &&
		len(m.MAC) == 0 && len(m.UUID) == 0 && takesArchs(m.Archs, o.Archs)
}

func presetNames() string {
	var names []string
	for _, p := range presets {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}
