package appliance

import (
	"fmt"
	"strings"

	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/dnsmasq"
	"pxekit/dhcpopts/plan"
)

// What runs dnsmasq and lets its own lines through. Their forms and menus know
// only part of dnsmasq: neither tag-if, which makes the first rule win, nor
// dhcp-no-override, which brings names to the header and as options both.

// OPNsenseDnsmasq reads *.conf of a folder
// (src/opnsense/service/templates/OPNsense/Dnsmasq/dnsmasq.conf: conf-dir). Its
// menu writes a value behind "dhcp-option=NUMBER," as it stands.
var OPNsenseDnsmasq = dialect.Target{
	Name: "opnsense-dnsmasq", Title: "OPNsense with dnsmasq", Comment: "#",
	Forms: []dialect.Form{{Name: "conf", Title: "/usr/local/etc/dnsmasq.conf.d/pxekit.conf"}},
	Write: onDnsmasq("/usr/local/etc/dnsmasq.conf.d/pxekit.conf", "dnsmasq --test -C /usr/local/etc/dnsmasq.conf && configctl dnsmasq restart"),
	Spell: func(code uint8, v []byte) (dialect.Spelling, error) {
		s, err := dnsmasq.Target.Spell(code, v)
		_, s.Text, _ = strings.Cut(s.Text, ",")
		s.Where = fmt.Sprintf("Services: Dnsmasq: DHCP options: Type Set, Option %d, Value", code)
		return s, err
	},
	Read:    derived(dnsmasq.Target.Read),
	Support: dnsmasqSupport(),
}

// onDnsmasq writes dnsmasq's own lines for a file that its config includes.
func onDnsmasq(file, check string) func(*plan.Plan, dialect.Request) (dialect.Output, error) {
	return func(p *plan.Plan, _ dialect.Request) (dialect.Output, error) {
		body, ranges := dnsmasq.InFile(p, nil)
		body.Notes = append(body.Notes, dialect.Note{Text: "the lines go into " + file +
			": the system's own settings have neither tag-if nor dhcp-no-override, without which the first rule would not win and names would not go both ways"})
		text := strings.Join(body.Lines, "\n") + "\n"
		return dialect.Output{
			Text: text, Notes: body.Notes, Lost: body.Lost, Evidence: dialect.Derived, Check: check,
			Expect: dnsmasq.Expect(func() string { return text + ranges }),
		}, nil
	}
}

// dnsmasqSupport is dnsmasq's table, known by what lies below.
func dnsmasqSupport() map[dialect.Feature]dialect.Support {
	all := support(dnsmasq.Target.Support)
	for f, s := range all {
		s.Evidence = dialect.Derived
		all[f] = s
	}
	return all
}

func derived(read func(uint8, string) (dialect.Reading, error)) func(uint8, string) (dialect.Reading, error) {
	return func(code uint8, typed string) (dialect.Reading, error) {
		r, err := read(code, typed)
		r.Evidence = dialect.Derived
		return r, err
	}
}
