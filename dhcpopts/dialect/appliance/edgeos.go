package appliance

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/isc"
	"pxekit/dhcpopts/plan"
)

// EdgeOS is Ubiquiti's EdgeRouter with its ISC dhcpd. subnet-parameters writes
// a statement into the subnet of dhcpd.conf; &quot; stands for the quotes that
// cannot be nested there. An include statement keeps all other quoting out of
// the command line: the file holds plain dhcpd.conf, and a shell copies it as it
// stands out of a quoted here-document.
var EdgeOS = dialect.Target{
	Name: "edgeos", Title: "Ubiquiti EdgeOS", Comment: "#",
	Forms: []dialect.Form{{Name: "include", Title: "a file of dhcpd.conf, and the lines that include it"}},
	Write: writeEdgeOS, Spell: spellEdgeOS, Read: readEdgeOS,
	Support: edgeosSupport(),
}

// edgeosSupport is that of dhcpd, known by derivation.
func edgeosSupport() map[dialect.Feature]dialect.Support {
	all := map[dialect.Feature]dialect.Support{}
	for f, row := range isc.Target.Support {
		row.Evidence = dialect.Derived
		all[f] = row
	}
	return all
}

const (
	edgeosFile = "/config/pxekit.conf"
	edgeosEnd  = "PXEKIT-END"
)

func writeEdgeOS(p *plan.Plan, _ dialect.Request) (dialect.Output, error) {
	if len(p.Scope) == 0 {
		return dialect.Output{}, errors.New("edgeos has no form without a scope: its lines belong to a subnet")
	}
	conf, err := isc.Write(p, dialect.Request{})
	if err != nil {
		return dialect.Output{}, fmt.Errorf("edgeos: %w", err)
	}
	include := "subnet-parameters 'include &quot;" + edgeosFile + "&quot;;'"
	var b, undo strings.Builder
	fmt.Fprintf(&b, "sudo tee %s <<'%s'\n%s%s\nconfigure\n", edgeosFile, edgeosEnd, conf.Text, edgeosEnd)
	for _, n := range p.Scope {
		path := "service dhcp-server shared-network-name LAN subnet " + n.Masked().String() + " " + include
		fmt.Fprintf(&b, "set %s\n", path)
		fmt.Fprintf(&undo, "delete %s; ", path)
	}
	b.WriteString("commit; save; exit\n")
	cfg, err := readEdgeOSText(b.String(), p.Scope)
	if err != nil {
		return dialect.Output{}, err
	}
	notes := append(conf.Notes, dialect.Note{Text: "with use-dnsmasq enabled dhcpd does not run and none of this holds"})
	return dialect.Output{
		Text: b.String(), Notes: notes, Lost: conf.Lost, Expect: cfg.Answer, Evidence: dialect.Derived,
		Where: "at the shell of the router; put the name of your shared network in place of LAN",
		Check: "show dhcp statistics", Undo: "configure; " + undo.String() + "commit; save; exit",
	}, nil
}

// readEdgeOSText takes the file out of the here-document and puts it where the
// include statement stands.
func readEdgeOSText(text string, scopes []netip.Prefix) (*isc.Config, error) {
	_, rest, found := strings.Cut(text, "<<'"+edgeosEnd+"'\n")
	file, _, closed := strings.Cut(rest, "\n"+edgeosEnd+"\n")
	if !found || !closed {
		return nil, errors.New("edgeos: the here-document is not closed")
	}
	var b strings.Builder
	for _, n := range scopes {
		low := n.Masked().Addr().Next()
		fmt.Fprintf(&b, "subnet %s netmask %s {\n  range %s;\n%s\n}\n", network(n), mask(n), low, file)
	}
	cfg, err := isc.Parse(b.String())
	if err != nil {
		return nil, fmt.Errorf("edgeos: %w", err)
	}
	return cfg, nil
}

// spellEdgeOS writes a statement for subnet-parameters. Single quotes keep the
// shell away; a quote or an ampersand of the value itself is written in octal.
func spellEdgeOS(code uint8, value []byte) (dialect.Spelling, error) {
	s, err := isc.Spell(code, value)
	if err != nil {
		return s, err
	}
	safe := strings.NewReplacer(`\\`, `\\`, `\"`, `\042`, `'`, `\047`, `&`, `\046`).Replace(s.Text)
	s.Text = "subnet-parameters '" + strings.ReplaceAll(safe, `"`, "&quot;") + "'"
	s.Where = "set service dhcp-server shared-network-name LAN subnet …"
	return s, nil
}

// readEdgeOS reads subnet-parameters '…', or what dhcpd reads.
func readEdgeOS(code uint8, typed string) (dialect.Reading, error) {
	if _, rest, found := strings.Cut(typed, "subnet-parameters "); found {
		typed = strings.Trim(rest, `'"`)
	}
	r, err := isc.Read(code, strings.ReplaceAll(typed, "&quot;", `"`))
	r.Evidence = dialect.Derived
	return r, err
}
