package dialect

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"pxekit/dhcpopts"
)

// commentWidth keeps a comment readable, and far below the 1024 octets after
// which dnsmasq reads the rest of a line as a new one (option.c, read_file).
const commentWidth = 110

// Comment writes lines as comment lines that start with prefix. Long lines are
// wrapped under their own indent. A line break inside a line cannot end the
// comment: what follows it gets the prefix too.
func Comment(prefix string, lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		for _, piece := range strings.Split(strings.ReplaceAll(line, "\r", "\n"), "\n") {
			for _, part := range wrap(piece, commentWidth) {
				b.WriteString(strings.TrimRight(prefix+" "+part, " ") + "\n")
			}
		}
	}
	return b.String()
}

// wrap breaks a line at blanks, and inside a word that is longer than a line.
func wrap(line string, width int) []string {
	indent := line[:min(len(line)-len(strings.TrimLeft(line, " ")), width/2)]
	var done []string
	for utf8.RuneCountInString(line) > width {
		at := breakAt(line, width, len(indent)+2)
		done = append(done, line[:at])
		line = indent + "  " + strings.TrimLeft(line[at:], " ")
	}
	return append(done, line)
}

// breakAt is the offset of the last blank within width runes and behind from,
// or that of the rune after width.
func breakAt(line string, width, from int) int {
	end, runes := 0, 0
	for end = range line {
		if runes == width {
			break
		}
		runes++
	}
	if blank := strings.LastIndexByte(line[:end+1], ' '); blank > from {
		return blank
	}
	return end
}

// Printable makes a text of one line safe on a terminal and in a comment. Values
// inside it that went through dhcpopts.SafeText stay as they are, which a second
// SafeText would not leave.
func Printable(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		if r == utf8.RuneError && n == 1 || !unicode.IsPrint(r) {
			b.WriteString(dhcpopts.SafeText([]byte(text[:n])))
		} else {
			b.WriteString(text[:n])
		}
		text = text[n:]
	}
	return b.String()
}
