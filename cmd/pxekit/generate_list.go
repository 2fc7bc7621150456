package main

import (
	"fmt"
	"slices"
	"strings"

	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/targets"
	"pxekit/internal/jsonout"
)

// listTargets prints what each target can say, or only what the named one can.
func (g *generate) listTargets(args []string) error {
	list := targets.All
	if len(args) > 0 {
		target, _, err := findForm(args[0], g.as)
		if err != nil {
			return err
		}
		list = []dialect.Target{target}
	}
	if g.json {
		return g.ui.json(g.out, jsonout.TargetsOf(list))
	}
	var b strings.Builder
	for _, t := range list {
		describe(&b, t)
	}
	return g.write(g.out, b.String())
}

// describe prints one target: name, forms, what it can and cannot say.
func describe(b *strings.Builder, t dialect.Target) {
	fmt.Fprintf(b, "%s: %s\n", t.Name, t.Title)
	for i, f := range t.Forms {
		if i == 0 {
			fmt.Fprintf(b, "  --as %s (default): %s\n", f.Name, f.Title)
			continue
		}
		fmt.Fprintf(b, "  --as %s: %s\n", f.Name, f.Title)
	}
	can, cannot := features(t)
	for _, e := range []dialect.Evidence{dialect.Wire, dialect.Documented, dialect.Derived, dialect.Unverified} {
		if len(can[e]) > 0 {
			fmt.Fprintf(b, "  can say (%s): %s\n", e, strings.Join(can[e], ", "))
		}
	}
	for _, c := range cannot {
		fmt.Fprintf(b, "  cannot say: %s\n", c)
	}
}

// reason is why a target cannot say some features.
type reason struct {
	note     string
	features []string
}

func (r reason) String() string {
	text := strings.Join(r.features, ", ")
	if r.note != "" {
		text += " (" + r.note + ")"
	}
	return text
}

// features sorts a target's features into what it can say, by evidence, and
// what it cannot, by reason.
func features(t dialect.Target) (can map[dialect.Evidence][]string, cannot []reason) {
	can = map[dialect.Evidence][]string{}
	for _, f := range dialect.Features {
		s := t.Support[f]
		if s.Can {
			can[s.Evidence] = append(can[s.Evidence], string(f))
			continue
		}
		i := slices.IndexFunc(cannot, func(r reason) bool { return r.note == s.Note })
		if i < 0 {
			i, cannot = len(cannot), append(cannot, reason{note: s.Note})
		}
		cannot[i].features = append(cannot[i].features, string(f))
	}
	return can, cannot
}
