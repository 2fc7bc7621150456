package dhcpopts

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// HexError is what is wrong in hex text, and where, from 1.
type HexError struct {
	Line, Column int
	Text         string
}

// Error returns "line 2, column 7: 'g' is not a hex digit".
func (e *HexError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Text)
}

func hexErrorAt(text string, pos int, format string, args ...any) *HexError {
	before := text[:pos]
	line := strings.LastIndexByte(before, '\n') + 1
	return &HexError{1 + strings.Count(before, "\n"), 1 + utf8.RuneCountInString(before[line:]), fmt.Sprintf(format, args...)}
}

// ParseHex reads octets from text and finds the form out by itself: any of
// [HexForms], with blanks, line ends, quotes and comments (#, //, /* */)
// between them, or a dump with offsets as Wireshark, tcpdump -x, xxd and
// hexdump -C print it. Base64 is taken for it only with its closing "=" or after
// "base64:", since "deadbeef" is both. Single digits between separators are
// octets, as DHCP servers read them. No text at all is no octets.
//
// The error is a [*HexError]; a dump of several packets is one (see
// [ParseHexPackets]).
func ParseHex(text string) ([]byte, error) {
	packets, err := ParseHexPackets(text)
	if err != nil {
		return nil, err
	}
	if len(packets) > 1 {
		return nil, hexErrorAt(text, 0, "the dump holds %d packets, one is wanted", len(packets))
	}
	return packets[0], nil
}

// ParseHexPackets is [ParseHex] for dumps of several packets, each beginning at
// offset 0. There is always at least one, maybe empty.
func ParseHexPackets(text string) ([][]byte, error) {
	if d, ok := findDump(text); ok {
		return d.read()
	}
	b, err := parseHexText(text)
	if err != nil {
		return nil, err
	}
	return [][]byte{b}, nil
}

// ParseHexAs is [ParseHex] for text whose form is known.
func ParseHexAs(form HexForm, text string) ([]byte, error) {
	if form == HexBase64 {
		return parseBase64(text, strings.TrimSpace(text))
	}
	return ParseHex(text)
}

var closedBase64 = pattern(`^[A-Za-z0-9+/\s]+={1,2}\s*$`)

func parseHexText(text string) ([]byte, error) {
	if digits, ok := strings.CutPrefix(strings.TrimSpace(text), "base64:"); ok {
		return parseBase64(text, digits)
	}
	if closedBase64().MatchString(text) {
		return parseBase64(text, text)
	}
	bare := blankComments(text)
	switch {
	case strings.Contains(bare, "{"):
		return parseCArray(bare)
	case strings.Contains(bare, `\`):
		return parseEscapes(bare)
	}
	return parseDigits(bare)
}

func parseBase64(text, digits string) ([]byte, error) {
	compact := strings.Join(strings.Fields(digits), "")
	b, err := base64.StdEncoding.DecodeString(compact)
	if err != nil {
		return nil, hexErrorAt(text, 0, "%q is not base64", compact)
	}
	return b, nil
}

var comments = pattern(`(?s)/\*.*?\*/|#[^\n]*|//[^\n]*`)

// blankComments puts blanks in the place of comments, so that positions stay.
func blankComments(text string) string {
	return comments().ReplaceAllStringFunc(text, func(s string) string { return strings.Map(blank, s) })
}

func blank(r rune) rune {
	if r == '\n' {
		return r
	}
	return ' '
}

// separators may stand between octets.
const separators = " \t\r\n:-,;\"'"

// parseDigits reads runs of hex digits between separators, each with or without
// 0x. A dot separates only after four digits, as Cisco groups them: between
// fewer it is more likely an address in decimal.
func parseDigits(text string) ([]byte, error) {
	b := []byte{}
	run := 0
	for pos := 0; pos < len(text); {
		if strings.IndexByte(separators, text[pos]) >= 0 || text[pos] == '.' && run >= 4 {
			pos++
			continue
		}
		start := pos
		if prefix := text[pos:min(pos+2, len(text))]; prefix == "0x" || prefix == "0X" {
			start += 2
		}
		end := start + hexRun(text[start:])
		if end == start && start == pos {
			r, _ := utf8.DecodeRuneInString(text[pos:])
			return nil, hexErrorAt(text, pos, "%q is not a hex digit", r)
		}
		octets, err := runOctets(text, start, end)
		if err != nil {
			return nil, err
		}
		b = append(b, octets...)
		run, pos = end-start, end
	}
	return b, nil
}

// runOctets reads one run of digits: pairs, or a single digit.
func runOctets(text string, start, end int) ([]byte, error) {
	run := strings.ToLower(text[start:end])
	if len(run) == 1 {
		run = "0" + run
	}
	if len(run)%2 != 0 {
		return nil, hexErrorAt(text, start, "%q has an odd number of hex digits (%d)", text[start:end], len(run))
	}
	b := make([]byte, 0, len(run)/2)
	for i := 0; i < len(run); i += 2 {
		b = append(b, unhex(run[i])<<4|unhex(run[i+1]))
	}
	return b, nil
}

func hexRun(s string) int {
	n := 0
	for n < len(s) && strings.IndexByte("0123456789abcdefABCDEF", s[n]) >= 0 {
		n++
	}
	return n
}

// continued reports a backslash at the end of a line, as in a C string of several
// lines.
func continued(text string) bool {
	rest, ok := strings.CutPrefix(text, `\`)
	rest = strings.TrimLeft(rest, " \t\r")
	return ok && (rest == "" || rest[0] == '\n')
}

// parseEscapes reads \x62\x6f, in quotes or bare.
func parseEscapes(text string) ([]byte, error) {
	b := []byte{}
	for pos := 0; pos < len(text); {
		switch {
		case strings.IndexByte(separators, text[pos]) >= 0, continued(text[pos:]):
			pos++
		case strings.HasPrefix(text[pos:], `\x`) && hexRun(text[pos+2:]) >= 2:
			octet, _ := runOctets(text, pos+2, pos+4)
			b = append(b, octet...)
			pos += 4
		default:
			return nil, hexErrorAt(text, pos, `%q is not an octet such as \x62`, text[pos:min(pos+4, len(text))])
		}
	}
	return b, nil
}

// parseCArray reads the first braces of C source; numbers are C's: 0x62 and 98.
func parseCArray(text string) ([]byte, error) {
	from := strings.IndexByte(text, '{') + 1
	length := strings.IndexByte(text[from:], '}')
	if length < 0 {
		return nil, hexErrorAt(text, from-1, "the array has no closing brace")
	}
	b := []byte{}
	pos := from
	for _, element := range strings.Split(text[from:from+length], ",") {
		number := strings.TrimSpace(element)
		n, err := strconv.ParseUint(number, 0, 8)
		switch {
		case err == nil:
			b = append(b, uint8(n))
		case number != "" || pos+len(element) < from+length: // the last comma may stand alone
			lead := len(element) - len(strings.TrimLeft(element, " \t\r\n"))
			return nil, hexErrorAt(text, pos+lead, "%q is not an octet such as 0x62 or 98", number)
		}
		pos += len(element) + 1
	}
	return b, nil
}
