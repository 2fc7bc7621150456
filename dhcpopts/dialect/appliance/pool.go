package appliance

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// pool is the command line of a switch or router whose DHCP server has one
// answer for each address pool and no conditions on the client.
type pool struct {
	name, title, comment string
	where                string // the view that the lines belong to
	into                 string // where the text goes, in words
	open                 func(netip.Prefix) []string
	lead                 func(netip.Prefix) string // before each line of the pool
	leave                []string
	siaddr               func(netip.Addr) string                        // nil: no such line
	file                 func([]byte) (string, error)                   // nil: no such line
	option               func(code uint8, v []byte) (string, error)     // one line
	undo                 func(line string) string                       // takes a line of the pool back
	read                 func(words []string, a *dhcpopts.Answer) error // what the server makes of a line
	words                func(line string) ([]string, error)            // its rules of quoting
	text                 string                                         // starts a line that states option 67 as text: "option 67 ascii "
	check                string
	evidence             dialect.Evidence
	notes                []dialect.Note
	support              map[dialect.Feature]dialect.Support
}

// poolSupport is the table of a pool that has all its lines; extra rows differ.
func poolSupport(e dialect.Evidence, extra ...map[dialect.Feature]dialect.Support) map[dialect.Feature]dialect.Support {
	const one = "a pool has one answer for all its clients"
	rows := []map[dialect.Feature]dialect.Support{
		can(e, dialect.FeatSIAddr, dialect.FeatFile, dialect.Feat66, dialect.Feat67, dialect.FeatNUL, dialect.FeatScope, dialect.FeatOptions),
		cannot(one, dialect.FeatArch, dialect.FeatIPXE, dialect.FeatHTTP, dialect.FeatUserClass, dialect.FeatVendorClass, dialect.FeatUUID),
		cannot("a binding for one machine needs its address, which a plan does not have", dialect.FeatHosts),
		cannot("option 43 would reach every client of the pool", dialect.FeatPXE43),
		cannot("every client of the pool gets the boot options", dialect.FeatLaptop),
		cannot("there is no field for sname", dialect.FeatSName),
		can(dialect.Unverified, dialect.FeatUnasked),
	}
	return support(append(rows, extra...)...)
}

func (d *pool) target() dialect.Target {
	return dialect.Target{
		Name: d.name, Title: d.title, Comment: d.comment, Support: d.support,
		Forms: []dialect.Form{{Name: "cli", Title: d.where}},
		Write: d.write, Spell: d.spell, Read: d.readValue,
	}
}

func (d *pool) write(p *plan.Plan, _ dialect.Request) (dialect.Output, error) {
	if len(p.Scope) == 0 {
		return dialect.Output{}, fmt.Errorf("%s has no form without a scope: its pools belong to a network", d.name)
	}
	var l losses
	notes := d.notes
	lines := d.lines(p, &l, &notes)
	l.rest(p, d.support)
	text := d.comment + " nothing of this plan can be said here\n"
	if len(lines) > 0 {
		text = d.pools(p.Scope, lines)
	}
	answer, err := d.parse(text, p.Scope)
	return dialect.Output{
		Text: text, Notes: notes, Lost: l.Notes, Evidence: d.evidence,
		Expect: func(dhcpopts.Client) dhcpopts.Answer { return answer },
		Where:  d.into, Check: d.check, Undo: d.undoLines(lines),
	}, err
}

// lines are the lines of the pool, without lead.
func (d *pool) lines(p *plan.Plan, l *losses, notes *[]dialect.Note) []string {
	c, ok := everyone(p, l)
	if !ok {
		return nil
	}
	l.laptop(d.title)
	a := refuse43(c.Answer, l)
	var lines []string
	add := func(f dialect.Feature, line string, err error) {
		if err != nil {
			l.Add(f, "%v", err)
			return
		}
		lines = append(lines, line)
	}
	if a.HasServer() && d.siaddr != nil {
		add(dialect.FeatSIAddr, d.siaddr(a.SIAddr), nil)
	}
	if len(a.File) > 0 && d.file != nil {
		line, err := d.file(a.File)
		add(dialect.FeatFile, line, err)
	}
	for _, o := range a.Options {
		line, err := d.optionLine(o.Code, o.Data)
		if err != nil && closed(o.Data) {
			line, err = d.optionLine(o.Code, o.Data[:len(o.Data)-1])
			openEnded(p, o.Code, d.title, l, notes)
		}
		add(dialect.OptionFeature(o.Code), line, err)
	}
	return lines
}

func (d *pool) optionLine(code uint8, v []byte) (string, error) {
	if err := fits(code, v); err != nil {
		return "", err
	}
	return d.option(code, v)
}

// pools writes the lines into the pool of each network.
func (d *pool) pools(scopes []netip.Prefix, lines []string) string {
	var b strings.Builder
	for _, s := range scopes {
		for _, line := range d.open(s) {
			fmt.Fprintln(&b, line)
		}
		for _, line := range lines {
			fmt.Fprintln(&b, d.lead(s)+line)
		}
		for _, line := range d.leave {
			fmt.Fprintln(&b, line)
		}
	}
	return b.String()
}

// parse reads a text back by the language's own rules. The pools of a text are
// alike, so it reads the last.
func (d *pool) parse(text string, scopes []netip.Prefix) (dhcpopts.Answer, error) {
	var a dhcpopts.Answer
	last := scopes[len(scopes)-1]
	_, text, found := strings.Cut(text, strings.Join(d.open(last), "\n")+"\n")
	if !found {
		return a, nil
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		line, ok := strings.CutPrefix(line, d.lead(last))
		if !ok || slices.Contains(d.leave, d.lead(last)+line) {
			break
		}
		words, err := d.words(line)
		if err == nil {
			err = d.read(words, &a)
		}
		if err != nil {
			return a, fmt.Errorf("%s: line %q: %w", d.name, line, err)
		}
	}
	return a, nil
}

func (d *pool) undoLines(lines []string) string {
	var undo []string
	for _, line := range lines {
		undo = append(undo, d.undo(line))
	}
	if undo == nil {
		return ""
	}
	return "in " + d.where + ": " + strings.Join(undo, ", ")
}

func (d *pool) spell(code uint8, value []byte) (dialect.Spelling, error) {
	line, err := d.optionLine(code, value)
	if err != nil {
		return dialect.Spelling{}, err
	}
	return dialect.Spelling{Text: line, Where: "in " + d.where, Sent: value}, nil
}

// readValue reads what is typed behind "option 67 ascii", or a whole line.
func (d *pool) readValue(code uint8, typed string) (dialect.Reading, error) {
	var a dhcpopts.Answer
	words, err := d.words(typed)
	if err == nil && (len(words) == 0 || d.read(words, &a) != nil || len(a.Options) == 0) {
		words, err = d.words(strings.ReplaceAll(d.text, "67", fmt.Sprint(code)) + typed)
		if err == nil {
			err = d.read(words, &a)
		}
	}
	if err != nil {
		return dialect.Reading{}, fmt.Errorf("%q: %w", typed, err)
	}
	sent, _ := a.Get(code)
	return dialect.Reading{Sent: sent, Evidence: d.evidence}, nil
}

// openEnded says that an option goes out without the NUL that the plan wants:
// Lost when the user asked for it, a note when it is the plan's default.
func openEnded(p *plan.Plan, code uint8, title string, l *losses, notes *[]dialect.Note) {
	text := fmt.Sprintf("%s has no way to write the NUL that closes option %d", title, code)
	if p.NUL.For(code) == plan.NULAlways {
		l.Add(dialect.FeatNUL, "%s", text)
		return
	}
	if n := (dialect.Note{Feature: dialect.FeatNUL, Text: text}); !slices.Contains(*notes, n) {
		*notes = append(*notes, n)
	}
}
