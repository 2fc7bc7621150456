package infoblox

import (
	"fmt"
	"strings"
)

// writeGUI is what to type into which field of the Grid Manager, with the
// octets on the wire beside each text.
func writeGUI(g *grid) (string, error) {
	var b strings.Builder
	for _, f := range g.all() {
		fmt.Fprintf(&b, "# %s: Data Management > DHCP > IPv4 Filters > Add > IPv4 Option Filter\n", f.origin)
		for _, row := range f.rows() {
			fmt.Fprintf(&b, "%s\n", row)
		}
		b.WriteString("\n")
	}
	for _, n := range g.networks {
		fmt.Fprintf(&b, "# network %s: edit > IPv4 DHCP Options > Logic Filter List, in this order\n", n)
		writeList(&b, g.filters)
		b.WriteString("  General Advanced > Ignore optionlist requested by client and return all defined options: on\n\n")
	}
	for _, m := range g.machines {
		fmt.Fprintf(&b, "# fixed address of %s: edit > IPv4 DHCP Options > Logic Filter List, in this order\n", m.mac)
		writeList(&b, m.filters)
		b.WriteString("\n")
	}
	b.WriteString("# then restart the DHCP service\n")
	return b.String(), nil
}

func writeList(b *strings.Builder, filters []filter) {
	for i, f := range filters {
		fmt.Fprintf(b, "  %d. %s\n", i+1, f.name)
	}
}

// rows are a filter's fields.
func (f filter) rows() []string {
	var rows []string
	add := func(label, typed, wire string) {
		if typed == "" {
			return
		}
		row := fmt.Sprintf("  %-24s %s", label, typed)
		if wire != "" {
			row += "\n" + strings.Repeat(" ", 27) + "wire: " + wire
		}
		rows = append(rows, row)
	}
	add("Name", f.name, "")
	add("Expression", f.expression, "")
	add("Boot File", f.bootFile, "header field file: "+hexOf(f.bootFile))
	add("Next Server", f.nextServer, "header field siaddr")
	add("Boot Server", f.bootServer, "header field sname: "+hexOf(f.bootServer))
	for _, o := range f.options {
		add(fmt.Sprintf("%s (%d)", o.name(), o.code), o.value, colonHex(o.wire))
	}
	for _, line := range f.conf() {
		add("dhcpd.conf then has", line, "")
	}
	return rows
}

// hexOf is what a typed text becomes.
func hexOf(typed string) string {
	r, err := Read(67, typed)
	if err != nil {
		return ""
	}
	return colonHex(r.Sent)
}
