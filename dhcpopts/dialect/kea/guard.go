package kea

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

// entry is one class to be: the cases that share conditions and answer, told
// apart by whole MAC addresses only.
type entry struct {
	name   string
	cond   plan.Cond // without MAC when macs is set
	macs   [][]byte
	answer dhcpopts.Answer
	origin string
	guards []string // classes of earlier entries that must not have matched
}

// test is the entry's own condition behind its guards.
func (e entry) test() string {
	var terms []string
	for _, g := range e.guards {
		terms = append(terms, "not member('"+g+"')")
	}
	var macs []string
	for _, m := range e.macs {
		macs = append(macs, macTerm(m))
	}
	if macs != nil {
		terms = append(terms, anyOf(macs))
	}
	return strings.Join(append(terms, condition(e.cond)), " and ")
}

// entries names the cases and puts hosts with equal answers together: machines
// with different addresses never compete, so their order is free.
func entries(cases []plan.Case) []entry {
	out := make([]entry, 0, len(cases))
	g := grouping{open: map[string][]int{}, seen: map[string][]plan.Cond{}}
	for i, c := range cases {
		name := "pxekit-" + strings.ReplaceAll(c.Origin, " ", "-")
		if i > 0 && cases[i-1].Origin == c.Origin {
			name += "-http" // a rule for PXE and HTTP types is two cases
		}
		if at, ok := g.place(out, c); ok {
			out[at].macs = append(out[at].macs, c.Cond.MAC)
			continue
		}
		e := entry{name: name, cond: c.Cond, answer: c.Answer, origin: c.Origin}
		if g.groups(c) {
			e.macs, e.cond.MAC = [][]byte{c.Cond.MAC}, nil
			key := groupKey(e.cond, e.answer)
			g.open[key] = append(g.open[key], len(out))
			g.seen[string(c.Cond.MAC)] = append(g.seen[string(c.Cond.MAC)], c.Cond)
		} else {
			clear(g.open) // what comes later must not move in front of this
		}
		out = append(out, e)
	}
	return out
}

// grouping remembers which entries still take addresses, and which addresses
// were taken.
type grouping struct {
	open map[string][]int
	seen map[string][]plan.Cond
}

// groups reports whether a case is told apart from all before it by its address.
func (g grouping) groups(c plan.Case) bool {
	if len(c.Cond.MAC) != wholeMAC {
		return false
	}
	return !slices.ContainsFunc(g.seen[string(c.Cond.MAC)], func(o plan.Cond) bool { return !disjoint(o, c.Cond) })
}

func (g grouping) place(out []entry, c plan.Case) (at int, ok bool) {
	if !g.groups(c) {
		return 0, false
	}
	cond := c.Cond
	cond.MAC = nil
	for _, i := range g.open[groupKey(cond, c.Answer)] {
		if reflect.DeepEqual(out[i].cond, cond) && reflect.DeepEqual(out[i].answer, c.Answer) {
			g.seen[string(c.Cond.MAC)] = append(g.seen[string(c.Cond.MAC)], c.Cond)
			return i, true
		}
	}
	return 0, false
}

func groupKey(c plan.Cond, a dhcpopts.Answer) string {
	return c.Class + "\x00" + string(a.File) + "\x00" + a.SIAddr.String()
}

// disjoint reports that no client meets both conditions.
func disjoint(a, b plan.Cond) bool {
	return apart(a.Class, b.Class) || apart(string(a.MAC), string(b.MAC)) || apart(string(a.UUID), string(b.UUID)) ||
		a.Stage != b.Stage && a.Stage != dhcpopts.AnyStage && b.Stage != dhcpopts.AnyStage ||
		a.Archs != nil && b.Archs != nil && !slices.ContainsFunc(a.Archs, func(x dhcpopts.Arch) bool { return slices.Contains(b.Archs, x) })
}

// apart reports that nothing begins with both a and b.
func apart(a, b string) bool { return !strings.HasPrefix(a, b) && !strings.HasPrefix(b, a) }

// compete reports whether one client may meet both entries' conditions.
func (e entry) compete(o entry) bool {
	if disjoint(e.cond, o.cond) {
		return false
	}
	if e.macs != nil && o.macs != nil {
		for _, m := range e.macs {
			if slices.ContainsFunc(o.macs, func(x []byte) bool { return slices.Equal(m, x) }) {
				return true
			}
		}
		return false
	}
	return true
}

// guardMax is how many earlier classes a test names one by one. Above it a class
// of its own stands for all of them, so that the text grows with the plan and
// not with its square.
const guardMax = 8

// guarded is a list of entries with the classes that stand for many of them.
type guarded struct {
	entries []entry // an entry without origin stands for those before it
	last    int     // entries before this are in the latest fold
	fold    string
}

// guard gives each entry its guards.
func guard(list []entry) []entry {
	g := guarded{entries: make([]entry, 0, len(list))}
	index := newKeyed()
	for _, e := range list {
		rivals := index.rivals(list, e)
		if len(rivals) > guardMax {
			e.guards = []string{g.standIn()}
		} else {
			e.guards = rivals
		}
		g.entries = append(g.entries, e)
		index.add(e)
	}
	return g.entries
}

// standIn returns a class that takes whatever any entry so far has taken.
func (g *guarded) standIn() string {
	if g.last == len(g.entries) {
		return g.fold
	}
	var taken []string
	if g.fold != "" {
		taken = append(taken, g.fold)
	}
	for _, e := range g.entries[g.last:] {
		taken = append(taken, e.name)
	}
	g.fold = fmt.Sprintf("pxekit-taken-%d", len(g.entries))
	g.entries = append(g.entries, entry{name: g.fold, guards: taken})
	g.last = len(g.entries)
	return g.fold
}

// keyed finds the earlier entries that may compete without looking at all.
type keyed struct {
	byMAC map[string][]int
	loose []int // entries not told apart by address
	count int
}

func newKeyed() *keyed { return &keyed{byMAC: map[string][]int{}} }

func (k *keyed) add(e entry) {
	for _, m := range e.macs {
		k.byMAC[string(m)] = append(k.byMAC[string(m)], k.count)
	}
	if e.macs == nil {
		k.loose = append(k.loose, k.count)
	}
	k.count++
}

// rivals names earlier entries that compete with e, in order; it stops when
// there are more than guardMax.
func (k *keyed) rivals(list []entry, e entry) (names []string) {
	var candidates []int
	if e.macs == nil {
		candidates = upTo(k.count)
	} else {
		candidates = slices.Clone(k.loose)
		for _, m := range e.macs {
			candidates = append(candidates, k.byMAC[string(m)]...)
		}
		slices.Sort(candidates)
		candidates = slices.Compact(candidates)
	}
	for _, i := range candidates {
		if e.compete(list[i]) {
			names = append(names, list[i].name)
		}
		if len(names) > guardMax {
			break
		}
	}
	return names
}

func upTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}
