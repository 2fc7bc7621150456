package dialect

import (
	"slices"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

// Once wraps a target whose config holds an option once: a second setting takes
// the place of the first, or makes the server refuse both. Of what a rule wants
// several times the first is written and the rest is Lost.
func Once(t Target) Target {
	write := t.Write
	t.Write = func(p *plan.Plan, r Request) (Output, error) {
		var lost NoteList
		out, err := write(withoutRepeats(p, t.Title, &lost), r)
		out.Lost = append(out.Lost, lost.Notes...)
		return out, err
	}
	return t
}

// withoutRepeats is the plan with each rule's options once; p itself when they are.
func withoutRepeats(p *plan.Plan, title string, lost *NoteList) *plan.Plan {
	rules, hosts := firsts(p.Rules, title, lost), firsts(p.Hosts, title, lost)
	if len(lost.Notes) == 0 {
		return p
	}
	once := *p
	once.Rules, once.Hosts = rules, hosts
	return &once
}

// firsts keeps the first of each option of each rule. The rules are a copy only
// when one of them changes.
func firsts(rules []plan.Rule, title string, lost *NoteList) []plan.Rule {
	kept := rules
	for i, r := range rules {
		var once []dhcpopts.Option
		for _, o := range r.Options {
			if slices.ContainsFunc(once, func(x dhcpopts.Option) bool { return x.Code == o.Code }) {
				lost.Add(OptionFeature(o.Code), "option %d is written once: %s is not known to send it again", o.Code, title)
				continue
			}
			once = append(once, o)
		}
		if len(once) < len(r.Options) {
			if &kept[0] == &rules[0] {
				kept = slices.Clone(rules)
			}
			kept[i].Options = once
		}
	}
	return kept
}
