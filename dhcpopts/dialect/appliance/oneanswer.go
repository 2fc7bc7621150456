package appliance

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// oneAnswer is a server program whose config says one answer for all clients of
// the one network it serves, and that is read back by a model of its own.
type oneAnswer struct {
	name    string
	field   func(f dialect.Feature, v []byte) (line string, err error) // siaddr, file, sname; "" for none
	option  func(code uint8, v []byte) (line string, err error)
	head    func(dialect.Request, *plan.Plan) ([]string, error) // of a whole file
	start   string                                              // before the lines of a part
	model   func(text string) (func(dhcpopts.Client) dhcpopts.Answer, error)
	support map[dialect.Feature]dialect.Support
	check   string
}

// write puts the one rule that can hold for all into the file, and loses the rest.
func (s *oneAnswer) write(p *plan.Plan, r dialect.Request) (dialect.Output, error) {
	var l losses
	if len(p.Scope) > 1 {
		l.Add(dialect.FeatScope, "%s serves one network with one file, the plan is for %d", s.name, len(p.Scope))
	}
	l.laptop(s.name)
	var lines []string
	if c, ok := everyone(p, &l); ok {
		a := refuse43(c.Answer, &l)
		lines = s.lines(a, &l)
	}
	l.rest(p, s.support)
	if r.Full {
		head, err := s.head(r, p)
		if err != nil {
			return dialect.Output{}, err
		}
		lines = append(head, lines...)
	} else {
		lines = append(strings.Fields(s.start), lines...)
	}
	if len(lines) == 0 {
		lines = []string{"# no rule of the plan holds for every client"}
	}
	text := strings.Join(lines, "\n") + "\n"
	answer, err := s.model(text)
	if err != nil {
		return dialect.Output{}, fmt.Errorf("%s cannot read its own file back: %w", s.name, err)
	}
	return dialect.Output{Text: text, Lost: l.Notes, Expect: answer, Evidence: dialect.Wire, Check: s.check}, nil
}

// lines writes an answer, a line each.
func (s *oneAnswer) lines(a dhcpopts.Answer, l *losses) []string {
	var lines []string
	add := func(f dialect.Feature, line string, err error) {
		if err != nil {
			l.Add(f, "%v", err)
		} else if line != "" {
			lines = append(lines, line)
		}
	}
	fields := []struct {
		feature dialect.Feature
		value   []byte
	}{{dialect.FeatFile, a.File}, {dialect.FeatSName, a.SName}}
	if a.HasServer() {
		line, err := s.field(dialect.FeatSIAddr, []byte(a.SIAddr.String()))
		add(dialect.FeatSIAddr, line, err)
	}
	for _, f := range fields {
		if len(f.value) > 0 {
			line, err := s.field(f.feature, f.value)
			add(f.feature, line, err)
		}
	}
	for _, o := range a.Options {
		line, err := s.option(o.Code, o.Data)
		add(dialect.OptionFeature(o.Code), line, err)
	}
	return lines
}

// spell writes one option.
func (s *oneAnswer) spell(where string) func(uint8, []byte) (dialect.Spelling, error) {
	return func(code uint8, v []byte) (dialect.Spelling, error) {
		line, err := s.option(code, v)
		if err != nil {
			return dialect.Spelling{}, err
		}
		return dialect.Spelling{Text: line, Where: where, Sent: v}, nil
	}
}

// sent reads what a line makes of an option.
func (s *oneAnswer) sent(code uint8, text string) (dialect.Reading, error) {
	answer, err := s.model(text)
	if err != nil {
		return dialect.Reading{}, err
	}
	v, ok := answer(dhcpopts.Client{}).Get(code)
	if !ok {
		return dialect.Reading{}, fmt.Errorf("%s sends no option %d for %q", s.name, code, text)
	}
	return dialect.Reading{Sent: v, Evidence: dialect.Wire}, nil
}

// errControl is for values that a text file cannot hold in one line.
var errControl = errors.New("a control character cannot be written")

// typable reports whether a value can stand in a line of a file as it is.
func typable(v []byte) bool {
	return !bytes.ContainsFunc(v, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// oneAnswerSupport is the table of a server that has no conditions.
func oneAnswerSupport(extra ...map[dialect.Feature]dialect.Support) map[dialect.Feature]dialect.Support {
	rows := []map[dialect.Feature]dialect.Support{
		can(dialect.Wire, dialect.FeatSIAddr, dialect.FeatFile, dialect.FeatSName, dialect.Feat66, dialect.Feat67, dialect.FeatNUL,
			dialect.FeatScope, dialect.FeatOptions, dialect.FeatUnasked),
		cannot("every client gets the same answer", dialect.FeatArch, dialect.FeatIPXE, dialect.FeatHTTP, dialect.FeatUserClass,
			dialect.FeatVendorClass, dialect.FeatUUID, dialect.FeatHosts, dialect.FeatLaptop),
		cannot("option 43 would reach every client", dialect.FeatPXE43),
	}
	return support(append(rows, extra...)...)
}
