package dnsmasq

import (
	"fmt"
	"strings"
)

// maxLine is what fgets takes at once (MAXDNAME - 1 octets): the rest of a longer
// line is read as a line of its own (option.c, read_file).
const maxLine = 1024

// meta are the characters that quotes protect. Inside quotes each is replaced by
// its index, a control character that no later step gives a meaning, and put back
// when the value is stored (option.c, hide_meta). So a raw control character
// below 32 in a file becomes one of these.
const meta = "\x00123456 \b\t\n78\r90abcdefABCDE\x1bF:,."

// statement is one line of the file: keyword and argument, metacharacters hidden.
type statement struct {
	line   int
	key    string
	arg    string
	hasArg bool
}

// SyntaxError is a line that dnsmasq refuses. Message is dnsmasq's own word.
type SyntaxError struct {
	Line    int
	Message string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Message) }

// statements cuts a file into statements.
func statements(text string) ([]statement, error) {
	var all []statement
	for no := 1; text != ""; no++ {
		var raw string
		raw, text = readLine(text)
		line, err := unquote(raw)
		if err != nil {
			return nil, &SyntaxError{no, err.Error()}
		}
		line = strings.Trim(line, " ")
		if line == "" {
			continue
		}
		s := statement{line: no, key: line}
		if i := strings.IndexByte(line, '='); i >= 0 {
			s.key, s.arg, s.hasArg = strings.TrimRight(line[:i], " ="), strings.TrimLeft(line[i+1:], " "), true
		}
		all = append(all, s)
	}
	return all, nil
}

// readLine takes what fgets would: a line, or maxLine octets of it. A NUL ends
// the C string, and with it the line.
func readLine(text string) (line, rest string) {
	n := strings.IndexByte(text, '\n') + 1
	if n == 0 {
		n = len(text)
	}
	n = min(n, maxLine)
	line, _, _ = strings.Cut(text[:n], "\x00")
	return line, text[n:]
}

// unquote hides what quotes protect, drops comments and makes every white space
// a blank.
func unquote(raw string) (string, error) {
	var out strings.Builder
	white := true
	for i := 0; i < len(raw); i++ {
		if raw[i] == '"' {
			inside, n, ok := quoted(raw[i+1:])
			if !ok {
				return "", fmt.Errorf(`missing "`)
			}
			out.WriteString(inside)
			// The character behind the closing quote is taken as it is: a
			// second quote there does not open a string.
			if i += 1 + n; i >= len(raw) {
				break
			}
		}
		c := raw[i]
		switch {
		case isSpace(c):
			out.WriteByte(' ')
			white = true
		case white && c == '#':
			return out.String(), nil
		default:
			out.WriteByte(c)
			white = false
		}
	}
	return out.String(), nil
}

// quoted reads up to the closing quote and returns the octets used, the closing
// quote among them.
func quoted(raw string) (inside string, n int, ok bool) {
	var out strings.Builder
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c == '"' {
			return out.String(), i + 1, true
		}
		if c == '\\' && i+1 < len(raw) {
			if e, known := escapes[raw[i+1]]; known {
				c = e
				i++
			}
		}
		out.WriteByte(hide(c))
	}
	return "", 0, false
}

// escapes are the only ones; any other backslash stays.
var escapes = map[byte]byte{'"': '"', '\\': '\\', 't': '\t', 'n': '\n', 'b': '\b', 'r': '\r', 'e': 0x1b}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func hide(c byte) byte {
	if i := strings.IndexByte(meta, c); i >= 0 {
		return byte(i)
	}
	return c
}

// unhide puts the protected characters back.
func unhide(s string) string {
	b := []byte(s)
	for i, c := range b {
		if int(c) < len(meta) {
			b[i] = meta[c]
		}
	}
	return string(b)
}

// split cuts at the first comma and drops the blanks around it.
func split(s string) (head, rest string, more bool) {
	head, rest, more = strings.Cut(s, ",")
	if more {
		head, rest = strings.TrimRight(head, " "), strings.TrimLeft(rest, " ")
	}
	return head, rest, more
}
