package infoblox

import (
	"fmt"
	"strings"
	"sync"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/isc"
	"pxekit/dhcpopts/plan"
)

// form is a way to write a grid.
type form struct {
	dialect.Form
	write func(*grid) (string, error)
}

var forms = []form{
	{dialect.Form{Name: "gui", Title: "what to type into which field"}, writeGUI},
	{dialect.Form{Name: "wapi", Title: "WAPI calls by curl and jq, which read and merge before they write"}, writeWAPI},
	{dialect.Form{Name: "csv", Title: "CSV import"}, writeCSV},
	{dialect.Form{Name: "ansible", Title: "Ansible tasks on WAPI"}, writeAnsible},
	{dialect.Form{Name: "terraform", Title: "Terraform, provider infobloxopen/nios"}, writeTerraform},
}

// Target is Infoblox NIOS as generate, encode and decode use it.
var Target = dialect.Target{
	Name:    "infoblox",
	Title:   "Infoblox NIOS 9",
	Forms:   titles(),
	Write:   Write,
	Spell:   Spell,
	Read:    Read,
	Comment: "#",
	Support: support(),
}

func titles() []dialect.Form {
	var all []dialect.Form
	for _, f := range forms {
		all = append(all, f.Form)
	}
	return all
}

// support: what Infoblox' own words cover is documented; what dhcpd below
// implies is derived.
func support() map[dialect.Feature]dialect.Support {
	all := dialect.Everything(dialect.Derived)
	for _, f := range []dialect.Feature{dialect.FeatSIAddr, dialect.FeatFile, dialect.FeatSName, dialect.FeatScope, dialect.FeatArch, dialect.FeatUnasked} {
		all[f] = dialect.Support{Can: true, Evidence: dialect.Documented}
	}
	all[dialect.FeatNUL] = dialect.Support{Can: true, Evidence: dialect.Unverified,
		Note: `\x00 at the end of option 67 passes by the documented rule for Boot File; not seen on an appliance`}
	for _, f := range []dialect.Feature{dialect.FeatIPXE, dialect.FeatUserClass} {
		all[f] = dialect.Support{Can: true, Evidence: dialect.Unverified, Note: "a filter expression on option user-class; iPXE is not told by option 175"}
	}
	all[dialect.FeatUUID] = dialect.Support{Evidence: dialect.Unverified, Note: "filters know no machine identifier (option 97)"}
	return all
}

// Write renders a plan as option filters, which the networks and machines of the
// plan are given. Expect is the answer of dhcpd to the dhcpd.conf that NIOS'
// writer makes of it.
func Write(p *plan.Plan, req dialect.Request) (dialect.Output, error) {
	f, err := formNamed(req.As)
	if err != nil {
		return dialect.Output{}, err
	}
	g, err := newGrid(p)
	if err != nil {
		return dialect.Output{}, err
	}
	text, err := f.write(g)
	return dialect.Output{
		Text: text, Notes: g.notes(), Lost: g.lost, Expect: expect(g), Evidence: dialect.Derived,
	}, err
}

func formNamed(name string) (form, error) {
	for _, f := range forms {
		if name == "" || f.Name == name {
			return f, nil
		}
	}
	return form{}, fmt.Errorf("infoblox has no form %q", name)
}

func expect(g *grid) func(dhcpopts.Client) dhcpopts.Answer {
	parse := sync.OnceValues(func() (*isc.Config, error) { return isc.Parse(g.conf()) })
	return func(c dhcpopts.Client) dhcpopts.Answer {
		config, err := parse()
		if err != nil {
			return dhcpopts.Answer{}
		}
		return config.Answer(c)
	}
}

func (g *grid) notes() []dialect.Note {
	notes := []dialect.Note{
		{Feature: dialect.FeatFile, Text: "not run on an appliance: look for these lines in its dhcpd.conf (View DHCP configuration) and capture one boot"},
		{Feature: dialect.FeatArch, Text: "the type of machine is read from option 60 (PXEClient:Arch:NNNNN); firmware that states none there gets nothing"},
		{Feature: dialect.FeatUnasked, Text: "the network then sends every client all options configured for it, whatever the client asks for"},
		{Text: "restart the DHCP service after saving"},
	}
	if len(g.machines) > 0 {
		notes = append(notes, dialect.Note{Feature: dialect.FeatHosts,
			Text: "each machine must exist as a fixed address; what a rule sends and the machine's own filter does not may reach it too"})
	}
	for _, f := range g.all() {
		for _, o := range f.options {
			if o.code >= customFrom {
				notes = append(notes, dialect.Note{Feature: dialect.FeatOptions, Text: fmt.Sprintf("define option %d as type string first (IPv4 Option Spaces)", o.code)})
			}
			if o.code == dhcpopts.OptBootFile && strings.HasSuffix(string(o.wire), "\x00") {
				notes = append(notes, dialect.Note{Feature: dialect.FeatNUL, Text: support()[dialect.FeatNUL].Note})
				return notes
			}
		}
	}
	return notes
}

// Spell says what to type under IPv4 DHCP Options for an option.
func Spell(code uint8, value []byte) (dialect.Spelling, error) {
	typed, err := typedValue(code, value)
	if err != nil {
		return dialect.Spelling{}, err
	}
	reading, err := Read(code, typed)
	if err != nil {
		return dialect.Spelling{}, err
	}
	s := dialect.Spelling{
		Text: typed, Sent: reading.Sent,
		Where: fmt.Sprintf("IPv4 DHCP Options > Custom DHCP Options > %s (%d), type %s", isc.OptionName(code), code, typeOf(code)),
		Note:  "dhcpd.conf then has: " + confOption(code, typed),
	}
	if code >= customFrom {
		s.Where = fmt.Sprintf("IPv4 DHCP Options > Custom DHCP Options > option %d, to be defined as type string first", code)
	}
	if code == dhcpopts.OptBootFile {
		s.Note += "; the header field is set by Boot File (BOOTP/PXE tab): " + strings.TrimSuffix(typed, `\x00`)
	}
	return s, nil
}

// Read says what dhcpd sends for text typed into an option's field. For option
// 67 the same holds of Boot File.
func Read(code uint8, typed string) (dialect.Reading, error) {
	if typeOf(code) == noType {
		return dialect.Reading{}, fmt.Errorf("the type of option %d in NIOS is not known", code)
	}
	line := confOption(code, typed)
	reading, err := isc.Read(code, line)
	if err != nil {
		return dialect.Reading{}, fmt.Errorf("NIOS writes %s: %w", line, err)
	}
	notes := "NIOS writes " + line
	if read := textNotes(typed); typeOf(code) == textType && read != "" {
		notes += "; " + read
	}
	reading.Note, reading.Evidence = notes, dialect.Derived
	return reading, nil
}

// textNotes says which backslashes are passed on to dhcpd as escapes.
func textNotes(typed string) string {
	var notes []string
	for i := 0; i < len(typed); i++ {
		rest := typed[i:]
		if strings.HasPrefix(rest, `\\`) {
			i++
			continue
		}
		if escape := passedOn(rest); escape != "" && escape != `\x00` {
			notes = append(notes, escape+" is passed on to dhcpd, which reads it as one octet: double the backslash")
		}
	}
	return strings.Join(notes, "; ")
}
