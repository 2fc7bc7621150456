package appliance

import (
	"encoding/xml"
	"fmt"
	"strings"
	"unicode/utf8"

	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/dnsmasq"
	"pxekit/dhcpopts/plan"
)

// Libvirt gives each line of dnsmasq:options to the dnsmasq of its network as it
// stands ("Network XML format": Network namespaces).
var Libvirt = dialect.Target{
	Name: "libvirt", Title: "libvirt", Comment: "",
	Forms: []dialect.Form{{Name: "xml", Title: "part of a network's XML (virsh net-edit)"}},
	Write: writeLibvirt,
	Spell: func(code uint8, v []byte) (dialect.Spelling, error) {
		s, err := dnsmasq.Target.Spell(code, v)
		if err != nil {
			return s, err
		}
		if !utf8.ValidString(s.Text) {
			return dialect.Spelling{}, fmt.Errorf("XML cannot carry %q: it is not UTF-8", v)
		}
		s.Text, s.Where = libvirtLine(s.Text), "<network>, in <dnsmasq:options>"
		return s, nil
	},
	Read:    readLibvirt,
	Support: dnsmasqSupport(),
}

const libvirtOpen = `<dnsmasq:options xmlns:dnsmasq="http://libvirt.org/schemas/network/dnsmasq/1.0">`

func writeLibvirt(p *plan.Plan, _ dialect.Request) (dialect.Output, error) {
	// A network has a dnsmasq of its own, so no other needs to be kept out.
	body := dnsmasq.Lines(p, dnsmasq.Medium{Carries: utf8.ValidString})
	lines := []string{libvirtOpen}
	for _, l := range body.Lines {
		if comment, ok := strings.CutPrefix(l, "# "); ok {
			lines = append(lines, "  <!-- "+strings.ReplaceAll(comment, "--", "- -")+" -->")
		} else {
			lines = append(lines, "  "+libvirtLine(l))
		}
	}
	text := strings.Join(append(lines, "</dnsmasq:options>"), "\n") + "\n"
	out := dialect.Output{
		Text: text, Notes: body.Notes, Lost: body.Lost, Evidence: dialect.Derived,
		Check: "virsh net-dumpxml NETWORK", Expect: dnsmasq.Expect(func() string { return libvirtFile(text) + dnsmasq.Ranges(p.Scope) }),
	}
	if len(p.Scope) > 0 {
		out.Notes = append(out.Notes, dialect.Note{Feature: dialect.FeatScope, Text: "put it into each network of the scope: libvirt runs a dnsmasq for each"})
	}
	return out, nil
}

func libvirtLine(line string) string {
	return `<dnsmasq:option value="` + strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;").Replace(line) + `"/>`
}

// libvirtFile is what libvirt puts into dnsmasq's file for the XML.
func libvirtFile(text string) string {
	var options struct {
		Option []struct {
			Value string `xml:"value,attr"`
		} `xml:"option"`
	}
	if err := xml.Unmarshal([]byte(text), &options); err != nil {
		return ""
	}
	var b strings.Builder
	for _, o := range options.Option {
		b.WriteString(o.Value + "\n")
	}
	return b.String()
}

// readLibvirt reads a dnsmasq:option element, or a value alone.
func readLibvirt(code uint8, typed string) (dialect.Reading, error) {
	if strings.HasPrefix(typed, "<") {
		line := strings.TrimSpace(libvirtFile(libvirtOpen + typed + "</dnsmasq:options>"))
		_, value, ok := strings.Cut(line, fmt.Sprintf("=%d,", code))
		if !ok {
			return dialect.Reading{}, fmt.Errorf("%q has no option %d", typed, code)
		}
		typed = value
	}
	return derived(dnsmasq.Target.Read)(code, typed)
}
