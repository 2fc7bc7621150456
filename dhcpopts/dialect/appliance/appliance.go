package appliance

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// losses collects what a plan wants and a language cannot say, a Note for each
// feature and reason.
type losses struct{ dialect.NoteList }

// can and cannot build a Support table: support(can(evidence, features...),
// cannot("why", features...)). A feature named twice keeps the later row.
func can(e dialect.Evidence, features ...dialect.Feature) map[dialect.Feature]dialect.Support {
	return rows(dialect.Support{Can: true, Evidence: e}, features)
}

// That a language lacks something is read from what its documents do not
// mention, so it is never more than unverified.
func cannot(why string, features ...dialect.Feature) map[dialect.Feature]dialect.Support {
	return rows(dialect.Support{Evidence: dialect.Unverified, Note: why}, features)
}

func rows(s dialect.Support, features []dialect.Feature) map[dialect.Feature]dialect.Support {
	m := map[dialect.Feature]dialect.Support{}
	for _, f := range features {
		m[f] = s
	}
	return m
}

func support(parts ...map[dialect.Feature]dialect.Support) map[dialect.Feature]dialect.Support {
	all := map[dialect.Feature]dialect.Support{}
	for _, p := range parts {
		maps.Copy(all, p)
	}
	return all
}

// everyForm is what a target can say in each of its forms.
func everyForm(s map[dialect.Feature]dialect.Support) map[dialect.Feature]dialect.Support {
	all := map[dialect.Feature]dialect.Support{}
	for f, row := range s {
		row.Can = row.Can && row.Forms == nil
		all[f] = row
	}
	return all
}

// needs lists the features that a condition asks of a language, beyond "a PXE
// client".
func needs(c plan.Case) []dialect.Feature {
	var f []dialect.Feature
	add := func(x dialect.Feature, needed bool) {
		if needed {
			f = append(f, x)
		}
	}
	add(dialect.FeatHosts, c.Host || c.Cond.MAC != nil)
	add(dialect.FeatHTTP, c.Cond.Class == dhcpopts.ClassHTTP)
	add(dialect.FeatArch, c.Cond.Archs != nil)
	add(dialect.FeatIPXE, c.Cond.Stage != dhcpopts.AnyStage)
	add(dialect.FeatUserClass, c.Cond.UserClass != "")
	add(dialect.FeatUUID, c.Cond.UUID != nil)
	add(dialect.FeatVendorClass, c.Cond.Class != dhcpopts.ClassPXE && c.Cond.Class != dhcpopts.ClassHTTP)
	return f
}

// everyone picks the answer of a language that has one for all clients of a
// network: the first rule with the fewest conditions, never one for a single
// machine, for iPXE or for HTTP, whose file no other machine could start. All
// other rules are lost. It reports false when nothing is left to write.
func everyone(p *plan.Plan, l *losses) (plan.Case, bool) {
	cases := p.Cases()
	best := -1
	for i, c := range cases {
		single := c.Host || c.Cond.MAC != nil || c.Cond.UUID != nil || c.Cond.UserClass != ""
		if single || c.Cond.Stage == dhcpopts.IPXEStage || c.Cond.Class == dhcpopts.ClassHTTP {
			continue
		}
		if best < 0 || len(needs(c)) < len(needs(cases[best])) {
			best = i
		}
	}
	for i, c := range cases {
		l.conditions(c, i == best, len(cases))
	}
	if best < 0 {
		return plan.Case{}, false
	}
	return cases[best], true
}

// conditions loses what a rule asks of a language that has no conditions.
// chosen: the rule is written, for everyone.
func (l *losses) conditions(c plan.Case, chosen bool, of int) {
	what := "is left out"
	if chosen {
		what = "is written for every client"
	}
	features := needs(c)
	if !chosen && len(features) == 0 || chosen && of > 1 && len(features) == 0 {
		features = []dialect.Feature{dialect.FeatArch}
	}
	for _, f := range features {
		l.Add(f, "one network has one answer, so %s (%s) %s", c.Origin, describe(c.Cond), what)
	}
}

// laptop loses "a laptop gets nothing", the note of a language that cannot ask
// for a vendor class.
func (l *losses) laptop(server string) {
	l.Add(dialect.FeatLaptop, "%s cannot limit options to PXE clients: every client of the network is told the boot server and file; "+
		"a laptop that does not boot from the network ignores them", server)
}

// describe says in words whom a condition takes.
func describe(c plan.Cond) string {
	parts := []string{c.Class}
	if c.Archs != nil {
		var names []string
		for _, a := range c.Archs {
			names = append(names, a.String())
		}
		parts = []string{strings.Join(names, ", ")}
	}
	if c.Stage != dhcpopts.AnyStage {
		parts = append(parts, "stage "+string(c.Stage))
	}
	if c.UserClass != "" {
		parts = append(parts, fmt.Sprintf("user class %q", c.UserClass))
	}
	if c.MAC != nil {
		parts = append(parts, "MAC "+colonHex(c.MAC))
	}
	if c.UUID != nil {
		parts = append(parts, fmt.Sprintf("UUID %x", c.UUID))
	}
	return strings.Join(parts, ", ")
}

func colonHex(b []byte) string {
	return dhcpopts.FormatHex(dhcpopts.HexColon, b)
}

// without takes options out of an answer. The options of the result are its own.
func without(a dhcpopts.Answer, codes ...uint8) dhcpopts.Answer {
	a.Options = slices.DeleteFunc(slices.Clone(a.Options), func(o dhcpopts.Option) bool { return slices.Contains(codes, o.Code) })
	return a
}

// refuse43 takes option 43 out of an answer that would go to everyone: it steers
// access points and phones too. Option 60 goes with it, which only tells PXE
// clients to heed 43.
func refuse43(a dhcpopts.Answer, l *losses) dhcpopts.Answer {
	if a.Instances(dhcpopts.OptVendor) == 0 {
		return a
	}
	l.Add(dialect.FeatPXE43, "option 43 would reach access points and phones too, which read it in their own way")
	return without(a, dhcpopts.OptVendor, dhcpopts.OptClass)
}

// closed reports whether a value ends in NUL.
func closed(b []byte) bool { return bytes.HasSuffix(b, []byte{0}) }

// printable reports whether a value is ASCII without control characters.
func printable(b []byte) bool {
	return !bytes.ContainsFunc(b, func(r rune) bool { return r < ' ' || r > '~' })
}
