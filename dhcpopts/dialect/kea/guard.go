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
func (e *entry) test() string {
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
func entries(cases []plan.Case) []*entry {
	out := make([]*entry, 0, len(cases))
	g := grouping{cases: cases, open: map[string][]*entry{}, seen: map[string][]int{}}
	for i, c := range cases {
		e := &entry{name: "pxekit-" + strings.ReplaceAll(c.Origin, " ", "-"), cond: c.Cond, answer: c.Answer, origin: c.Origin}
		if i > 0 && cases[i-1].Origin == c.Origin {
			e.name += "-http" // a rule for PXE and HTTP types is two cases
		}
		if !g.alone(c.Cond) {
			clear(g.open) // what comes later must not move in front of this
			out = append(out, e)
			continue
		}
		g.seen[string(c.Cond.MAC)] = append(g.seen[string(c.Cond.MAC)], i)
		e.macs, e.cond.MAC = [][]byte{c.Cond.MAC}, nil
		if same := g.like(e); same != nil {
			same.macs = append(same.macs, c.Cond.MAC)
			continue
		}
		out = append(out, e)
	}
	return out
}

// grouping remembers which entries still take addresses, and which cases have
// taken an address.
type grouping struct {
	cases []plan.Case
	open  map[string][]*entry
	seen  map[string][]int
}

// alone reports whether a condition is told apart from all before it by its
// address.
func (g grouping) alone(c plan.Cond) bool {
	if len(c.MAC) != wholeMAC {
		return false
	}
	return !slices.ContainsFunc(g.seen[string(c.MAC)], func(i int) bool { return !disjoint(g.cases[i].Cond, c) })
}

// like returns an open entry that differs from e in the addresses only. If there
// is none, e is open from now on.
func (g grouping) like(e *entry) *entry {
	key := e.cond.Class + "\x00" + string(e.answer.File) + "\x00" + e.answer.SIAddr.String()
	for _, o := range g.open[key] {
		if reflect.DeepEqual(o.cond, e.cond) && reflect.DeepEqual(o.answer, e.answer) {
			return o
		}
	}
	g.open[key] = append(g.open[key], e)
	return nil
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
func (e *entry) compete(o *entry) bool {
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
	entries []*entry // an entry without origin stands for those before it
	last    int      // entries before this are in the latest fold
	fold    string
}

// guard gives each entry its guards.
func guard(list []*entry) []*entry {
	g := guarded{entries: make([]*entry, 0, len(list))}
	earlier := newKeyed()
	for _, e := range list {
		e.guards = earlier.rivals(e)
		if len(e.guards) > guardMax {
			e.guards = []string{g.standIn()}
		}
		g.entries = append(g.entries, e)
		earlier.add(e)
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
	g.entries = append(g.entries, &entry{name: g.fold, guards: taken})
	g.last = len(g.entries)
	return g.fold
}

// keyed finds the entries that may compete without looking at all: of two for
// whole addresses, or for UUIDs, only those that share one do.
type keyed struct {
	entries            []*entry
	byMAC, byUUID      map[string][]int
	macs, uuids, loose []int // by what tells an entry apart
}

func newKeyed() *keyed { return &keyed{byMAC: map[string][]int{}, byUUID: map[string][]int{}} }

func (k *keyed) add(e *entry) {
	i := len(k.entries)
	k.entries = append(k.entries, e)
	switch {
	case e.macs != nil:
		k.macs = append(k.macs, i)
		for _, m := range e.macs {
			k.byMAC[string(m)] = append(k.byMAC[string(m)], i)
		}
	case e.cond.UUID != nil:
		k.uuids = append(k.uuids, i)
		k.byUUID[string(e.cond.UUID)] = append(k.byUUID[string(e.cond.UUID)], i)
	default:
		k.loose = append(k.loose, i)
	}
}

// candidates are lists of entries, all that may compete with e among them.
func (k *keyed) candidates(e *entry) [][]int {
	switch {
	case e.macs != nil:
		all := [][]int{k.loose, k.uuids}
		for _, m := range e.macs {
			all = append(all, k.byMAC[string(m)])
		}
		return all
	case e.cond.UUID != nil:
		return [][]int{k.loose, k.macs, k.byUUID[string(e.cond.UUID)]}
	}
	return [][]int{k.loose, k.macs, k.uuids}
}

// rivals names the entries that compete with e, in order; it stops when there are
// more than guardMax.
func (k *keyed) rivals(e *entry) (names []string) {
	var found []int
	for _, list := range k.candidates(e) {
		for _, i := range list {
			if len(found) > guardMax {
				break
			}
			if e.compete(k.entries[i]) && !slices.Contains(found, i) {
				found = append(found, i)
			}
		}
	}
	slices.Sort(found)
	for _, i := range found {
		names = append(names, k.entries[i].name)
	}
	return names
}
