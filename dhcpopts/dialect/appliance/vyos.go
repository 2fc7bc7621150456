package appliance

import (
	"fmt"
	"net/netip"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/isc"
	"pxekit/dhcpopts/dialect/kea"
	"pxekit/dhcpopts/plan"
)

// VyOS runs Kea since 1.4 and ISC dhcpd before. With Kea a subnet has one boot
// file and one server (vyos-1x python/vyos/kea.py: bootfile-name is the header
// field, and option 67 in later releases; bootfile-server is next-server). With
// ISC dhcpd subnet-parameters takes statements of dhcpd.conf as they are, with
// &quot; for a double quote.
var VyOS = dialect.Target{
	Name: "vyos", Title: "VyOS",
	Forms: []dialect.Form{
		{Name: "kea", Title: "set commands of 1.4 and later, which run Kea"},
		{Name: "isc", Title: "set commands up to 1.3, which run ISC dhcpd"},
	},
	Write: writeVyOS, Spell: spellVyOS, Read: readVyOS,
	Support: vyosSupport(),
}

var vyosKea = support(
	can(dialect.Derived, dialect.FeatSIAddr, dialect.FeatFile, dialect.Feat66, dialect.Feat67, dialect.FeatScope),
	cannot("a subnet has one answer for all its clients", dialect.FeatArch, dialect.FeatIPXE, dialect.FeatHTTP, dialect.FeatUserClass, dialect.FeatVendorClass, dialect.FeatUUID),
	cannot("a static mapping needs the machine's address, which a plan does not have", dialect.FeatHosts),
	cannot("option 43 would reach every client of the subnet", dialect.FeatPXE43),
	cannot("every client of the subnet gets the boot options", dialect.FeatLaptop),
	cannot("there is no setting for sname", dialect.FeatSName),
	cannot("options have names, and only those of a list", dialect.FeatOptions),
	cannot("Kea trims it", dialect.FeatNUL),
	cannot("Kea sends 66 and 67 to clients that list them; the header field goes to all", dialect.FeatUnasked),
)

func vyosSupport() map[dialect.Feature]dialect.Support {
	all := map[dialect.Feature]dialect.Support{}
	for f, s := range vyosKea {
		if !s.Can {
			s = dialect.Support{Can: true, Evidence: dialect.Derived, Note: s.Note, Forms: []string{"isc"}}
		}
		all[f] = s
	}
	return all
}

func writeVyOS(p *plan.Plan, r dialect.Request) (dialect.Output, error) {
	if len(p.Scope) == 0 {
		return dialect.Output{}, fmt.Errorf("vyos has no form without a scope: its settings belong to a subnet")
	}
	write := writeVyOSKea
	if r.As == "isc" {
		write = writeVyOSISC
	}
	out, err := write(p)
	out.Evidence = dialect.Derived
	out.Where = "in configure mode, then commit and save; LAN stands for the name of your shared network"
	out.Comment = "#"
	out.Check = "show | compare"
	return out, err
}

// vyosLine begins every line for a subnet.
func vyosLine(s netip.Prefix) string {
	return "set service dhcp-server shared-network-name LAN subnet " + s.Masked().String() + " "
}

// vyosSetting is a setting of a subnet with Kea, by its name there.
type vyosSetting struct{ key, value string }

func writeVyOSKea(p *plan.Plan) (dialect.Output, error) {
	var l losses
	notes := []dialect.Note{
		{Feature: dialect.Feat67, Text: "releases of 1.4 send the boot file in the header field only, later ones also as option 67"},
		{Feature: dialect.FeatUnasked, Text: vyosKea[dialect.FeatUnasked].Note},
	}
	c, ok := everyone(p, &l)
	var settings []vyosSetting
	if ok {
		l.laptop("a VyOS subnet")
		c.Answer = keaNUL(p, refuse43(c.Answer, &l), "VyOS with Kea", &l, &notes)
		settings = vyosSettings(c.Answer, &l)
	}
	l.rest(p, vyosKea)
	text, undo := "", ""
	for _, s := range p.Scope {
		for _, v := range settings {
			line := vyosLine(s) + "option " + v.key
			text += line + " '" + v.value + "'\n"
			undo += strings.Replace(line, "set", "delete", 1) + "\n"
		}
	}
	if text == "" {
		text = "# nothing of this plan can be said here\n"
	}
	conf, err := readVyOSKea(text).parse(p.Scope)
	if err != nil {
		return dialect.Output{}, err
	}
	keaDiffers(conf, dhcpopts.Client{}, vyosSaid(c.Answer, settings), &l)
	return dialect.Output{Text: text, Notes: notes, Lost: l.Notes, Expect: conf.Answer, Undo: strings.TrimSpace(undo)}, nil
}

func vyosSettings(a dhcpopts.Answer, l *losses) (settings []vyosSetting) {
	add := func(f dialect.Feature, key, value string) {
		if strings.Contains(value, "'") || !printable([]byte(value)) || len(value) > 253 {
			l.Add(f, "a value has 1 to 253 printable ASCII characters and no single quote, not %q", value)
			return
		}
		settings = append(settings, vyosSetting{key, value})
	}
	if a.HasServer() {
		add(dialect.FeatSIAddr, "bootfile-server", a.SIAddr.String())
	}
	file, has67 := a.Get(dhcpopts.OptBootFile)
	switch {
	case len(a.File) > 0:
		add(dialect.FeatFile, "bootfile-name", string(a.File))
	case has67 && len(file) <= plan.HeaderFileMax:
		add(dialect.Feat67, "bootfile-name", string(file))
	case has67:
		l.Add(dialect.Feat67, "bootfile-name is the header field too, which has %d octets; this name has %d", plan.HeaderFileMax, len(file))
	}
	for _, o := range a.Options {
		switch o.Code {
		case dhcpopts.OptBootFile:
		case dhcpopts.OptTFTPServer:
			add(dialect.Feat66, "tftp-server-name", string(o.Data))
		default:
			l.Add(dialect.OptionFeature(o.Code), "there is no setting for option %d", o.Code)
		}
	}
	return settings
}

// vyosSaid is the part of an answer that the settings are meant to give.
func vyosSaid(a dhcpopts.Answer, settings []vyosSetting) (said dhcpopts.Answer) {
	for _, s := range settings {
		switch s.key {
		case "bootfile-name":
			said.File = []byte(s.value)
			if v, ok := a.Get(dhcpopts.OptBootFile); ok {
				said.Options = append(said.Options, dhcpopts.Option{Code: dhcpopts.OptBootFile, Data: v})
			}
		case "tftp-server-name":
			said.Options = append(said.Options, dhcpopts.Option{Code: dhcpopts.OptTFTPServer, Data: []byte(s.value)})
		}
	}
	return said
}

// readVyOSKea makes of the set commands what kea.py makes of them; the subnets
// of a text are alike.
func readVyOSKea(text string) (c keaConfig) {
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		_, setting, _ := strings.Cut(strings.TrimSpace(line), " option ")
		key, value, ok := strings.Cut(setting, " ")
		value = strings.Trim(value, "'")
		if !ok || seen[key] {
			continue
		}
		seen[key] = true
		switch key {
		case "bootfile-server":
			c.subnet = append(c.subnet, keaMember("next-server", value))
		case "bootfile-name":
			c.subnet = append(c.subnet, keaMember("boot-file-name", value))
			c.options = append(c.options, keaText("boot-file-name", value))
		case "tftp-server-name":
			c.options = append(c.options, keaText("tftp-server-name", value))
		}
	}
	return c
}

// writeVyOSISC puts the statements of dhcpd.conf into subnet-parameters, on one
// line. A single quote and the start of &quot; are written as dhcpd's octal
// escapes: both stand in strings only.
func writeVyOSISC(p *plan.Plan) (dialect.Output, error) {
	body, err := isc.Write(p, dialect.Request{})
	if err != nil {
		return dialect.Output{}, err
	}
	var statements []string
	for line := range strings.Lines(body.Text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			statements = append(statements, line)
		}
	}
	escape := strings.NewReplacer("'", `\047`, "&quot;", `\046quot;`, `"`, "&quot;")
	value := escape.Replace(strings.Join(statements, " "))
	text, undo := "", ""
	for _, s := range p.Scope {
		text += vyosLine(s) + "subnet-parameters '" + value + "'\n"
		undo += strings.Replace(vyosLine(s), "set", "delete", 1) + "subnet-parameters\n"
	}
	conf, err := readVyOSISC(text, p.Scope)
	if err != nil {
		return dialect.Output{}, err
	}
	return dialect.Output{Text: text, Notes: body.Notes, Lost: body.Lost, Expect: conf.Answer, Undo: strings.TrimSpace(undo)}, nil
}

// readVyOSISC makes the dhcpd.conf that the set commands end in; the range
// stands for those that the subnets have there.
func readVyOSISC(text string, scopes []netip.Prefix) (*isc.Config, error) {
	var conf strings.Builder
	i := 0
	for line := range strings.Lines(text) {
		_, value, _ := strings.Cut(line, "'")
		value, _, _ = strings.Cut(value, "'")
		s := scopes[i].Masked()
		statements := strings.ReplaceAll(value, "&quot;", `"`)
		fmt.Fprintf(&conf, "subnet %s netmask %s { range %s; %s }\n", s.Addr(), mask(s), s.Addr(), statements)
		i++
	}
	return isc.Parse(conf.String())
}

func spellVyOS(code uint8, value []byte) (dialect.Spelling, error) {
	keys := map[uint8]string{dhcpopts.OptTFTPServer: "tftp-server-name", dhcpopts.OptBootFile: "bootfile-name"}
	key, ok := keys[code]
	if !ok {
		return dialect.Spelling{}, fmt.Errorf("vyos has no setting for option %d", code)
	}
	text := strings.TrimRight(string(value), "\x00")
	if text == "" || strings.Contains(text, "'") || !printable([]byte(text)) {
		return dialect.Spelling{}, fmt.Errorf("a value of vyos has printable ASCII characters and no single quote, not %q", text)
	}
	r, err := kea.Target.Read(code, kea.Quote(text))
	if err != nil {
		return dialect.Spelling{}, err
	}
	return dialect.Spelling{Text: "option " + key + " '" + text + "'", Where: "in a subnet of service dhcp-server", Sent: r.Sent, Note: r.Note}, nil
}

// readVyOS reads a value, or what stands behind "subnet …" in a set command.
func readVyOS(code uint8, typed string) (dialect.Reading, error) {
	if rest, ok := strings.CutPrefix(typed, "option "); ok {
		_, typed, _ = strings.Cut(rest, " ")
	}
	return keaRead(code, strings.Trim(typed, "'"))
}
