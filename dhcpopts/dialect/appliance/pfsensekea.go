package appliance

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// PfSenseKea is pfSense with the Kea backend, which sends the boot file as option
// 67 and not in the header, and hands the text of the fields on as it is, so
// that a backslash is typed once (the ISC backend takes two). Its number options
// are not written for Kea. What each file's class compares was not read.
var PfSenseKea = dialect.Target{
	Name: "pfsense-kea", Title: "pfSense with Kea",
	Forms:   []dialect.Form{{Name: "gui", Title: "what to type into which field"}},
	Comment: "#",
	Write:   writePfSenseKea, Spell: spellPfSenseKea, Read: keaRead,
	Support: pfsenseKea,
}

var pfsenseKea = support(
	can(dialect.Derived, dialect.FeatSIAddr, dialect.Feat66, dialect.Feat67),
	cannot("the Kea backend writes option 67 only", dialect.FeatFile),
	cannot("there is no field for sname", dialect.FeatSName),
	cannot("the files are for whole architectures by their one type in option 93", dialect.FeatArch),
	cannot("there is no field for it in the Kea backend", dialect.FeatIPXE, dialect.FeatHTTP, dialect.FeatUserClass, dialect.FeatVendorClass, dialect.FeatUUID),
	cannot("a static mapping belongs to one interface and is not written here", dialect.FeatHosts),
	cannot("the fields belong to an interface, not to a network", dialect.FeatScope),
	cannot("number options are not written for Kea", dialect.FeatPXE43, dialect.FeatOptions),
	cannot("Kea trims it", dialect.FeatNUL),
	cannot("Kea sends 66 and 67 to clients that list them", dialect.FeatUnasked),
	cannot("the server, and maybe the BIOS file, reach every client of the interface", dialect.FeatLaptop),
)

// pfFields are the boot file fields and the types that they serve.
var pfFields = []struct {
	label string
	archs []dhcpopts.Arch
}{
	{"Default BIOS File Name", []dhcpopts.Arch{dhcpopts.BIOS}},
	{"UEFI 32 bit File Name", []dhcpopts.Arch{dhcpopts.EFIIA32}},
	{"UEFI 64 bit File Name", []dhcpopts.Arch{dhcpopts.EFIX64, dhcpopts.EFIBC}},
	{"ARM 32 bit File Name", []dhcpopts.Arch{dhcpopts.EFIARM32}},
	{"ARM 64 bit File Name", []dhcpopts.Arch{dhcpopts.EFIARM64}},
}

// pfField is a field with what is typed there.
type pfField struct{ label, value string }

func writePfSenseKea(p *plan.Plan, _ dialect.Request) (dialect.Output, error) {
	var l losses
	notes := []dialect.Note{
		{Feature: dialect.FeatScope, Text: "type it on the tab of the interface that has the clients" + scopeList(p.Scope)},
		{Feature: dialect.FeatUnasked, Text: pfsenseKea[dialect.FeatUnasked].Note},
		{Text: "the ISC backend of the same fields takes backslashes doubled"},
	}
	l.laptop("pfSense with Kea")
	lines := pfFieldsOf(p, &l, &notes)
	l.rest(p, noted(pfsenseKea, dialect.FeatScope))
	text := "# Services: DHCP Server: (interface): Network Booting; Enable\n"
	for _, f := range lines {
		text += f.label + ": " + f.value + "\n"
	}
	conf, err := readPfSenseKea(text).parse(p.Scope)
	if err != nil {
		return dialect.Output{}, fmt.Errorf("pfsense-kea: %w", err)
	}
	return dialect.Output{
		Text: text, Notes: notes, Lost: l.Notes, Expect: conf.Answer, Evidence: dialect.Unverified,
		Where: "in the web interface, then Save", Check: "grep -A4 boot-file-name /usr/local/etc/kea/kea-dhcp4.conf", Undo: "clear the fields and Enable",
	}, nil
}

func scopeList(scopes []netip.Prefix) string {
	var nets []string
	for _, s := range scopes {
		nets = append(nets, s.Masked().String())
	}
	if nets == nil {
		return ""
	}
	return ": " + strings.Join(nets, ", ")
}

// pfFieldsOf fills the fields: the first rule that is about a field's types only,
// or about no type, has it.
func pfFieldsOf(p *plan.Plan, l *losses, notes *[]dialect.Note) (lines []pfField) {
	values := map[string]string{}
	set := func(f dialect.Feature, label string, value []byte, origin string) {
		old, taken := values[label]
		switch text := string(value); {
		case taken && old != text:
			l.Add(f, "%s is one field: %q (%s) is left out", label, text, origin)
		case !keaPlain(value):
			l.Add(f, "%s: a field has printable ASCII characters and no blanks at its ends, and kea sends %q otherwise", origin, text)
		case !taken:
			values[label] = text
			lines = append(lines, pfField{label, text})
		}
	}
	for _, c := range p.Cases() {
		if !pfSayable(c, l) {
			continue
		}
		a := keaNUL(p, c.Answer, "pfSense with Kea", l, notes)
		if a.HasServer() {
			set(dialect.FeatSIAddr, "Next Server", []byte(a.SIAddr.String()), c.Origin)
		}
		if v, ok := a.Get(dhcpopts.OptTFTPServer); ok {
			set(dialect.Feat66, "TFTP Server", v, c.Origin)
		}
		if v, ok := a.Get(dhcpopts.OptBootFile); ok {
			for _, label := range pfLabels(c.Cond) {
				if _, taken := values[label]; !taken {
					set(dialect.Feat67, label, v, c.Origin)
				}
			}
		}
	}
	return lines
}

func pfSayable(c plan.Case, l *losses) bool {
	ok := true
	for _, f := range needs(c) {
		if f != dialect.FeatArch {
			l.Add(f, "%s (%s) is left out: %s", c.Origin, describe(c.Cond), pfsenseKea[f].Note)
			ok = false
		}
	}
	if ok && len(pfLabels(c.Cond)) == 0 {
		l.Add(dialect.FeatArch, "%s (%s) is left out: there is no field for these types", c.Origin, describe(c.Cond))
	}
	return ok
}

// pfLabels are the fields that a rule's types stand for; all when it names none.
func pfLabels(c plan.Cond) (labels []string) {
	for _, f := range pfFields {
		serves := func(a dhcpopts.Arch) bool { return slices.Contains(f.archs, a) }
		if c.Archs == nil || slices.ContainsFunc(c.Archs, serves) {
			labels = append(labels, f.label)
		}
	}
	return labels
}

// readPfSenseKea makes of the fields what the Kea backend is taken to make of
// them: option-data 66 of the subnet, and a class with option 67 for each file.
func readPfSenseKea(text string) (c keaConfig) {
	for line := range strings.Lines(text) {
		label, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch label {
		case "Next Server":
			c.subnet = append(c.subnet, keaMember("next-server", value))
		case "TFTP Server":
			c.options = append(c.options, keaText("tftp-server-name", value))
		}
		for _, f := range pfFields {
			if f.label != label {
				continue
			}
			var tests []string
			for _, arch := range f.archs {
				tests = append(tests, fmt.Sprintf("option[93].hex == 0x%04X", uint16(arch)))
			}
			option := keaOptions(keaText("boot-file-name", value))
			c.classes = append(c.classes, keaClass(label, strings.Join(tests, " or "), option))
		}
	}
	return c
}

func spellPfSenseKea(code uint8, value []byte) (dialect.Spelling, error) {
	where := map[uint8]string{dhcpopts.OptTFTPServer: "TFTP Server", dhcpopts.OptBootFile: "File Name (Network Booting)"}[code]
	if where == "" {
		return dialect.Spelling{}, fmt.Errorf("pfsense-kea has no field for option %d", code)
	}
	sent := bytes.TrimRight(value, "\x00")
	if !keaPlain(sent) {
		return dialect.Spelling{}, fmt.Errorf("kea would not send %q as it is typed", sent)
	}
	return dialect.Spelling{Text: string(sent), Where: where, Sent: sent}, nil
}
