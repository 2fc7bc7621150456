package appliance

import (
	"slices"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// rest loses what a plan asks, a language lacks, and no writer has spoken of
// yet, with the reason in its Support table. "Sent unasked" and the closing NUL
// are left to the writer, as is the laptop when there is nothing to keep from it.
func (l *losses) rest(p *plan.Plan, s map[dialect.Feature]dialect.Support) {
	for _, f := range asked(p) {
		named := slices.ContainsFunc(l.Notes, func(n dialect.Note) bool { return n.Feature == f })
		if !s[f].Can && !named {
			l.Add(f, "%s", s[f].Note)
		}
	}
}

// asked lists the features that the answers and conditions of a plan need.
func asked(p *plan.Plan) []dialect.Feature {
	var all []dialect.Feature
	add := func(f dialect.Feature, needed bool) {
		if needed && !slices.Contains(all, f) {
			all = append(all, f)
		}
	}
	add(dialect.FeatScope, len(p.Scope) > 0)
	for _, c := range p.Cases() {
		for _, f := range needs(c) {
			add(f, true)
		}
		add(dialect.FeatSIAddr, c.Answer.HasServer())
		add(dialect.FeatFile, len(c.Answer.File) > 0)
		add(dialect.FeatSName, len(c.Answer.SName) > 0)
		for _, o := range c.Answer.Options {
			derived := o.Code == dhcpopts.OptClass && (c.Cond.Class == dhcpopts.ClassHTTP || c.Answer.Instances(dhcpopts.OptVendor) > 0)
			add(dialect.OptionFeature(o.Code), !derived)
		}
	}
	return all
}
