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

// writeNetsh writes netsh lines, which know no policies (Microsoft KB 4491871:
// set optionvalue CODE STRING VALUE).
func writeNetsh(p *plan.Plan) (dialect.Output, error) {
	var l losses
	var notes []dialect.Note
	var options []dhcpopts.Option
	if c, ok := everyone(p, &l); ok {
		l.laptop("netsh")
		c.Answer = refuse43(c.Answer, &l)
		for _, o := range windowsOptions(p, c, &l, &notes) {
			if !slices.Contains(windowsStrings, o.Code) {
				l.Add(dialect.FeatOptions, "netsh lines are written for String options, not for option %d", o.Code)
			} else if strings.ContainsAny(string(o.Data), `"%!^`) {
				l.Add(dialect.OptionFeature(o.Code), "cmd.exe gives a meaning to a character of %q that no quoting takes away", o.Data)
			} else {
				options = append(options, o)
			}
		}
	}
	l.rest(p, everyForm(windowsSupport))
	notes = append(notes, dialect.Note{Feature: dialect.FeatUnasked, Text: "66 and 67 go to clients that request them, as all boot firmware does"})
	text, undo := netshLines(p.Scope, options)
	back, err := readNetsh(text)
	return dialect.Output{
		Text: text, Notes: notes, Lost: l.Notes, Evidence: dialect.Unverified,
		Expect: func(c dhcpopts.Client) dhcpopts.Answer { return windowsAnswer(back, c) },
		Where:  "at an elevated command prompt of the DHCP server", Comment: "rem",
		Check: "netsh dhcp server show optionvalue all", Undo: undo,
	}, err
}

// netshLines are the commands and those that take them back.
func netshLines(scopes []netip.Prefix, options []dhcpopts.Option) (text, undo string) {
	levels := []string{"server"}
	if len(scopes) > 0 {
		levels = nil
	}
	for _, s := range scopes {
		levels = append(levels, "server scope "+network(s))
	}
	var b strings.Builder
	var back []string
	if slices.ContainsFunc(options, func(o dhcpopts.Option) bool { return o.Code == dhcpopts.OptClass }) {
		b.WriteString("netsh dhcp server add optiondef 60 PXEClient STRING 0\n")
	}
	for _, level := range levels {
		for _, o := range options {
			fmt.Fprintf(&b, "netsh dhcp %s set optionvalue %d STRING %s\n", level, o.Code, argQuote(string(o.Data)))
			back = append(back, fmt.Sprintf("netsh dhcp %s delete optionvalue %d", level, o.Code))
		}
	}
	if len(options) == 0 {
		b.WriteString("rem nothing of this plan can be said here\n")
	}
	return b.String(), strings.Join(back, " & ")
}

// argQuote quotes one argument of a Windows program: a backslash is itself
// unless backslashes run up to a quote, where each counts double (Microsoft C
// runtime, "Parsing C command-line arguments").
func argQuote(s string) string {
	run := len(s) - len(strings.TrimRight(s, `\`))
	return `"` + s + strings.Repeat(`\`, run) + `"`
}

// readNetsh reads lines as cmd.exe and the C runtime part them.
func readNetsh(text string) ([]dhcpopts.Option, error) {
	var options []dhcpopts.Option
	for line := range strings.Lines(text) {
		args := splitArgs(strings.TrimSuffix(line, "\n"))
		i := slices.Index(args, "optionvalue")
		if i < 0 {
			continue
		}
		if len(args) != i+4 {
			return nil, fmt.Errorf("netsh: %q does not set one value", line)
		}
		var code uint8
		if _, err := fmt.Sscan(args[i+1], &code); err != nil {
			return nil, fmt.Errorf("netsh: option code %q is not a number from 0 to 255", args[i+1])
		}
		known := func(o dhcpopts.Option) bool { return o.Code == code }
		options = append(slices.DeleteFunc(options, known), dhcpopts.Option{Code: code, Data: []byte(args[i+3])})
	}
	return options, nil
}

// splitArgs parts a command line by the C runtime's rules: blanks part, quotes
// group, 2n backslashes before a quote are n, and one more makes the quote text.
func splitArgs(line string) []string {
	var args []string
	var arg strings.Builder
	quoted, open := false, false
	for i := 0; i < len(line); i++ {
		run := len(line[i:]) - len(strings.TrimLeft(line[i:], `\`))
		switch {
		case run > 0 && strings.HasPrefix(line[i+run:], `"`):
			arg.WriteString(line[i : i+run/2])
			open, i = true, i+run-1
			if run%2 == 1 {
				arg.WriteByte('"')
				i++
			}
		case line[i] == '"':
			quoted, open = !quoted, true
		case strings.IndexByte(" \t", line[i]) >= 0 && !quoted:
			if open {
				args = append(args, arg.String())
			}
			arg.Reset()
			open = false
		default:
			arg.WriteByte(line[i])
			open = true
		}
	}
	if open {
		args = append(args, arg.String())
	}
	return args
}
