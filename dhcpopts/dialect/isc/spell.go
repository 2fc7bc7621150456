package isc

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
)

// Spell writes the statement that sends a value.
func Spell(code uint8, value []byte) (dialect.Spelling, error) {
	line := optionLine(code, value)
	reading, err := Read(code, line)
	if err != nil {
		return dialect.Spelling{}, fmt.Errorf("dhcpd cannot be told to send option %d: %w", code, err)
	}
	s := dialect.Spelling{
		Text: line, Sent: reading.Sent,
		Where: "in a subnet, pool, class, group or host, or at the top of the file",
		Note:  "sent to clients that list the option in their request list (option 55) or send no list",
	}
	if code == dhcpopts.OptBootFile && len(value) <= fileField {
		s.Note += "; for the header field write filename " + Quote(bytes.TrimRight(value, "\x00")) + ";"
	}
	return s, nil
}

// Read says what dhcpd makes of text typed as the value of an option: a whole
// statement, a value as it stands behind the option's name, or the text
// between the quotes. The error is dhcpd's refusal.
func Read(code uint8, typed string) (dialect.Reading, error) {
	line := asStatement(code, typed)
	p := newParser(line)
	s, ok := p.statement(true)
	switch {
	case p.lex.err != nil:
		return dialect.Reading{}, refusal(line, p.lex.err)
	case !ok:
		return dialect.Reading{}, fmt.Errorf("dhcpd refuses %q: expecting a parameter or declaration", line)
	case p.lex.peek().kind != endOfFile, p.lex.err != nil:
		return dialect.Reading{}, fmt.Errorf("dhcpd reads %q as more than one statement", line)
	}
	set, ok := s.(*assignment)
	if !ok {
		return dialect.Reading{}, fmt.Errorf("%q sets no option", line)
	}
	p.config.spaces = p.spaces
	r := newRun(p.config, dhcpopts.Client{})
	s.exec(r)
	sent, _ := r.data(set.value)
	return dialect.Reading{Sent: sent, Note: strings.Join(escapeNotes(line), "; "), Evidence: dialect.Wire}, nil
}

func refusal(line string, err *SyntaxError) error {
	return fmt.Errorf("dhcpd refuses %q: %s", line, err.Message)
}

var statementWords = []string{"option", "filename", "server-name", "next-server", "supersede", "default", "append", "prepend"}

// statementLike reports whether typed text is a whole statement.
func statementLike(typed string) bool {
	end := strings.IndexAny(typed, " \t\r\n\f")
	return end > 0 && strings.HasSuffix(typed, ";") && slices.Contains(statementWords, strings.ToLower(typed[:end]))
}

// HexListLike reports whether typed text has the form of a list of octets, 62:6f
// or 62:f.
func HexListLike(typed string) bool {
	for octet := range strings.SplitSeq(typed, ":") {
		if octet == "" || len(octet) > 2 || strings.Trim(octet, "0123456789abcdefABCDEF") != "" {
			return false
		}
	}
	return true
}

// asStatement completes typed text to a statement.
func asStatement(code uint8, typed string) string {
	trimmed := strings.TrimSpace(typed)
	format := "X"
	if o := builtin(code); o != nil {
		format = o.format
	}
	quoted := len(trimmed) > 1 && strings.HasPrefix(trimmed, `"`) && strings.HasSuffix(trimmed, `"`)
	octets := format[0] == 'X' || format[0] == 'E'
	switch {
	case statementLike(trimmed):
		return trimmed
	case quoted, strings.HasPrefix(trimmed, "="), octets && HexListLike(trimmed), !octets && format != "t":
		return fmt.Sprintf("option %s %s;", OptionName(code), trimmed)
	}
	return fmt.Sprintf("option %s \"%s\";", OptionName(code), typed)
}

// escapeNotes says what happens to each backslash of a statement's strings.
func escapeNotes(line string) []string {
	var notes []string
	var r *stringReader
	start := 0
	for i := range len(line) {
		if r == nil {
			if line[i] == '"' {
				r = &stringReader{}
			}
			continue
		}
		was := r.state
		r.put(line[i])
		switch {
		case r.done || r.err != "":
			r = nil
		case was == plain:
			start = i
		case r.state == plain:
			notes = appendNote(notes, line[start:i+1], r.out[len(r.out)-1])
		}
	}
	return notes
}

// appendNote words one escape; a doubled backslash and an escaped quote are
// what they look like.
func appendNote(notes []string, typed string, out byte) []string {
	note := fmt.Sprintf("%s is read as %s", typed, nameOf(out))
	switch {
	case typed == `\\` || typed == `\"`:
		return notes
	case len(typed) == 2 && typed[1] == out:
		note = fmt.Sprintf("the backslash before %s is dropped", nameOf(out))
	case typed[1] == '0' && !(len(typed) == 4 && out < 64 && isOctal(typed[1:])):
		note += ": octal needs three digits"
	}
	for _, n := range notes {
		if n == note {
			return notes
		}
	}
	return append(notes, note)
}

func isOctal(digits string) bool { return strings.Trim(digits, "01234567") == "" }

// nameOf shows an octet: a letter or sign as itself, others as hex.
func nameOf(c byte) string {
	switch {
	case c == 0:
		return "a NUL"
	case isLetter(c):
		return "the letter " + string(rune(c))
	case c > ' ' && c <= '~':
		return string(rune(c))
	}
	return fmt.Sprintf("the octet %02x", c)
}
