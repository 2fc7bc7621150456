package dhcpopts

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
)

// dump is text with an offset before each line of octets.
type dump struct {
	text   string
	line   *regexp.Regexp
	strict bool // a line that is none of the dump is an error, not a heading
}

// The two kinds of dump line: "0x0000:  4500 0148", where the colon leaves no
// doubt, and "0000  45 00 01 48", which is a dump only if the offsets count.
var (
	colonLine = pattern(`^\s*(?:0[xX])?([0-9A-Fa-f]{3,8}):(?:\s+(.*)|)$`)
	plainLine = pattern(`^\s*([0-9A-Fa-f]{4,8})(?:\s+(.*)|)$`)
)

// findDump reports whether text is a dump: its first line of octets, or the
// first line with offset and colon after any headings, says offset 0.
func findDump(text string) (dump, bool) {
	first := true
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if m := colonLine().FindStringSubmatch(line); m != nil {
			return dump{text, colonLine(), false}, isZero(m[1])
		}
		if strings.TrimSpace(blankComments(line)) == "" {
			continue
		}
		m := plainLine().FindStringSubmatch(line)
		if first && m != nil && isZero(m[1]) && offsetBefore(m[1], m[2]) {
			return dump{text, plainLine(), true}, true
		}
		first = false
	}
	return dump{}, false
}

func trimCR(line string) string { return strings.TrimSuffix(line, "\r") }

func isZero(digits string) bool { return strings.Trim(digits, "0") == "" }

// offsetBefore tells "0000 62 6f" (offset, octets) from "0000 626f" (octets):
// the digits that follow are grouped otherwise.
func offsetBefore(offset, rest string) bool {
	return hexRun(rest) > 0 && hexRun(rest) != len(offset)
}

// read collects the octets of each packet; a packet begins at offset 0.
func (d dump) read() ([][]byte, error) {
	var packets [][]byte
	lines := strings.Split(d.text, "\n")
	pos, room := 0, maxRepeated
	for i, line := range lines {
		m := d.line.FindStringSubmatch(trimCR(line))
		switch {
		case m == nil && strings.TrimSpace(line) == repeated && len(packets) > 0:
			last := &packets[len(packets)-1]
			more := repetition(*last, min(d.until(lines[i+1:], len(*last)), room))
			room -= len(more)
			*last = append(*last, more...)
		case m == nil && d.strict && strings.TrimSpace(blankComments(line)) != "":
			return nil, hexErrorAt(d.text, pos, "%q does not begin with an offset as the lines before do", SafeText([]byte(trimCR(line))))
		case m != nil:
			if isZero(m[1]) {
				packets = append(packets, []byte{})
			}
			last := &packets[len(packets)-1]
			if at, _ := strconv.ParseUint(m[1], 16, 64); at != uint64(len(*last)) {
				return nil, hexErrorAt(d.text, pos, "offset 0x%04x after %d octets: a line is missing or cut", at, len(*last))
			}
			*last = append(*last, lineOctets(m[2], d.until(lines[i+1:], len(*last)))...)
		}
		pos += len(line) + 1
	}
	return packets, nil
}

// repeated is the line of hexdump and od for lines like the one before it, up to
// the offset that follows.
const repeated = "*"

// maxRepeated bounds what a few digits of an offset can ask for.
const maxRepeated = 16 << 20

// repetition is n octets, in copies of the last line. An offset that no count of
// lines leads to gives none: the next line is refused by its own offset.
func repetition(b []byte, n int) []byte {
	const width = 16
	if n <= 0 || n%width != 0 || len(b) < width {
		return nil
	}
	return bytes.Repeat(b[len(b)-width:], n/width)
}

// until is how many octets a line has to give, by the offset of the next one;
// -1 when there is none.
func (d dump) until(rest []string, have int) int {
	for _, line := range rest {
		if m := d.line.FindStringSubmatch(trimCR(line)); m != nil {
			if isZero(m[1]) {
				return -1
			}
			at, _ := strconv.ParseInt(m[1], 16, 64)
			return max(int(at)-have, -1)
		}
	}
	return -1
}

// lineOctets reads the octets of a dump line and leaves its text column alone.
// The next line's offset says how many there are. After the last line the column
// has to tell: it begins after two blanks with one character for each octet,
// after three when blanks at its end were lost, or with hexdump's bar.
func lineOctets(line string, want int) []byte {
	all := octetsOf(line)
	columns := gaps().FindAllStringIndex(line, -1)
	if want >= 0 && want <= len(all) && len(columns) > 0 {
		return all[:want]
	}
	for _, gap := range columns {
		left, right := octetsOf(line[:gap[0]]), line[gap[1]:]
		wide := gap[1]-gap[0] >= 3
		if len(right) == len(left) || strings.HasPrefix(right, "|") || wide && len(right) < len(left) {
			return left
		}
	}
	return all
}

var gaps = pattern(`\s{2,}`)

// octetsOf reads the leading groups of paired digits.
func octetsOf(line string) (b []byte) {
	for _, group := range strings.Fields(line) {
		if n := hexRun(group); n != len(group) || n%2 != 0 || n > 16 {
			return b
		}
		octets, _ := runOctets(group, 0, len(group))
		b = append(b, octets...)
	}
	return b
}
