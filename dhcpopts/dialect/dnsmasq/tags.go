package dnsmasq

import (
	"maps"
	"strings"
)

// tagSet is the tags a request has.
type tagSet map[string]bool

// holds reports whether all conditions are met; "!x" is x's absence. Without
// conditions it is what the caller says (dhcp-common.c, match_netid).
func (t tagSet) holds(conditions []string, whenNone bool) bool {
	if len(conditions) == 0 {
		return whenNone
	}
	for _, c := range conditions {
		name, negated := condition(c)
		if t[name] == negated {
			return false
		}
	}
	return true
}

// holdsWild is holds for tag-if, where a name may end in *.
func (t tagSet) holdsWild(conditions []string) bool {
	for _, c := range conditions {
		name, negated := condition(c)
		if t.has(name) == negated {
			return false
		}
	}
	return true
}

func (t tagSet) has(name string) bool {
	prefix, wild := strings.CutSuffix(name, "*")
	if !wild {
		return t[name]
	}
	for tag := range t {
		if strings.HasPrefix(tag, prefix) {
			return true
		}
	}
	return false
}

func condition(c string) (name string, negated bool) {
	if c != "" && (c[0] == '!' || c[0] == '#') {
		return c[1:], true
	}
	return c, false
}

// withTagIfs runs the tag-if lines in file order on a copy: each sees what those
// before it set.
func (c *Config) withTagIfs(tags tagSet) tagSet {
	all := maps.Clone(tags)
	for _, t := range c.tagIfs {
		if all.holdsWild(t.need) {
			for _, s := range t.set {
				all[s] = true
			}
		}
	}
	return all
}

// selection is the options that go with a request's tags.
type selection struct {
	chosen map[*option]bool
	taken  map[int]bool // codes that a chosen option has
}

// choose picks the options, and returns the tags with those of the range
// (dhcp-common.c, option_filter). A tagged option beats an untagged one of the
// same code, one that holds without the range's tag beats one that needs it, and
// of equals the last line of the file.
func (c *Config) choose(tags tagSet, rangeTag string) (selection, tagSet) {
	s := selection{map[*option]bool{}, map[int]bool{}}
	all := c.withTagIfs(tags)
	s.add(c.options, func(o *option) bool { return all.holds(o.tags, false) })
	if rangeTag != "" {
		with := maps.Clone(tags)
		with[rangeTag] = true
		all = c.withTagIfs(with)
		s.keep(func(o *option) bool { return all.holds(o.tags, false) })
		s.add(c.options, func(o *option) bool { return all.holds(o.tags, false) })
	}
	s.add(c.options, func(o *option) bool { return len(o.tags) == 0 })
	return s, all
}

// add takes the options that fit, the first of each code.
func (s *selection) add(options []*option, fits func(*option) bool) {
	for _, o := range options {
		if !o.nested() && !s.taken[o.code] && fits(o) {
			s.chosen[o], s.taken[o.code] = true, true
		}
	}
}

func (s *selection) keep(fits func(*option) bool) {
	for o := range s.chosen {
		if !fits(o) {
			delete(s.chosen, o)
			delete(s.taken, o.code)
		}
	}
}
