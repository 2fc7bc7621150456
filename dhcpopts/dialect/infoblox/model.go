package infoblox

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/isc"
	"pxekit/dhcpopts/plan"
)

// grid is what a plan becomes: option filters, and the objects they are
// assigned to.
type grid struct {
	filters  []filter
	networks []netip.Prefix
	machines []machine
	lost     []dialect.Note
}

// filter is an IPv4 option filter: whom it takes, and what they get. Texts are
// as typed.
type filter struct {
	name, origin, expression         string
	bootFile, nextServer, bootServer string
	options                          []typedOption
}

type typedOption struct {
	code  uint8
	value string
	wire  []byte
}

func (o typedOption) name() string { return isc.OptionName(o.code) }

// machine is a fixed address, reservation or host address, found by its MAC,
// with the filters of its own before those of all.
type machine struct {
	mac     string
	filters []filter
}

// newGrid turns a plan's cases into filters. A machine known by its whole MAC
// gets filters of its own, without the MAC in their expression.
func newGrid(p *plan.Plan) (*grid, error) {
	g := &grid{networks: p.Scope}
	switch {
	case len(p.Rules)+len(p.Hosts) == 0:
		return nil, errors.New("the plan has no rules")
	case len(p.Scope) == 0:
		return nil, errors.New("infoblox assigns filters to networks: name one as scope")
	}
	for i, c := range p.Cases() {
		if c.Answer.HasServer() && !c.Answer.SIAddr.Is4() {
			return nil, fmt.Errorf("%s: the next server of an IPv4 network is no %q", c.Origin, c.Answer.SIAddr)
		}
		g.add(fmt.Sprintf("pxekit-%d", i+1), c)
	}
	for i := range g.machines {
		g.machines[i].filters = append(g.machines[i].filters, g.filters...)
	}
	return g, nil
}

const macLength = 6

func (g *grid) add(name string, c plan.Case) {
	expression, err := expressionOf(c.Cond)
	switch {
	case c.Cond.UUID != nil:
		g.lose(dialect.FeatUUID, "%s: filters know no machine identifier (option 97)", c.Origin)
		return
	case c.Cond.MAC != nil && (len(c.Cond.MAC) != macLength || !c.Host):
		g.lose(dialect.FeatHosts, "%s: only a host with its whole MAC is a fixed address", c.Origin)
		return
	case err != nil:
		g.lose(dialect.FeatUserClass, "%s: %v", c.Origin, err)
		return
	case c.Cond.Archs != nil && c.Cond.Class != dhcpopts.ClassPXE && c.Cond.Class != dhcpopts.ClassHTTP:
		g.lose(dialect.FeatVendorClass, "%s: the type of machine is read from option 60, which %q does not begin with PXEClient", c.Origin, c.Cond.Class)
		return
	}
	f := g.filterOf(name, c)
	f.expression = expression
	if c.Cond.MAC == nil {
		g.filters = append(g.filters, f)
		return
	}
	mac := colonHex(c.Cond.MAC)
	i := slices.IndexFunc(g.machines, func(m machine) bool { return m.mac == mac })
	if i < 0 {
		g.machines = append(g.machines, machine{mac: mac})
		i = len(g.machines) - 1
	}
	g.machines[i].filters = append(g.machines[i].filters, f)
}

// The header fields sname and file (RFC 2131 table 1).
const (
	maxBootFile   = 128
	maxBootServer = 64
)

func (g *grid) filterOf(name string, c plan.Case) filter {
	f := filter{name: name, origin: c.Origin, bootFile: typedText(c.Answer.File), bootServer: typedText(c.Answer.SName)}
	if c.Answer.HasServer() {
		f.nextServer = c.Answer.SIAddr.String()
	}
	if len(c.Answer.SName) > maxBootServer {
		g.lose(dialect.FeatSName, "%s: the field sname holds %d octets", c.Origin, maxBootServer)
		f.bootServer = ""
	}
	if len(c.Answer.File) > maxBootFile {
		g.lose(dialect.FeatFile, "%s: the field file holds %d octets", c.Origin, maxBootFile)
		f.bootFile = ""
	}
	for _, o := range c.Answer.Options {
		typed, err := typedValue(o.Code, o.Data)
		if err != nil || c.Answer.Instances(o.Code) > 1 || o.Code == dhcpopts.OptOverload || o.Code == dhcpopts.OptRequestList {
			g.lose(dialect.FeatOptions, "%s: option %d, octets %x, cannot be typed in NIOS", c.Origin, o.Code, o.Data)
			continue
		}
		f.options = append(f.options, typedOption{o.Code, typed, o.Data})
	}
	return f
}

func (g *grid) lose(feature dialect.Feature, format string, args ...any) {
	g.lost = append(g.lost, dialect.Note{Feature: feature, Text: fmt.Sprintf(format, args...)})
}

// all are the filters in match order, each once.
func (g *grid) all() []filter {
	var all []filter
	for _, m := range g.machines {
		all = append(all, m.filters[:len(m.filters)-len(g.filters)]...)
	}
	return append(all, g.filters...)
}

// expressionOf is a filter's match expression, in dhcpd's words and in
// parentheses (CSV Import Reference). The type of machine is taken from option
// 60, which has it in decimal digits: NIOS 7.2 has no filter on option 93.
func expressionOf(c plan.Cond) (string, error) {
	terms := []string{classTerm(c)}
	for _, class := range []string{c.Class, c.UserClass} {
		if !plain([]byte(class)) || strings.ContainsAny(class, `\`) {
			return "", fmt.Errorf("a filter on %q is not documented", class)
		}
	}
	switch c.Stage {
	case dhcpopts.IPXEStage:
		terms = append(terms, userClassTerm("iPXE"))
	case dhcpopts.FirstStage:
		terms = append(terms, "not "+userClassTerm("iPXE"))
	}
	if c.UserClass != "" {
		terms = append(terms, userClassTerm(c.UserClass))
	}
	return "(" + strings.Join(terms, " and ") + ")", nil
}

func classTerm(c plan.Cond) string {
	if c.Archs == nil {
		return prefixTerm(c.Class)
	}
	var terms []string
	for _, a := range c.Archs {
		terms = append(terms, prefixTerm(fmt.Sprintf("%s:Arch:%05d", c.Class, uint16(a))))
	}
	if len(terms) == 1 {
		return terms[0]
	}
	return "(" + strings.Join(terms, " or ") + ")"
}

func prefixTerm(prefix string) string {
	return fmt.Sprintf("substring(option vendor-class-identifier,0,%d)=%s", len(prefix), isc.Quote([]byte(prefix)))
}

// userClassTerm takes the bare user class and RFC 3004's, whose length octet is
// skipped.
func userClassTerm(class string) string {
	q := isc.Quote([]byte(class))
	return fmt.Sprintf("(option user-class=%s or substring(option user-class,1,%d)=%s)", q, len(class), q)
}

// conf is the dhcpd.conf that NIOS would write, as far as it bears on booting.
func (g *grid) conf() string {
	var b strings.Builder
	for _, n := range g.networks {
		fmt.Fprintf(&b, "subnet %s netmask %s {\nrange %s;\n%s\n%s}\n", n.Masked().Addr(), netmask(n.Bits()), lowest(n), ignoreList, confChain(g.filters))
	}
	for i, m := range g.machines {
		fmt.Fprintf(&b, "host h%d {\nhardware ethernet %s;\n%s}\n", i, m.mac, confChain(m.filters))
	}
	return b.String()
}

// ignoreList stands for "Ignore optionlist requested by client and return all
// defined options", which "clears option-55" (CSV Import Reference): dhcpd then
// sends all that is configured.
const ignoreList = `option dhcp-parameter-request-list = "";`

func confChain(filters []filter) string {
	var b strings.Builder
	for i, f := range filters {
		word := "if"
		if i > 0 {
			word = "} elsif"
		}
		fmt.Fprintf(&b, "%s %s {\n%s\n", word, f.expression, strings.Join(f.conf(), "\n"))
	}
	if len(filters) > 0 {
		b.WriteString("}\n")
	}
	return b.String()
}

// conf is a filter's lines in dhcpd.conf.
func (f filter) conf() []string {
	var lines []string
	if f.bootFile != "" {
		lines = append(lines, fmt.Sprintf("filename \"%s\";", confText(f.bootFile)))
	}
	if f.nextServer != "" {
		lines = append(lines, "next-server "+f.nextServer+";")
	}
	if f.bootServer != "" {
		lines = append(lines, fmt.Sprintf("server-name \"%s\";", confText(f.bootServer)))
	}
	for _, o := range f.options {
		lines = append(lines, confOption(o.code, o.value))
	}
	return lines
}

func lowest(n netip.Prefix) netip.Addr {
	if n.Bits() < 31 {
		return n.Masked().Addr().Next()
	}
	return n.Masked().Addr()
}

func netmask(bits int) netip.Addr {
	m := uint32(0xffffffff) << (32 - bits)
	return netip.AddrFrom4([4]byte{byte(m >> 24), byte(m >> 16), byte(m >> 8), byte(m)})
}
