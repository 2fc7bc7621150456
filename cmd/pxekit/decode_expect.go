package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/jsonout"
)

// readExpect makes the octets that --expect stands for: the text, closed by a
// NUL where an option 67 is.
func (d *decode) readExpect() error {
	mode := plan.NULMode(d.nul)
	if mode != plan.NULAuto && mode != plan.NULAlways && mode != plan.NULNever {
		return usagef("auto, always or never", "--nul %q is no such word", d.nul)
	}
	if !d.given["expect"] {
		return nil
	}
	if err := plan.ShellMark("--expect", d.expect); err != nil {
		return d.planFailure(err)
	}
	d.want = []byte(d.expect)
	closes := d.code == dhcpopts.OptBootFile && !plan.IsURL(d.expect)
	if mode == plan.NULAlways || mode == plan.NULAuto && closes {
		d.want = append(d.want, 0)
	}
	return nil
}

// compare is the error of a value that differs from --expect.
func (d *decode) compare(value []byte) error {
	c := d.compared(value)
	if c == nil || c.Equal {
		return nil
	}
	return askedf(differenceHint(d.want, value), "%s", c.Text)
}

// compared says how a value compares with --expect, nil without it.
func (d *decode) compared(value []byte) *jsonout.Compared {
	if !d.given["expect"] {
		return nil
	}
	text, same := difference(d.want, value)
	return &jsonout.Compared{Equal: same, Text: text}
}

func (d *decode) comparedLine(value []byte) string {
	if c := d.compared(value); c != nil {
		return "expected:  " + c.Text + "\n"
	}
	return ""
}

// difference says in words where got leaves want.
func difference(want, got []byte) (text string, same bool) {
	n := 0
	for n < len(want) && n < len(got) && want[n] == got[n] {
		n++
	}
	rest, extra := want[n:], got[n:]
	switch {
	case len(rest) == 0 && len(extra) == 0:
		return fmt.Sprintf("%d bytes equal", n), true
	case string(rest) == "\x00" && len(extra) == 0:
		return fmt.Sprintf("%d bytes equal, NUL missing", n), false
	case len(rest) == 0 && strings.Trim(string(extra), "\x00") == "":
		return fmt.Sprintf("%d bytes equal, then %d NUL too many", n, len(extra)), false
	case len(rest) == 0:
		return fmt.Sprintf("%d bytes equal, then %d too many: %s", n, len(extra), dhcpopts.SafeText(extra)), false
	case len(extra) == 0:
		return fmt.Sprintf("%d bytes equal, then %d missing: %s", n, len(rest), dhcpopts.SafeText(rest)), false
	}
	return fmt.Sprintf("%d bytes equal, then %02x instead of %02x: got %s, expected %s",
		n, got[n], want[n], dhcpopts.SafeText(got), dhcpopts.SafeText(want)), false
}

func differenceHint(want, got []byte) string {
	if bytes.Equal(bytes.TrimRight(want, "\x00"), bytes.TrimRight(got, "\x00")) {
		return "--nul never or always says which closing is right"
	}
	return ""
}

// expectFile compares the boot file of an answer with --expect. A file of the
// header has no NUL to compare: its field is padded with them.
func (d *decode) expectFile(p *explained) error {
	value, ok := p.bootFile()
	if !ok || !d.given["expect"] {
		return nil
	}
	d.files++
	if p.message != nil {
		if _, option := p.message.Get(dhcpopts.OptBootFile); !option {
			value = append(bytes.Clone(value), d.want[len(bytes.TrimRight(d.want, "\x00")):]...)
		}
	}
	c := d.compared(value)
	if !d.json {
		_, _ = fmt.Fprintf(d.stdout, "  expected: %s\n", c.Text)
	}
	if c.Equal {
		return nil
	}
	return askedf(differenceHint(d.want, value), "packet %d: %s", p.Index, c.Text)
}

// eaten finds the backslashes that a server swallowed, where the value alone
// does not show it. Each run of them in what was typed stands for at least one
// in what is sent, but for those that write a NUL.
func eaten(typed string, sent []byte) []dhcpopts.Finding {
	found := dhcpopts.CheckOption(dhcpopts.OptBootFile, sent)
	known := slices.ContainsFunc(found, func(f dhcpopts.Finding) bool { return f.ID == lostBackslashes })
	if known || escapes(typed) <= bytes.Count(sent, []byte(`\`)) {
		return nil
	}
	rule, _ := dhcpopts.RuleByID(lostBackslashes)
	return []dhcpopts.Finding{{
		ID: rule.ID, Severity: rule.Severity,
		Message: fmt.Sprintf("%s became %s", dhcpopts.SafeText([]byte(typed)), dhcpopts.SafeText(sent)),
	}}
}

// lostBackslashes is the finding about backslashes that a parser ate.
const lostBackslashes = "PXK018"

// nulEscapes are the ways to type a NUL.
var nulEscapes = strings.NewReplacer(`\x00`, "", `\000`, "", `\u0000`, "")

// escapes counts the runs of backslashes in typed text, those of a NUL left out.
func escapes(typed string) (runs int) {
	typed = nulEscapes.Replace(typed)
	for i := range len(typed) {
		if typed[i] == '\\' && (i == 0 || typed[i-1] != '\\') {
			runs++
		}
	}
	return runs
}

// instead is the line that shows what to type to send what was meant.
func (d *decode) instead(target dialect.Target, text string, found []dhcpopts.Finding) string {
	if d.verdict(found, nil) == nil {
		return ""
	}
	if spelled := d.spelled(target, text); spelled != "" {
		return "\n" + spelled + "\n"
	}
	return ""
}

// spelled says what to type on a server to send text as it stands, or the name
// that it was before a shell ate its backslashes, closed as --nul says. "" when
// there is nothing to send, or the option is no text.
func (d *decode) spelled(target dialect.Target, text string) string {
	kind := dhcpopts.LookupOption(d.code).Kind
	if target.Spell == nil || text == "" || kind != dhcpopts.KindText && kind != dhcpopts.KindOpaque {
		return ""
	}
	if meant, _ := dhcpopts.Eaten(text); meant != "" {
		text = meant
	}
	value := []byte(text)
	if d.code == dhcpopts.OptBootFile && !plan.IsURL(text) && d.nul != string(plan.NULNever) {
		value = append(value, 0)
	}
	s, err := target.Spell(d.code, value)
	if err != nil {
		return ""
	}
	return "to send " + dhcpopts.SafeText([]byte(text)) + " type: " + s.Text
}
