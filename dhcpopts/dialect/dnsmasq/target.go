package dnsmasq

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// Target is dnsmasq.
var Target = dialect.Target{
	Name:    "dnsmasq",
	Title:   "dnsmasq 2.90",
	Forms:   []dialect.Form{{Name: "conf", Title: "lines of dnsmasq.conf"}},
	Write:   write,
	Spell:   spell,
	Read:    read,
	Comment: "#",
	Support: support(),
	Whole:   true,
}

func support() map[dialect.Feature]dialect.Support {
	all := dialect.Everything(dialect.Wire)
	all[dialect.FeatNUL] = dialect.Support{Can: true, Evidence: dialect.Wire, Note: "always there, in 66 too; cannot be left off"}
	all[dialect.FeatScope] = dialect.Support{Can: true, Evidence: dialect.Wire, Note: "every other dhcp-range is marked by hand, but for --full"}
	return all
}

func write(p *plan.Plan, r dialect.Request) (dialect.Output, error) {
	body, ranges, err := lines(p, r)
	if err != nil {
		return dialect.Output{}, err
	}
	text := strings.Join(append(body.Lines, ""), "\n")
	return dialect.Output{
		Text: text, Notes: body.Notes, Lost: body.Lost, Evidence: dialect.Wire, Check: "dnsmasq --test -C FILE",
		Expect: Expect(func() string { return text + ranges }),
	}, nil
}

// lines writes a plan as a whole file or as a part of one, with the ranges that
// the part leaves to the rest.
func lines(p *plan.Plan, r dialect.Request) (b Body, ranges string, err error) {
	if !r.Full {
		b, ranges = InFile(p, nil)
		return b, ranges, nil
	}
	head, err := fullHead(p, r)
	if err != nil {
		return Body{}, "", err
	}
	b = Lines(p, Medium{})
	b.Lines = append(head, b.Lines...)
	return b, "", nil
}

// scopeHead tells how to keep a plan to its networks: dnsmasq knows them only by
// the tags of their ranges.
func scopeHead(scope []netip.Prefix) ([]string, dialect.Note) {
	nets := make([]string, len(scope))
	for i, n := range scope {
		nets[i] = n.Masked().String()
	}
	where := strings.Join(nets, " and ")
	return []string{
			"# For " + where + ". Does this dnsmasq serve other networks too? Keep each out by",
			"# its interface, with a line here: tag-if=set:" + tagElsewhere + ",tag:INTERFACE",
			"# or by its range: dhcp-range=set:" + tagElsewhere + ",…",
		}, dialect.Note{Feature: dialect.FeatScope, Text: fmt.Sprintf(
			"dnsmasq gives this to every network it serves: to keep it to %s, set the tag %s for each other one, by tag-if and interface or by its dhcp-range",
			where, tagElsewhere)}
}

// fullHead is a file that serves one network and no DNS.
func fullHead(p *plan.Plan, r dialect.Request) ([]string, error) {
	switch {
	case len(p.Scope) != 1 || !p.Scope[0].Addr().Is4():
		return nil, errors.New("a whole dnsmasq.conf needs one IPv4 scope")
	case !r.RangeLow.Is4() || !r.RangeHigh.Is4():
		return nil, errors.New("a whole dnsmasq.conf needs a range of IPv4 addresses")
	case !p.Scope[0].Contains(r.RangeLow) || !p.Scope[0].Contains(r.RangeHigh):
		return nil, fmt.Errorf("range %s-%s is not in scope %s", r.RangeLow, r.RangeHigh, p.Scope[0])
	}
	head := []string{"port=0"}
	if r.Interface != "" {
		name, ok := Quote([]byte(r.Interface))
		if !ok {
			return nil, fmt.Errorf("interface %q cannot be written", r.Interface)
		}
		head = append(head, "interface="+name, "bind-interfaces")
	}
	return append(head,
		fmt.Sprintf("dhcp-range=%s,%s,%s,1h", r.RangeLow, r.RangeHigh, netmask(p.Scope[0])),
		"dhcp-authoritative"), nil
}

func netmask(n netip.Prefix) string {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{255, 255, 255, 255}), n.Bits()).Masked().Addr().String()
}

// Expect asks the model what a file sends; it is read at the first question.
func Expect(file func() string) func(dhcpopts.Client) dhcpopts.Answer {
	config := sync.OnceValue(func() *Config {
		c, err := Parse(file())
		if err != nil {
			return &Config{} // not reached: every value was read back when it was written
		}
		return c
	})
	return func(cl dhcpopts.Client) dhcpopts.Answer { return config().Answer(cl) }
}

// InFile writes a plan as a part of a file, with a word on its scope, and
// returns the ranges that such a file is taken to have: those of the scope.
func InFile(p *plan.Plan, carries func(string) bool) (b Body, ranges string) {
	b = Lines(p, Medium{Guard: len(p.Scope) > 0, Carries: carries})
	if len(p.Scope) > 0 {
		head, note := scopeHead(p.Scope)
		b.Lines = append(head, b.Lines...)
		b.Notes = append(b.Notes, note)
	}
	return b, Ranges(p.Scope)
}

// Ranges are dhcp-range lines that a file for these networks is taken to have: a
// part of a file has none of its own.
func Ranges(scope []netip.Prefix) string {
	if len(scope) == 0 {
		return "dhcp-range=0.0.0.0,static,0.0.0.0\n"
	}
	var b strings.Builder
	for _, n := range scope {
		if n.Addr().Is4() {
			fmt.Fprintf(&b, "dhcp-range=%s,static,%s\n", n.Masked().Addr(), netmask(n))
		}
	}
	return b.String()
}
