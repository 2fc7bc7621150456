package appliance

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// FortiOS is the DHCP server of FortiGate ("CLI Reference: config system dhcp
// server"; Technical Tips 213404 and 256176). next-server is siaddr, filename
// the header field; options go out to clients that request them. An option can
// be tied to a vendor class (vci-match), but whether vci-string compares the
// whole of option 60 or its beginning is not documented, and no PXE client's
// option 60 is known as a whole: so it is not used.
var FortiOS = dialect.Target{
	Name: "fortios", Title: "Fortinet FortiOS", Comment: "#",
	Forms: []dialect.Form{{Name: "cli", Title: "config system dhcp server"}},
	Write: writeFortiOS, Spell: spellFortiOS, Read: readFortiOSValue,
	Support: fortiSupport,
}

var fortiSupport = poolSupport(dialect.Documented, cannot("options go to clients that request them", dialect.FeatUnasked))

// Sizes of the fields in characters (CLI Reference).
const (
	fortiFile  = 127
	fortiValue = 312
)

func writeFortiOS(p *plan.Plan, _ dialect.Request) (dialect.Output, error) {
	if len(p.Scope) == 0 {
		return dialect.Output{}, errors.New("fortios has no form without a scope: its servers belong to an interface")
	}
	var l losses
	lines := fortiLines(p, &l)
	l.rest(p, fortiSupport)
	text := "# nothing of this plan can be said here\n"
	if len(lines) > 0 {
		text = "config system dhcp server\n"
		for i, n := range p.Scope {
			text += fmt.Sprintf("    # the ID of the server whose interface is in %s\n    edit %d\n", n.Masked(), i+1)
			text += "        " + strings.Join(lines, "\n        ") + "\n    next\n"
		}
		text += "end\n"
	}
	a, err := readFortiOS(text)
	return dialect.Output{
		Text: text, Lost: l.Notes, Evidence: dialect.Documented,
		Notes: []dialect.Note{
			{Feature: dialect.FeatUnasked, Text: "options go to clients that request them, as all boot firmware does; siaddr and the header file go to all"},
			{Text: "the entries of config options are numbered by their option's code: look first whether the server has entries of these numbers"},
		},
		Expect: func(c dhcpopts.Client) dhcpopts.Answer { return requested(a, c) },
		Where:  "at the command line; put the ID of your DHCP server in place of the number after edit",
		Check:  "diagnose debug application dhcps -1", Undo: fortiUndo(lines),
	}, err
}

// fortiUndo takes the lines of a server back.
func fortiUndo(lines []string) string {
	undo := []string{"in the server: unset next-server, unset filename"}
	for _, line := range lines {
		if id, ok := strings.CutPrefix(strings.TrimSpace(line), "edit "); ok {
			undo = append(undo, "in config options: delete "+id)
		}
	}
	return strings.Join(undo, ", ")
}

// requested keeps the options that a client asks for.
func requested(a dhcpopts.Answer, c dhcpopts.Client) dhcpopts.Answer {
	a.Options = slices.DeleteFunc(slices.Clone(a.Options), func(o dhcpopts.Option) bool { return !slices.Contains(c.RequestList, o.Code) })
	return a
}

func fortiLines(p *plan.Plan, l *losses) []string {
	c, ok := everyone(p, l)
	if !ok {
		return nil
	}
	l.laptop("FortiOS")
	a := refuse43(c.Answer, l)
	var lines []string
	if a.HasServer() {
		lines = append(lines, "set next-server "+a.SIAddr.String())
	}
	if len(a.File) > 0 {
		quoted, err := fortiQuote(a.File, fortiFile)
		if err != nil {
			l.Add(dialect.FeatFile, "filename: %v", err)
		} else {
			lines = append(lines, "set filename "+quoted)
		}
	}
	var options []string
	for _, o := range a.Options {
		kind, value, err := fortiOption(o.Code, o.Data)
		if err != nil {
			l.Add(dialect.OptionFeature(o.Code), "%v", err)
			continue
		}
		options = append(options, fmt.Sprintf("    edit %d", o.Code), fmt.Sprintf("        set code %d", o.Code),
			"        set type "+kind, "        set value "+value, "    next")
	}
	if options != nil {
		lines = slices.Concat(lines, []string{"config options"}, options, []string{"end"})
	}
	return lines
}

// fortiOption spells a value: hex, which has no quoting, or text where hex is
// too long for the field.
func fortiOption(code uint8, v []byte) (kind, value string, err error) {
	if err := fits(code, v); err != nil {
		return "", "", err
	}
	if digits := hex.EncodeToString(v); len(digits) <= fortiValue {
		return "hex", `"` + digits + `"`, nil
	}
	if value, err = fortiQuote(v, 255); err != nil {
		return "", "", fmt.Errorf("option %d: %w", code, err)
	}
	return "string", value, nil
}

// fortiQuote writes a string: a backslash and a quote take a backslash before
// them (CLI Reference, "Special characters"; Technical Tip 213404 doubles
// backslashes). A question mark asks for help even inside quotes.
func fortiQuote(v []byte, limit int) (string, error) {
	if !printable(v) || strings.Contains(string(v), "?") {
		return "", fmt.Errorf("%q has characters that the command line does not take", v)
	}
	if len(v) > limit {
		return "", tooLong("the value", limit)
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(string(v)) + `"`, nil
}

// fortiWords splits a line at blanks; quotes group, and a backslash takes the
// next character as it is, inside quotes and outside.
func fortiWords(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	quoted, open := false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && i+1 < len(line):
			i++
			word.WriteByte(line[i])
			open = true
		case c == '"':
			quoted, open = !quoted, true
		case c == ' ' && !quoted:
			if open {
				words = append(words, word.String())
			}
			word.Reset()
			open = false
		default:
			word.WriteByte(c)
			open = true
		}
	}
	if quoted {
		return nil, errors.New("the quote is not closed")
	}
	if open {
		words = append(words, word.String())
	}
	return words, nil
}

// readFortiOS reads one server's settings; the servers of a text are alike.
func readFortiOS(text string) (dhcpopts.Answer, error) {
	var a dhcpopts.Answer
	var code, kind string
	for line := range strings.Lines(text) {
		words, err := fortiWords(strings.TrimSpace(line))
		if err != nil {
			return a, fmt.Errorf("fortios: line %q: %w", line, err)
		}
		if len(words) == 1 && words[0] == "end" {
			return a, nil // of config options: the rest is the next server
		}
		if len(words) != 3 || words[0] != "set" {
			continue
		}
		switch words[1] {
		case "next-server":
			err = readAddr(words[2], &a)
		case "filename":
			a.File = []byte(words[2])
		case "code":
			code = words[2]
		case "type":
			kind = map[string]string{"hex": "hex", "string": "ascii"}[words[2]]
		case "value":
			err = readOption([]string{"option", code, kind, words[2]}, &a)
		}
		if err != nil {
			return a, fmt.Errorf("fortios: line %q: %w", line, err)
		}
	}
	return a, nil
}

func spellFortiOS(code uint8, value []byte) (dialect.Spelling, error) {
	kind, text, err := fortiOption(code, value)
	if err != nil {
		return dialect.Spelling{}, err
	}
	return dialect.Spelling{Text: "set type " + kind + "; set value " + text, Where: "in config options, edit, of the DHCP server", Sent: value}, nil
}

// readFortiOSValue reads "set type …; set value …", or the text of a string.
func readFortiOSValue(_ uint8, typed string) (dialect.Reading, error) {
	kind, value := "string", typed
	if rest, ok := strings.CutPrefix(typed, "set type "); ok {
		kind, value, _ = strings.Cut(rest, "; set value ")
	}
	words, err := fortiWords(value)
	if err == nil && len(words) != 1 {
		err = errors.New("a value is one word or stands in quotes")
	}
	if err != nil {
		return dialect.Reading{}, fmt.Errorf("%q: %w", typed, err)
	}
	sent, err := readValue(kind, words)
	return dialect.Reading{Sent: sent, Evidence: dialect.Documented}, err
}
