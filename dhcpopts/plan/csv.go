package plan

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"pxekit/dhcpopts"
)

// csvColumns are the columns a host list may have; the first line names them.
const csvColumns = "mac, uuid, arch, stage, vendor-class, user-class, file, server, server-name"

// maxRecord is the most octets from one entry of a host list to the next, with
// what is read ahead.
const maxRecord = 64 << 10

// ParseHostsCSV reads the single machines that a plan's HostsFile lists: comma
// or semicolon separated, a header line with the columns of [Rule] under their
// YAML names, then one machine a line. Several architectures stand in one field
// with blanks between them. Backslashes are literal. The list is streamed, of
// any length. An error of the list is an [*Error]; others are r's.
func ParseHostsCSV(name string, r io.Reader) ([]Rule, error) {
	h := &hostList{name: name, guard: &listGuard{r: r, name: name}}
	in := bufio.NewReader(h.guard)
	h.csv = csv.NewReader(in)
	h.csv.ReuseRecord = true
	h.csv.Comma = delimiter(in)
	if err := h.header(); err != nil {
		return nil, err
	}
	var hosts []Rule
	for {
		record, err := h.csv.Read()
		if err == io.EOF {
			return hosts, nil
		}
		if err != nil {
			return nil, h.readError(err)
		}
		host, err := h.host(record)
		if err != nil {
			return nil, err
		}
		if len(hosts) == cap(hosts) {
			hosts = slices.Grow(hosts, len(hosts)+1) // doubled: append alone copies a large slice five times over
		}
		hosts = append(hosts, host)
		h.guard.pending = 0
	}
}

// delimiter takes a byte order mark away and finds out what a spreadsheet used.
func delimiter(in *bufio.Reader) rune {
	if b, _ := in.Peek(3); bytes.Equal(b, []byte("\xef\xbb\xbf")) {
		_, _ = in.Discard(3) // just peeked
	}
	head, _ := in.Peek(in.Size())
	head, _, _ = bytes.Cut(head, []byte("\n"))
	if bytes.IndexByte(head, ';') >= 0 && bytes.IndexByte(head, ',') < 0 {
		return ';'
	}
	return ','
}

// hostList is a host list being read.
type hostList struct {
	name    string
	guard   *listGuard
	csv     *csv.Reader
	columns []string
}

func (h *hostList) header() error {
	record, err := h.csv.Read()
	if err == io.EOF {
		return &Error{Name: h.name, Line: 1, Column: 1, Message: "the host list is empty", Hint: "the first line names the columns: " + csvColumns}
	}
	if err != nil {
		return h.readError(err)
	}
	seen := map[string]bool{}
	for i, column := range record {
		column = strings.ToLower(strings.TrimSpace(column))
		if !strings.Contains(", "+csvColumns+",", ", "+column+",") || column == "" {
			return h.fail(i, record, "columns: "+csvColumns, "unknown column %q", column)
		}
		if seen[column] {
			return h.fail(i, record, "", "column %q stands twice", column)
		}
		seen[column] = true
		h.columns = append(h.columns, column)
	}
	return nil
}

// host reads one line; an empty field is a key left out.
func (h *hostList) host(record []string) (Rule, error) {
	line, column := h.csv.FieldPos(0)
	r := Rule{Pos: Pos{File: h.name, Line: line, Column: column}}
	for i, value := range record {
		if strings.TrimSpace(value) == "" {
			continue
		}
		if !utf8.ValidString(value) {
			return r, h.fail(i, record, "save the list as UTF-8", "%s is not UTF-8: %q", h.columns[i], value)
		}
		if msg, hint := setHost(&r, h.columns[i], value); msg != "" {
			return r, h.fail(i, record, hint, "%s", msg)
		}
	}
	return r, nil
}

// setHost puts one field into a rule. A boot file keeps its blanks, so that the
// checks see them.
func setHost(r *Rule, column, value string) (msg, hint string) {
	var err error
	trimmed := strings.TrimSpace(value)
	switch column {
	case "mac":
		r.Match.MAC, err = parseMAC(trimmed)
	case "uuid":
		r.Match.UUID, err = parseUUID(trimmed)
	case "arch":
		for _, s := range strings.Fields(value) {
			a, exact, archErr := dhcpopts.ParseArch(s)
			if archErr != nil {
				return archErr.Error(), ""
			}
			r.Match.Archs = append(r.Match.Archs, ArchRef{Arch: a, Exact: exact})
		}
	case "stage":
		r.Match.Stage, err = parseStage(trimmed)
	case "vendor-class":
		r.Match.VendorClass = value
	case "user-class":
		r.Match.UserClass = value
	case "file":
		r.File = value
	case "server":
		r.Server, msg, hint = parseServer(trimmed)
	case "server-name":
		r.ServerName = value
	}
	if err != nil {
		msg = err.Error()
	}
	return msg, hint
}

func (h *hostList) fail(field int, record []string, hint, format string, args ...any) error {
	line, column := h.csv.FieldPos(field)
	source := strings.Join(record, string(h.csv.Comma))
	return &Error{Name: h.name, Line: line, Column: min(column, utf8.RuneCountInString(source)+1),
		SourceLine: source, Message: fmt.Sprintf(format, args...), Hint: hint}
}

// readError gives a fault of the CSV form its place.
func (h *hostList) readError(err error) error {
	var e *csv.ParseError
	if !errors.As(err, &e) {
		return err
	}
	hint := ""
	if errors.Is(e.Err, csv.ErrFieldCount) {
		hint = "each line needs as many fields as the first; an empty field is left empty"
	}
	return &Error{Name: h.name, Line: e.Line, Column: max(e.Column, 1), Message: e.Err.Error(), Hint: hint}
}

// listGuard stops at what is not text, before a line of any length, or a quote
// that nobody closes, is held in memory.
type listGuard struct {
	r            io.Reader
	name         string
	line, column int // of the octet read last; line from 0
	pending      int // octets since the last whole record
	err          error
}

// Read passes on what it has checked. An error stays: bufio forgets one that a
// Peek met.
func (g *listGuard) Read(p []byte) (int, error) {
	if g.err != nil {
		return 0, g.err
	}
	n, err := g.r.Read(p)
	for i, c := range p[:n] {
		g.column++
		g.pending++
		switch {
		case c == 0:
			g.err = g.fail("the host list holds a NUL, it is not text", "save it as UTF-8")
			return i, g.err
		case g.pending > maxRecord:
			g.err = g.fail(fmt.Sprintf("an entry longer than %d octets", maxRecord), "a quote may not be closed")
			return i, g.err
		case c == '\n':
			g.line, g.column = g.line+1, 0
		}
	}
	g.err = err
	return n, err
}

func (g *listGuard) fail(message, hint string) error {
	return &Error{Name: g.name, Line: g.line + 1, Column: g.column, Message: message, Hint: hint}
}
