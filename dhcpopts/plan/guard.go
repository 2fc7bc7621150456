package plan

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/token"
)

// MaxSize is the most octets of YAML a plan may have, some 12,000 machines. The
// YAML library takes 60 to 300 octets of memory for each octet of text; longer
// host lists are CSV.
const MaxSize = 1 << 20

// maxDepth is how deep collections may nest; a plan needs eight. The library's
// memory grows with the square of the depth: 200 KB of "[" takes over 10 GB.
const maxDepth = 32

// source is the text of a plan file, kept for error messages.
type source struct{ name, text string }

// newSource refuses what is not plain UTF-8 text before the YAML library sees
// it, and makes line ends LF.
func newSource(name string, data []byte) (source, error) {
	s := source{name: name}
	if len(data) > MaxSize {
		return s, &Error{Name: name, Line: 1, Column: 1,
			Message: fmt.Sprintf("the plan is longer than %d octets", MaxSize),
			Hint:    "list single machines in a CSV file: hosts: machines.csv"}
	}
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return s, &Error{Name: name, Line: 1, Column: 1,
			Message: "the plan is UTF-16 text", Hint: "save it as UTF-8; in PowerShell: Set-Content -Encoding utf8"}
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	s.text = strings.ReplaceAll(string(data), "\r\n", "\n")
	return s, s.checkText()
}

// checkText finds the first octet that YAML text may not have (YAML 1.2 section
// 5.1).
func (s source) checkText() error {
	for i, r := range s.text {
		if r == utf8.RuneError && !strings.HasPrefix(s.text[i:], "\uFFFD") {
			return s.errorAtOffset(i, fmt.Sprintf("octet 0x%02x is not UTF-8", s.text[i]),
				"save the file as UTF-8; octets of another character set are written as {hex: …}")
		}
		if r == 0 {
			return s.errorAtOffset(i, "the file holds a NUL, it is not text", "give the plan as UTF-8 text")
		}
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return s.errorAtOffset(i, fmt.Sprintf("control character 0x%02x", r), "remove it; an editor may not show it")
		}
	}
	return nil
}

func (s source) errorAtOffset(offset int, message, hint string) error {
	before := s.text[:offset]
	start := strings.LastIndexByte(before, '\n') + 1
	return s.errorAt(strings.Count(before, "\n")+1, utf8.RuneCountInString(before[start:])+1, message, hint)
}

// errorAt builds an error at a place the library names, kept inside the text.
func (s source) errorAt(line, column int, message, hint string) error {
	lines := strings.Split(s.text, "\n")
	line = min(max(line, 1), len(lines))
	text := lines[line-1]
	column = min(max(column, 1), utf8.RuneCountInString(text)+1)
	return &Error{Name: s.name, Line: line, Column: column, SourceLine: text, Message: message, Hint: hint}
}

// checkTokens refuses what a plan does not need and what makes the parser's
// memory grow without bound.
func (s source) checkTokens(tokens token.Tokens) error {
	var d depth
	for _, t := range tokens {
		if d.at(t) > maxDepth {
			return s.errorAtToken(t, fmt.Sprintf("more than %d levels deep", maxDepth), "")
		}
		switch t.Type {
		case token.AnchorType, token.AliasType, token.TagType:
			return s.errorAtToken(t, fmt.Sprintf("a plan has no anchors, aliases and tags: %q", strings.TrimSpace(t.Value)),
				"quote a value that begins with & * or !")
		case token.MergeKeyType:
			return s.errorAtToken(t, `a plan has no merge keys "<<"`, "write the keys out")
		}
	}
	return nil
}

func (s source) errorAtToken(t *token.Token, message, hint string) error {
	return s.errorAt(t.Position.Line, t.Position.Column, message, hint)
}

// depth follows how many collections are open: flow ones by their brackets,
// block ones by the columns their entries stand in.
type depth struct {
	flow   int
	blocks []int
}

func (d *depth) at(t *token.Token) int {
	switch t.Type {
	case token.MappingStartType, token.SequenceStartType:
		d.flow++
	case token.MappingEndType, token.SequenceEndType:
		d.flow--
	}
	entry := t.Type == token.SequenceEntryType || t.Type == token.MappingKeyType ||
		t.NextType() == token.MappingValueType
	if entry && d.flow <= 0 {
		for len(d.blocks) > 0 && d.blocks[len(d.blocks)-1] >= t.Position.Column {
			d.blocks = d.blocks[:len(d.blocks)-1]
		}
		d.blocks = append(d.blocks, t.Position.Column)
	}
	return d.flow + len(d.blocks)
}
