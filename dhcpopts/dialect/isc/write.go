package isc

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// Write renders a plan as dhcpd.conf: a part to paste, or with Full a whole
// file. Expect reads the text back with [Parse].
func Write(p *plan.Plan, req dialect.Request) (dialect.Output, error) {
	w := &writer{plan: p, req: req, cases: p.Cases()}
	if err := w.check(); err != nil {
		return dialect.Output{}, err
	}
	w.losses()
	text := w.text()
	return dialect.Output{
		Text: text, Notes: w.notes(), Lost: w.lost, Expect: w.expect(text), Evidence: dialect.Wire,
		Check: "dhcpd -t -cf /etc/dhcp/dhcpd.conf",
	}, nil
}

type writer struct {
	plan  *plan.Plan
	req   dialect.Request
	cases []plan.Case
	lost  []dialect.Note
}

var errNoScope = errors.New("a whole dhcpd.conf needs the network it serves")

func (w *writer) check() error {
	switch {
	case len(w.plan.Rules)+len(w.plan.Hosts) == 0:
		return errors.New("the plan has no rules")
	case w.req.Full && len(w.plan.Scope) == 0:
		return errNoScope
	case w.req.As != "" && w.req.As != formIf && w.req.As != formClass:
		return fmt.Errorf("isc has no form %q", w.req.As)
	}
	low, high := w.req.RangeLow, w.req.RangeHigh
	inScope := func(s netip.Prefix) bool { return s.Contains(low) && s.Contains(high) }
	if w.req.Full && low.IsValid() && !slices.ContainsFunc(w.plan.Scope, inScope) {
		return fmt.Errorf("the range %s-%s is in none of the scopes", low, high)
	}
	for _, s := range w.plan.Scope {
		if !s.Addr().Is4() {
			return fmt.Errorf("dhcpd serves IPv4 networks here, not %q", s)
		}
	}
	for _, c := range w.cases {
		if c.Answer.HasServer() && !c.Answer.SIAddr.Is4() {
			return fmt.Errorf("%s: next-server must be an IPv4 address, not %q", c.Origin, c.Answer.SIAddr)
		}
	}
	return nil
}

// maxValue is about what an option can take of the largest message, 1500
// octets, beside the lease.
const maxValue = 1200

// own are options that dhcpd fills in itself or that steer the reply.
var own = []uint8{0, 50, dhcpopts.OptOverload, dhcpopts.OptMessageType, dhcpopts.OptServerID, dhcpopts.OptRequestList, dhcpopts.OptRelayAgent, dhcpopts.OptEnd}

// losses takes out of the cases what dhcpd cannot send.
func (w *writer) losses() {
	for i := range w.cases {
		c := &w.cases[i]
		if len(c.Answer.SName) > snameField {
			w.lose(dialect.FeatSName, "%s: the field sname holds %d octets, the name has %d", c.Origin, snameField, len(c.Answer.SName))
			c.Answer.SName = nil
		}
		if len(c.Answer.File) > fileField {
			w.lose(dialect.FeatFile, "%s: the field file holds %d octets, the name has %d", c.Origin, fileField, len(c.Answer.File))
			c.Answer.File = nil
		}
		c.Answer.Options = slices.DeleteFunc(slices.Clone(c.Answer.Options), func(o dhcpopts.Option) bool { return w.loses(c, o) })
	}
}

func (w *writer) loses(c *plan.Case, o dhcpopts.Option) bool {
	before := len(w.lost)
	switch {
	case slices.Contains(own, o.Code):
		w.lose(dialect.FeatOptions, "%s: option %d is dhcpd's own", c.Origin, o.Code)
	case len(o.Data) == 0:
		w.lose(dialect.FeatOptions, "%s: dhcpd does not send option %d without a value", c.Origin, o.Code)
	case len(o.Data) > maxValue:
		w.lose(dialect.FeatOptions, "%s: option %d has %d octets, more than a message takes", c.Origin, o.Code, len(o.Data))
	case c.Answer.Instances(o.Code) > 1:
		w.lose(dialect.FeatOptions, "%s: dhcpd sends option %d once, not %d times", c.Origin, o.Code, c.Answer.Instances(o.Code))
	}
	return len(w.lost) > before
}

func (w *writer) lose(f dialect.Feature, format string, args ...any) {
	w.lost = append(w.lost, dialect.Note{Feature: f, Text: fmt.Sprintf(format, args...)})
}

// notes are what an admin must know and the text cannot change.
func (w *writer) notes() []dialect.Note {
	notes := []dialect.Note{{Text: "a pool, class, group or host that sets filename, next-server or one of these options itself wins over this text"}}
	if w.req.As == formClass {
		notes[0].Text = "the class wins over subnets and pools, a group or host with settings of its own wins over the class"
	}
	if w.req.Full && !w.req.RangeLow.IsValid() {
		notes = append(notes, dialect.Note{Text: "without a range dhcpd leases no address and sends nothing: add one to each subnet"})
	}
	for _, c := range w.cases {
		for _, code := range []uint8{dhcpopts.OptTFTPServer, dhcpopts.OptBootFile} {
			if c.Answer.Instances(code) > 0 {
				return append(notes, dialect.Note{Feature: dialect.FeatNUL,
					Text: "dhcpd adds a NUL to 66 and 67 for a client that closes its own host name (option 12) with one; boot firmware sends no host name"})
			}
		}
	}
	return notes
}

// text is what is printed.
func (w *writer) text() string {
	inClass := w.req.As == formClass
	switch {
	case w.req.Full && inClass:
		return header(w.req) + oneClass(w.cases, w.plan.Scope) + subnets(w.plan.Scope, w.req, "")
	case w.req.Full:
		return header(w.req) + subnets(w.plan.Scope, w.req, chain("", w.cases))
	case inClass:
		return oneClass(w.cases, w.plan.Scope)
	}
	return chain(intoSubnet(w.plan.Scope), w.cases)
}

// whole puts what is printed into a file of its own, for the model.
func (w *writer) whole(text string) string {
	scopes := w.plan.Scope
	if len(scopes) == 0 {
		scopes = []netip.Prefix{exampleNetwork}
	}
	var b strings.Builder
	if w.req.Full {
		return text
	}
	if w.req.As == formClass {
		b.WriteString(text)
		text = ""
	}
	for _, s := range scopes {
		b.WriteString(subnets([]netip.Prefix{s}, dialect.Request{RangeLow: lowest(s), RangeHigh: lowest(s)}, text))
	}
	return b.String()
}

// exampleNetwork stands for the network of a plan without a scope (RFC 5737).
var exampleNetwork = netip.MustParsePrefix("192.0.2.0/24")

// expect reads the text when it is first asked: a plan with 100,000 hosts is
// printed without.
func (w *writer) expect(text string) func(dhcpopts.Client) dhcpopts.Answer {
	parse := sync.OnceValues(func() (*Config, error) { return Parse(w.whole(text)) })
	return func(c dhcpopts.Client) dhcpopts.Answer {
		config, err := parse()
		if err != nil {
			return dhcpopts.Answer{}
		}
		return config.Answer(c)
	}
}

// chain is the cases as one if/elsif: the first that holds is executed, so
// nothing of a later rule reaches an earlier rule's client. head stands before it.
func chain(head string, cases []plan.Case) string {
	var b strings.Builder
	b.WriteString(head)
	for i, c := range cases {
		word := "if"
		if i > 0 {
			word = "} elsif"
		}
		for _, term := range condition(c.Cond) {
			b.WriteString(word)
			b.WriteString(" ")
			b.WriteString(term)
			word = "\n    and"
		}
		b.WriteString(" {\n  # " + c.Origin + "\n")
		for _, line := range statements(c.Answer) {
			b.WriteString("  ")
			b.WriteString(line)
			b.WriteString("\n")
		}
		dialect.Reserve(&b, i+1, len(cases))
	}
	b.WriteString("}\n")
	return b.String()
}

// statements sets all an answer has.
func statements(a dhcpopts.Answer) []string {
	lines := make([]string, 0, 4+len(a.Options))
	if a.HasServer() {
		lines = append(lines, "next-server "+a.SIAddr.String()+";")
	}
	if len(a.File) > 0 {
		lines = append(lines, "filename "+Quote(a.File)+";")
	}
	if len(a.SName) > 0 {
		lines = append(lines, "server-name "+Quote(a.SName)+";")
	}
	for _, o := range a.Options {
		lines = append(lines, optionLine(o.Code, o.Data))
	}
	if len(a.Options) > 0 {
		lines = append(lines, forced(a.Options))
	}
	return lines
}

// oneClass is one class for all cases: of several that match, dhcpd would execute
// all. Classes are global, so a scope is a condition inside: the address that
// the client is leased.
func oneClass(cases []plan.Case, scope []netip.Prefix) string {
	var classes []string
	for _, c := range cases {
		if term := startsWith("option vendor-class-identifier", c.Cond.Class); !slices.Contains(classes, term) {
			classes = append(classes, term)
		}
	}
	body := chain("", cases)
	if within := inScope(scope); within != "" {
		body = "if " + within + " {\n" + indent(body) + "}\n"
	}
	return "class \"pxekit\" {\n  match if " + strings.Join(classes, "\n    or ") + ";\n" + indent(body) + "}\n"
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ") + "\n"
}
