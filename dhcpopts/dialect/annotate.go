package dialect

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

// HostsShown is how many single machines an annotation goes through. A plan can
// have a hundred thousand; their answers are all made the same way.
const HostsShown = 3

// Annotate says what a person should know about an output before it is pasted:
// where it goes, which machines get which file in which bytes, who gets nothing,
// what the server bends, how to check it and how to take it back. One element a
// line, indented by blanks, without comment marks; no line holds a byte that is
// not printable.
func Annotate(p *plan.Plan, t Target, form Form, out Output) []string {
	a := annotation{cases: p.Head(HostsShown).Cases(), hosts: len(p.Hosts), out: out}
	a.add("pxekit: boot options for %s, %s", t.Title, form.Title)
	a.lined("Where", out.Where)
	switch {
	case out.Expect == nil || a.silent():
		a.add("")
		a.add("This text tells no client anything itself; see the notes.")
	default:
		a.groups()
		a.nobody()
	}
	a.notes()
	a.add("")
	a.add("Evidence: %s", evidenceText[out.Evidence])
	a.commands()
	return a.lines
}

var evidenceText = map[Evidence]string{
	Wire:       "on the wire: the real server was asked in tests, and these are its bytes",
	Documented: "documented by the vendor, not measured",
	Derived:    "derived from the server below it, not measured on the product",
	Unverified: "unverified: no document was found, check with a capture",
}

type annotation struct {
	cases []plan.Case // of the rules and the hosts shown
	hosts int         // in all
	out   Output
	lines []string
}

func (a *annotation) add(format string, args ...any) {
	a.lines = append(a.lines, fmt.Sprintf(format, args...))
}

// silent reports whether no rule's machine is told anything: a relay names the
// server that answers, and stays out of it.
func (a *annotation) silent() bool {
	for _, c := range a.rules() {
		if client, ok := a.sample(c); ok && a.fate(client) != nothing {
			return false
		}
	}
	return len(a.rules()) > 0
}

// groups writes a paragraph for each case that some machine reaches.
func (a *annotation) groups() {
	for _, c := range a.cases {
		if client, ok := a.sample(c); ok {
			a.group(c, client)
		}
	}
	if more := a.hosts - HostsShown; more > 0 {
		a.add("")
		a.add("… and %d more single machines, each its own answer", more)
	}
}

// sample is a machine that reaches a case; ok is false when an earlier case
// takes every one.
func (a *annotation) sample(c plan.Case) (dhcpopts.Client, bool) {
	for _, client := range samples(c.Cond) {
		if _, origin, ok := plan.AnswerOf(a.rules(), client); c.Host || ok && origin == c.Origin {
			return client, true
		}
	}
	return dhcpopts.Client{}, false
}

// rules are the cases after the hosts, which are single machines and stand
// first.
func (a *annotation) rules() []plan.Case {
	first := slices.IndexFunc(a.cases, func(c plan.Case) bool { return !c.Host })
	if first < 0 {
		return nil
	}
	return a.cases[first:]
}

func (a *annotation) group(c plan.Case, client dhcpopts.Client) {
	got := a.out.Expect(client)
	a.add("")
	a.add("%s: %s", c.Origin, Who(c.Cond))
	a.add("  server %s, file %s", server(got), fileText(got))
	for _, o := range got.Options {
		a.add("  option %d: %s", o.Code, valueText(o.Data))
	}
	for _, text := range Differences(c.Answer, got) {
		a.add("  differs from the plan: %s", text)
	}
	if text := a.unasked(client, got); text != "" {
		a.add("  %s", text)
	}
}

// unasked says what a client loses that does not list it in option 55.
func (a *annotation) unasked(client dhcpopts.Client, full dhcpopts.Answer) string {
	client.RequestList = dhcpopts.ShortRequestList
	short := Differences(full, a.out.Expect(client))
	if len(short) == 0 {
		return ""
	}
	return "for a client that does not ask for them (option 55): " + strings.Join(short, "; ")
}

// fileText is the boot file a client finds, and where.
func fileText(a dhcpopts.Answer) string {
	option, sent := a.Get(dhcpopts.OptBootFile)
	option = bytes.TrimRight(option, "\x00")
	switch header := dhcpopts.SafeText(a.File); {
	case len(a.File) == 0 && !sent:
		return "none"
	case len(a.File) == 0:
		return dhcpopts.SafeText(option) + " (option 67 alone)"
	case !sent:
		return header + " (header alone)"
	case bytes.Equal(a.File, option):
		return header
	default:
		return header + " in the header, " + dhcpopts.SafeText(option) + " in option 67"
	}
}

// valueText is a value in hex, and as text where it is text.
func valueText(value []byte) string {
	text := bytes.TrimRight(value, "\x00")
	if len(text) == 0 || dhcpopts.SafeText(text) != string(text) {
		return spaced(value)
	}
	return spaced(value) + "  " + quote(text)
}

func (a *annotation) notes() {
	for _, n := range a.out.Notes {
		a.add("")
		a.add("Note: %s", Printable(n.Text))
	}
	for _, n := range a.out.Lost {
		a.add("")
		a.add("Left out (%s): %s", n.Feature, Printable(n.Text))
	}
}

func (a *annotation) commands() {
	a.lined("Check", a.out.Check)
	a.lined("Take back", a.out.Undo)
}

// lined writes a text that may have several lines, such as commands one a line.
func (a *annotation) lined(label, text string) {
	if text == "" {
		return
	}
	first, rest, more := strings.Cut(text, "\n")
	if !more {
		a.add("%s: %s", label, Printable(first))
		return
	}
	a.add("%s:", label)
	for _, line := range append([]string{first}, strings.Split(rest, "\n")...) {
		a.add("  %s", Printable(line))
	}
}
