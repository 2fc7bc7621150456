package appliance

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/isc"
	"pxekit/dhcpopts/plan"
)

// pfBoot is the boot part of <dhcpd><lan> in config.xml, which pfSense and the
// isc-dhcp plugin of OPNsense share. Their web pages put the text of a field
// between the quotes of dhcpd.conf as it stands (services.inc, dhcpd.inc), so a
// field holds dhcpd's own escapes.
type pfBoot struct {
	Netboot       *struct{}  `xml:"netboot"`
	NextServer    string     `xml:"nextserver,omitempty"`
	Filename      string     `xml:"filename,omitempty"` // all that no other field names
	Filename32    string     `xml:"filename32,omitempty"`
	Filename64    string     `xml:"filename64,omitempty"`
	Filename32ARM string     `xml:"filename32arm,omitempty"`
	Filename64ARM string     `xml:"filename64arm,omitempty"`
	FilenameIPXE  string     `xml:"filenameipxe,omitempty"` // OPNsense
	TFTP          string     `xml:"tftp,omitempty"`
	BootFilename  string     `xml:"bootfilename,omitempty"` // OPNsense, and only beside tftp
	Numbered      *pfOptions `xml:"numberoptions"`
}

type pfOptions struct {
	Items []pfOption `xml:"item"`
}

type pfOption struct {
	Number uint8  `xml:"number"`
	Type   string `xml:"type"`
	Value  string `xml:"value"`
}

// pfSlot is a field and the architectures whose clients it goes to.
type pfSlot struct {
	field func(*pfBoot) *string
	archs []dhcpopts.Arch
}

// pfSlots are the branches of the if that both pages write; the last is its
// else.
var pfSlots = []pfSlot{
	{func(b *pfBoot) *string { return &b.Filename32 }, []dhcpopts.Arch{dhcpopts.EFIIA32}},
	{func(b *pfBoot) *string { return &b.Filename64 }, []dhcpopts.Arch{dhcpopts.EFIX64, dhcpopts.EFIBC}},
	{func(b *pfBoot) *string { return &b.Filename32ARM }, []dhcpopts.Arch{dhcpopts.EFIARM32}},
	{func(b *pfBoot) *string { return &b.Filename64ARM }, []dhcpopts.Arch{dhcpopts.EFIARM64}},
	{func(b *pfBoot) *string { return &b.Filename }, []dhcpopts.Arch{dhcpopts.BIOS}},
}

// pfSupport is what both can say.
func pfSupport(extra ...map[dialect.Feature]dialect.Support) map[dialect.Feature]dialect.Support {
	const all = "the field goes to every client of the interface"
	parts := []map[dialect.Feature]dialect.Support{
		can(dialect.Derived, dialect.FeatSIAddr, dialect.FeatFile, dialect.Feat66, dialect.FeatNUL, dialect.FeatArch, dialect.FeatOptions),
		cannot(all+", so option 67 is written when all rules agree in the file", dialect.Feat67),
		cannot("the fields belong to an interface, not to a network", dialect.FeatScope),
		cannot("dhcpd sends options to clients that request them", dialect.FeatUnasked),
		cannot(all, dialect.FeatLaptop, dialect.FeatPXE43),
		cannot("there is no field for it", dialect.FeatSName, dialect.FeatIPXE, dialect.FeatHTTP, dialect.FeatUserClass, dialect.FeatVendorClass, dialect.FeatUUID),
		cannot("a static mapping needs the machine's address, which a plan does not have", dialect.FeatHosts),
	}
	return support(append(parts, extra...)...)
}

// pfClient is a plain PXE client of an architecture.
func pfClient(a dhcpopts.Arch, userClass string) dhcpopts.Client {
	return dhcpopts.Client{
		Archs: []dhcpopts.Arch{a}, UserClass: []byte(userClass),
		VendorClass: fmt.Appendf(nil, "%s:Arch:%05d", dhcpopts.ClassPXE, uint16(a)),
	}
}

// fill puts a plan's answers into the fields: the file by architecture, and
// what goes to everyone when all answers agree in it. ipxe: the page has a field
// for iPXE.
func (b *pfBoot) fill(p *plan.Plan, ipxe bool, l *losses) dhcpopts.Answer {
	cases := p.Cases()
	b.Netboot = &struct{}{}
	var common dhcpopts.Answer
	seen := false
	take := func(field *string, a dhcpopts.Answer) {
		*field = pfText(a.File)
		common = b.common(common, refuse43(a, l), seen, l)
		seen = true
	}
	for _, slot := range pfSlots {
		a, _, ok := plan.AnswerOf(cases, pfClient(slot.archs[0], ""))
		for _, arch := range slot.archs[1:] {
			if other, _, _ := plan.AnswerOf(cases, pfClient(arch, "")); ok && !other.Equal(a) {
				l.Add(dialect.FeatArch, "one field serves the types %v", slot.archs)
			}
		}
		if ok {
			take(slot.field(b), a)
		}
	}
	for _, slot := range pfSlots[:len(pfSlots)-1] {
		if f := slot.field(b); *f == b.Filename {
			*f = "" // the else says it
		}
	}
	a, origin, ok := plan.AnswerOf(cases, pfClient(dhcpopts.BIOS, "iPXE"))
	if ipxe && ok && slices.ContainsFunc(cases, func(c plan.Case) bool {
		return c.Origin == origin && c.Cond.Stage == dhcpopts.IPXEStage && c.Cond.Archs == nil
	}) {
		take(&b.FilenameIPXE, a)
	}
	return common
}

// common keeps what two answers share beside their files.
func (b *pfBoot) common(was, now dhcpopts.Answer, seen bool, l *losses) dhcpopts.Answer {
	if !seen {
		return now
	}
	if was.SIAddr != now.SIAddr {
		l.Add(dialect.FeatSIAddr, "the rules differ in their server, and the field goes to every client of the interface")
	}
	kept := was
	kept.Options = nil
	for _, o := range was.Options {
		if v, ok := now.Get(o.Code); ok && bytes.Equal(v, o.Data) {
			kept.Options = append(kept.Options, o)
		} else {
			l.Add(dialect.OptionFeature(o.Code), "the rules differ in option %d, and the field goes to every client of the interface", o.Code)
		}
	}
	return kept
}

// pfText is a value as it stands between the quotes of dhcpd.conf.
func pfText(v []byte) string {
	quoted := isc.Quote(v)
	return quoted[1 : len(quoted)-1]
}

// pfLost loses the rules that no field can hold.
func pfLost(p *plan.Plan, s map[dialect.Feature]dialect.Support, l *losses) {
	for _, c := range p.Cases() {
		for _, f := range needs(c) {
			if !s[f].Can {
				l.Add(f, "%s (%s) is left out: %s", c.Origin, describe(c.Cond), s[f].Note)
			}
		}
		for _, a := range c.Cond.Archs {
			if !slices.ContainsFunc(pfSlots, func(s pfSlot) bool { return slices.Contains(s.archs, a) }) && !a.HTTP() {
				l.Add(dialect.FeatArch, "%s: there is no field for %s", c.Origin, a)
			}
		}
	}
}

// pfXML writes the part of config.xml.
func pfXML(iface string, b pfBoot) (string, error) {
	var out strings.Builder
	out.WriteString("<dhcpd>\n")
	e := xml.NewEncoder(&out)
	e.Indent("  ", "  ")
	if err := e.EncodeElement(b, xml.StartElement{Name: xml.Name{Local: iface}}); err != nil {
		return "", err
	}
	return out.String() + "\n</dhcpd>\n", nil
}

// pfRead reads the part of config.xml.
func pfRead(text string) (pfBoot, error) {
	var dhcpd struct {
		Ifaces []pfBoot `xml:",any"`
	}
	if err := xml.Unmarshal([]byte(text), &dhcpd); err != nil || len(dhcpd.Ifaces) != 1 {
		return pfBoot{}, fmt.Errorf("config.xml: not one interface in <dhcpd>: %v", err)
	}
	return dhcpd.Ifaces[0], nil
}

// conf is the dhcpd.conf that the pages write from the fields; value decodes the
// value of a numbered option.
func (b pfBoot) conf(value func(string) (string, error)) (string, error) {
	head := "option arch code 93 = unsigned integer 16;\n"
	body := "range 192.0.2.1 192.0.2.2;\n"
	if b.TFTP != "" {
		body += fmt.Sprintf("option tftp-server-name \"%s\";\n", b.TFTP)
		if b.BootFilename != "" {
			body += fmt.Sprintf("option bootfile-name \"%s\";\n", b.BootFilename)
		}
	}
	for i, o := range b.options() {
		v, err := value(o.Value)
		if err != nil {
			return "", err
		}
		head += fmt.Sprintf("option custom-lan-%d code %d = %s;\n", i, o.Number, o.Type)
		body += fmt.Sprintf("option custom-lan-%d %s;\n", i, v)
	}
	if b.Netboot != nil {
		if b.NextServer != "" {
			body += "next-server " + b.NextServer + ";\n"
		}
		body += b.branches()
	}
	return head + "subnet 192.0.2.0 netmask 255.255.255.0 {\n" + body + "}\n", nil
}

func (b pfBoot) options() []pfOption {
	if b.Numbered == nil {
		return nil
	}
	return b.Numbered.Items
}

// branches is the if by architecture around filename.
func (b pfBoot) branches() string {
	var parts []string
	add := func(cond, file string) {
		if file != "" {
			parts = append(parts, fmt.Sprintf("if %s { filename \"%s\"; }", cond, file))
		}
	}
	add(`exists user-class and option user-class = "iPXE"`, b.FilenameIPXE)
	for _, slot := range pfSlots[:len(pfSlots)-1] {
		for _, a := range slot.archs {
			add(fmt.Sprintf("option arch = 00:%02x", uint16(a)), *slot.field(&b))
		}
	}
	chain := strings.Join(parts, "\nelse ")
	switch {
	case b.Filename == "":
		return chain + "\n"
	case chain == "":
		return fmt.Sprintf("filename \"%s\";\n", b.Filename)
	}
	return fmt.Sprintf("%s\nelse { filename \"%s\"; }\n", chain, b.Filename)
}
