package dnsmasq

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// snameMax leaves the header field sname its closing NUL.
const snameMax = 63

// Body is a plan in dnsmasq lines, for dnsmasq.conf and for what writes it.
type Body struct {
	Lines []string // with "# …" comments; dhcp-range is not among them
	Notes []dialect.Note
	Lost  []dialect.Note
}

// usualLines is how many lines most rules have: a comment, a tag, the header's
// fields and options 66 and 67.
const usualLines = 5

// Medium is what the lines are written into.
type Medium struct {
	// Guard lets a network be taken out of the plan: its range sets the tag
	// pxk-elsewhere.
	Guard bool
	// Carries reports whether a value can stand there as it is typed; nil: all can.
	Carries func(typed string) bool
}

// Lines writes a plan.
//
// Each rule has one tag, set by tag-if when its conditions hold and no earlier
// rule had the client; all else of the rule carries that tag. So the first match
// wins and nothing is merged, although in dnsmasq the last line does.
func Lines(p *plan.Plan, m Medium) Body {
	w := writer{conditions: conditions{byText: map[string]string{}, count: map[string]int{}}, nul: p.NUL, carries: m.Carries}
	cases := p.Cases()
	names := tagNames(cases)
	rules := make([]string, 0, usualLines*len(cases))
	for i, c := range cases {
		need, lost := w.need(c.Cond)
		if lost != "" {
			w.lose(lost, "%s: too long to be compared", c.Origin)
			continue
		}
		if m.Guard {
			need = append(need, "!"+tagElsewhere)
		}
		rules = append(rules, "# "+c.Origin, tagIfLine(names[i], need))
		rules = append(rules, w.answer(names[i], c)...)
	}
	lines := slices.Concat([]string{
		"# Names go in the header and as options, whatever the client asks for.",
		"dhcp-no-override",
	}, w.lines, rules)
	return Body{Lines: lines, Notes: w.notes.Notes, Lost: w.lost}
}

type writer struct {
	conditions
	nul     plan.NUL
	carries func(string) bool
	notes   dialect.NoteList
	lost    []dialect.Note
}

func (w *writer) fits(typed string) bool { return w.carries == nil || w.carries(typed) }

func (w *writer) lose(f dialect.Feature, format string, args ...any) {
	w.lost = append(w.lost, dialect.Note{Feature: f, Text: fmt.Sprintf(format, args...)})
}

func (w *writer) note(f dialect.Feature, format string, args ...any) { w.notes.Add(f, format, args...) }

// tagNames are the tags of the cases: "pxk-rule2", and "pxk-rule2-b" for the
// second vendor class of a rule.
func tagNames(cases []plan.Case) []string {
	names := make([]string, len(cases))
	for i, c := range cases {
		names[i] = tagPrefix + strings.ReplaceAll(c.Origin, " ", "")
		if i > 0 && cases[i-1].Origin == c.Origin {
			names[i] += "-b"
		}
	}
	return names
}

func tagIfLine(name string, need []string) string {
	line := "tag-if=set:" + name + ",set:" + tagDone
	for _, n := range need {
		line += ",tag:" + n
	}
	return line + ",tag:!" + tagDone
}

// answer writes what a rule's clients get. dhcp-boot stands even when it is
// empty: a line without tags would fill the gap.
func (w *writer) answer(tag string, c plan.Case) []string {
	a := c.Answer
	line := "dhcp-boot=tag:" + tag + "," + w.field(dialect.FeatFile, c.Origin, a.File, plan.HeaderFileMax)
	line += "," + w.field(dialect.FeatSName, c.Origin, a.SName, snameMax)
	if a.HasServer() {
		line += "," + a.SIAddr.String()
	} else {
		w.note(dialect.FeatSIAddr, "without a server siaddr is dnsmasq's own address")
	}
	lines := []string{strings.TrimRight(line, ",")}
	if strings.HasSuffix(lines[0], tag) {
		lines[0] += ","
	}
	// dnsmasq sends the last line first; 67 is to come last (edk2 writes a NUL
	// behind it).
	for _, o := range slices.Backward(a.Options) {
		if l, ok := w.option(tag, c.Origin, o); ok {
			lines = append(lines, l)
		}
	}
	return lines
}

// field writes a header field.
func (w *writer) field(f dialect.Feature, origin string, value []byte, limit int) string {
	if len(value) == 0 {
		return ""
	}
	text, ok := Quote(value)
	switch {
	case !ok || !w.fits(text):
		w.lose(f, "%s: %s %q has octets that dnsmasq cannot read from a file", origin, f, value)
	case len(value) > limit:
		w.lose(f, "%s: %s %q is longer than %d octets", origin, f, value, limit)
	default:
		return text
	}
	return ""
}

func (w *writer) option(tag, origin string, o dhcpopts.Option) (line string, ok bool) {
	text, sent, ok := spellValue(o.Code, o.Data)
	line = fmt.Sprintf("dhcp-option-force=tag:%s,%d,%s", tag, o.Code, text)
	if !ok || len(line) >= maxLine || !w.fits(text) {
		w.lose(dialect.OptionFeature(o.Code), "%s: dnsmasq cannot send option %d as %q", origin, o.Code, o.Data)
		return "", false
	}
	if !bytes.Equal(sent, o.Data) {
		w.closing(origin, o)
	}
	return line, true
}

// closing says where the NUL of an option differs from what was asked.
func (w *writer) closing(origin string, o dhcpopts.Option) {
	switch {
	case bytes.HasSuffix(o.Data, []byte{0}):
		w.lose(dialect.FeatNUL, "%s: option %d has 255 octets, dnsmasq leaves the NUL off", origin, o.Code)
	case w.nul.For(o.Code) == plan.NULNever:
		w.lose(dialect.FeatNUL, "%s: dnsmasq closes option %d with a NUL, whatever is asked", origin, o.Code)
	default:
		w.note(dialect.OptionFeature(o.Code), "dnsmasq closes option %d with a NUL", o.Code)
	}
}
