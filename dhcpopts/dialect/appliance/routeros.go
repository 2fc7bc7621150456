package appliance

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// RouterOS is the DHCP server of MikroTik ("DHCP", RouterOS documentation;
// "Manual:IP/DHCP Server" for v6). siaddr and the header file belong to a
// network and go to all its clients. Options are sent to clients that request
// them; in v7 force=yes sends them to all. A matcher of v7 picks a set of
// options by the beginning of option 60 (matching-type=substring, 7.16). Which of
// two matchers that hold wins is not documented, so rules that overlap are lost.
var RouterOS = dialect.Target{
	Name: "routeros", Title: "MikroTik RouterOS", Comment: "#",
	Forms: []dialect.Form{{Name: "v7", Title: "7.16 and later, with matchers"}, {Name: "v6", Title: "6.8 and later"}},
	Write: writeRouterOS, Spell: spellRouterOS, Read: readRouterOSValue,
	Support: routerosSupport,
}

var routerosSupport = support(
	can(dialect.Documented, dialect.Feat66, dialect.Feat67, dialect.FeatNUL, dialect.FeatScope, dialect.FeatOptions),
	inForm("v7", "v6 has no matchers", dialect.Unverified, dialect.FeatArch, dialect.FeatHTTP, dialect.FeatVendorClass),
	inForm("v7", "v6 sends option 43 to every client", dialect.Unverified, dialect.FeatPXE43),
	inForm("v7", "v6 sends options to clients that request them", dialect.Unverified, dialect.FeatUnasked),
	cannot("a network has one next-server: it is written when all rules agree, and goes to every client", dialect.FeatSIAddr),
	cannot("a network has one boot-file-name: it is written when all rules agree, and goes to every client", dialect.FeatFile),
	cannot("next-server and boot-file-name go to every client of the network", dialect.FeatLaptop),
	cannot("there is no field for sname", dialect.FeatSName),
	cannot("which of two matchers wins is not documented", dialect.FeatIPXE, dialect.FeatUserClass, dialect.FeatHosts),
	cannot("a matcher compares one option", dialect.FeatUUID),
)

// rosRule is a set of options and the beginnings of option 60 it goes to; none:
// everyone.
type rosRule struct {
	label   string
	classes []string
	options []dhcpopts.Option
}

func writeRouterOS(p *plan.Plan, r dialect.Request) (dialect.Output, error) {
	if len(p.Scope) == 0 {
		return dialect.Output{}, errors.New("routeros has no form without a scope: siaddr and boot file belong to a network")
	}
	var l losses
	var notes []dialect.Note
	head := dhcpopts.Answer{}
	var rules []rosRule
	if r.As == "v6" {
		if c, ok := everyone(p, &l); ok {
			head = refuse43(c.Answer, &l)
			rules = []rosRule{{label: "all", options: fitting(head.Options, &l)}}
		}
		notes = append(notes, dialect.Note{Feature: dialect.FeatUnasked, Text: "options go to clients that request them, as all boot firmware does"})
		l.rest(p, noted(everyForm(routerosSupport), dialect.FeatSIAddr, dialect.FeatFile))
	} else {
		var cases []plan.Case
		cases, rules = matchers(p, &l)
		head = agreed(cases, &l)
	}
	headerNotes(head, rules, &l, &notes)
	if len(rules) > 0 && len(head.SName) > 0 {
		l.Add(dialect.FeatSName, "%s", routerosSupport[dialect.FeatSName].Note)
	}
	text := rosText(p.Scope, head, rules)
	back, err := readROS(text)
	return dialect.Output{
		Text: text, Notes: notes, Lost: l.Notes, Expect: back.answer, Evidence: dialect.Unverified,
		Where: rosWhere(r.As),
		Check: "/ip dhcp-server option print detail  (raw-value is what is sent)",
		Undo: "/ip dhcp-server matcher remove [find name~\"^pxekit\"]; /ip dhcp-server option sets remove [find name~\"^pxekit\"]; " +
			"/ip dhcp-server option remove [find name~\"^pxekit\"]" + rosUndo(p.Scope),
	}, err
}

func rosWhere(form string) string {
	if form == "v6" {
		return "at the command line of the router"
	}
	return "at the command line of the router; put the names of your DHCP server and its address pool in place of dhcp1 and pool1"
}

// rosUndo empties the header of the networks that were written.
func rosUndo(scopes []netip.Prefix) string {
	var b strings.Builder
	for _, n := range scopes {
		fmt.Fprintf(&b, "; /ip dhcp-server network unset [find address=%s] next-server,boot-file-name,dhcp-option-set", n.Masked())
	}
	return b.String()
}

// headerNotes says that the header goes to everyone. siaddr alone tells a laptop
// of no file, so only the file and options without a matcher are a loss.
func headerNotes(head dhcpopts.Answer, rules []rosRule, l *losses, notes *[]dialect.Note) {
	toAll := slices.ContainsFunc(rules, func(r rosRule) bool { return r.classes == nil && len(r.options) > 0 })
	if len(head.File) > 0 || toAll {
		l.laptop("a network of RouterOS")
	}
	if len(head.File) > 0 && !toAll {
		*notes = append(*notes, dialect.Note{Text: "with --via option the file goes to PXE clients alone, in option 67"})
	}
	*notes = append(*notes,
		dialect.Note{Feature: dialect.FeatSIAddr, Text: routerosSupport[dialect.FeatSIAddr].Note},
		dialect.Note{Feature: dialect.FeatFile, Text: routerosSupport[dialect.FeatFile].Note})
}

// matchers turns the cases that a matcher can tell apart into rules.
func matchers(p *plan.Plan, l *losses) ([]plan.Case, []rosRule) {
	var cases []plan.Case
	var rules []rosRule
	var taken []string
	for _, c := range p.Cases() {
		if !matchable(c, l) {
			continue
		}
		rule := rosRule{label: fmt.Sprint(len(rules) + 1), options: fitting(c.Answer.Options, l)}
		for _, class := range classStarts(c.Cond) {
			overlaps := func(t string) bool { return strings.HasPrefix(t, class) || strings.HasPrefix(class, t) }
			if slices.ContainsFunc(taken, overlaps) {
				l.Add(dialect.FeatArch, "%s: the matcher for %q would overlap an earlier one, and which wins is not documented", c.Origin, class)
				continue
			}
			rule.classes = append(rule.classes, class)
		}
		if rule.classes != nil {
			taken = append(taken, rule.classes...)
			cases, rules = append(cases, c), append(rules, rule)
		}
	}
	return cases, rules
}

// fitting are the options that can be sent as one.
func fitting(options []dhcpopts.Option, l *losses) []dhcpopts.Option {
	var out []dhcpopts.Option
	for _, o := range options {
		if err := fits(o.Code, o.Data); err != nil {
			l.Add(dialect.OptionFeature(o.Code), "%v", err)
			continue
		}
		out = append(out, o)
	}
	return out
}

// matchable reports whether option 60 alone tells a case; what it asks beyond
// that is lost.
func matchable(c plan.Case, l *losses) bool {
	for _, f := range needs(c) {
		switch f {
		case dialect.FeatHosts, dialect.FeatIPXE, dialect.FeatUserClass, dialect.FeatUUID:
			l.Add(f, "%s (%s) is left out: %s", c.Origin, describe(c.Cond), routerosSupport[f].Note)
			if len(c.Answer.SName) > 0 {
				l.Add(dialect.FeatSName, "%s", routerosSupport[dialect.FeatSName].Note)
			}
			return false
		case dialect.FeatVendorClass:
			if c.Cond.Archs != nil {
				l.Add(dialect.FeatArch, "%s is left out: a matcher compares one option, not vendor class and architecture", c.Origin)
				return false
			}
		}
	}
	return true
}

// classStarts are the beginnings of option 60 of a condition's clients: firmware
// repeats its type there as five decimal digits.
func classStarts(c plan.Cond) []string {
	if c.Archs == nil {
		return []string{c.Class}
	}
	var starts []string
	for _, a := range c.Archs {
		starts = append(starts, fmt.Sprintf("%s:Arch:%05d", c.Class, uint16(a)))
	}
	return starts
}

// agreed is the header that all cases share; what they do not share is lost.
func agreed(cases []plan.Case, l *losses) dhcpopts.Answer {
	var head dhcpopts.Answer
	if len(cases) == 0 {
		return head
	}
	head.SIAddr, head.File = cases[0].Answer.SIAddr, cases[0].Answer.File
	for _, c := range cases {
		if c.Answer.SIAddr != head.SIAddr {
			head.SIAddr = netip.Addr{}
			l.Add(dialect.FeatSIAddr, "the rules differ in their server, and %s", routerosSupport[dialect.FeatSIAddr].Note)
		}
		if string(c.Answer.File) != string(head.File) {
			head.File = nil
			l.Add(dialect.FeatFile, "the rules differ in their file (--via option leaves the header out), and %s", routerosSupport[dialect.FeatFile].Note)
		}
		if len(c.Answer.SName) > 0 {
			l.Add(dialect.FeatSName, "%s", routerosSupport[dialect.FeatSName].Note)
		}
	}
	return head
}

// rosText writes the commands.
func rosText(scopes []netip.Prefix, head dhcpopts.Answer, rules []rosRule) string {
	var b strings.Builder
	for _, r := range rules {
		var names []string
		for _, o := range r.options {
			name := fmt.Sprintf("pxekit-%s-%d", r.label, o.Code)
			force := ""
			if r.classes != nil {
				force = " force=yes"
			}
			names = append(names, name)
			fmt.Fprintf(&b, "/ip dhcp-server option add name=%s code=%d value=0x%x%s\n", name, o.Code, o.Data, force)
		}
		fmt.Fprintf(&b, "/ip dhcp-server option sets add name=pxekit-%s options=%s\n", r.label, strings.Join(names, ","))
		for i, class := range r.classes {
			fmt.Fprintf(&b, "/ip dhcp-server matcher add name=pxekit-%s-%d server=dhcp1 address-pool=pool1 code=60 matching-type=substring value=%s option-set=pxekit-%s\n",
				r.label, i+1, rosQuote([]byte(class)), r.label)
		}
	}
	for _, n := range scopes {
		var set string
		if head.HasServer() {
			set += " next-server=" + head.SIAddr.String()
		}
		if len(head.File) > 0 {
			set += " boot-file-name=" + rosQuote(head.File)
		}
		if len(rules) == 1 && rules[0].classes == nil {
			set += " dhcp-option-set=pxekit-" + rules[0].label
		}
		if set != "" {
			fmt.Fprintf(&b, "/ip dhcp-server network set [find address=%s]%s\n", n.Masked(), set)
		}
	}
	if b.Len() == 0 {
		return "# nothing of this plan can be said here\n"
	}
	return b.String()
}
