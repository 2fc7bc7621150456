package plan

import (
	"fmt"
	"strings"
	"unicode"

	"pxekit/dhcpopts"
)

// Error is what is wrong with a plan file, a host list or plan flags, at the
// place where the user typed it.
type Error struct {
	Name       string // file name; "" for flags
	Line       int    // from 1; 0 for flags
	Column     int    // from 1, in characters
	SourceLine string // the user's own line, as it stands in the file
	Message    string // what is wrong, lower case, the value quoted
	Hint       string // what to do; "" when the message says it
}

// Error returns name:line:column and the message, on one line.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.Name, e.Line, e.Column, e.Message)
}

// excerptWidth is how much of a line an excerpt shows.
const excerptWidth = 76

// Excerpt returns the source line and, below it, a caret at the column, safe to
// print on a terminal; "" for flags. Long lines are cut around the column.
func (e *Error) Excerpt() string {
	if e.Line == 0 || e.SourceLine == "" {
		return ""
	}
	line := []rune(e.SourceLine)
	at := min(e.Column-1, len(line))
	from := max(0, at-excerptWidth/2)
	line = line[from:min(len(line), from+excerptWidth)]
	for i, r := range line {
		if !unicode.IsPrint(r) {
			line[i] = ' '
			if r != '\t' {
				line[i] = '.'
			}
		}
	}
	return string(line) + "\n" + strings.Repeat(" ", at-from) + "^"
}

// quoted shows a value as it was given: backslashes stay as they are, since %q
// would double them in the very place where their number matters, and what
// cannot be seen stands as octets.
func quoted(s string) string { return `"` + dhcpopts.SafeText([]byte(s)) + `"` }
