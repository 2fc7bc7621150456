package main

// The output rules of every verb.
//
//   - The result, and nothing else, goes to stdout. Everything else goes to
//     stderr as "pxekit: error: …", "pxekit: warning: …" and "pxekit: note: …",
//     each followed by "pxekit: hint: …" where there is something to do about it.
//   - Exit 0: clean. Exit 1: what was read or asked for has errors. Exit 2: what
//     was typed is wrong, or reading or writing failed.
//   - A reader of stdout that goes away ends the run quietly.
//   - -o FILE: the file appears whole, once there is something to write, or not
//     at all; on failure an existing file stays as it was.
//   - Bytes from outside reach a terminal through dhcpopts.SafeText or
//     dialect.Printable only.
//   - Verbs return errors; only finish turns them into text and an exit code.

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/internal/jsonout"
)

// The exit codes.
const (
	exitClean    = 0
	exitFindings = 1 // what was read or asked for has errors
	exitUsage    = 2 // what was typed is wrong, or I/O failed
)

// failure is an error with its exit code and a way out.
type failure struct {
	code int
	hint string // "" when there is nothing to say
	err  error  // nil: what is wrong has been said already
}

func (f *failure) Error() string {
	if f.err == nil {
		return ""
	}
	return f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

// Hint is the way out, for who tells of the error otherwise than finish.
func (f *failure) Hint() string { return f.hint }

// usagef is a failure of what was typed, or of I/O.
func usagef(hint, format string, args ...any) error {
	return &failure{code: exitUsage, hint: hint, err: fmt.Errorf(format, args...)}
}

// askedf is a failure of what was read or asked for.
func askedf(hint, format string, args ...any) error {
	return &failure{code: exitFindings, hint: hint, err: fmt.Errorf(format, args...)}
}

// said is a failure whose complaints are on stderr already.
func said(code int) error { return &failure{code: code} }

// ui is the world with the output rules.
type ui struct {
	world
}

// finish reports what a run ended with and returns its exit code.
func (u *ui) finish(err error) int {
	if err == nil || closedReader(err) {
		return exitClean
	}
	var f *failure
	if !errors.As(err, &f) { // cobra's own complaints are about what was typed
		f = &failure{code: exitUsage, err: err}
	}
	if f.err != nil {
		u.say("error", f.err.Error(), f.hint)
	}
	return f.code
}

func closedReader(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}

// say writes a message of some kind and its hint to stderr. A text of several
// lines has the prefix on the first, so that quoted source keeps its columns.
func (u *ui) say(kind, text, hint string) {
	fmt.Fprintf(u.stderr, "pxekit: %s: %s\n", kind, safeLines(text))
	if hint != "" {
		fmt.Fprintf(u.stderr, "pxekit: hint: %s\n", safeLines(hint))
	}
}

// safeLines is Printable for each line.
func safeLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = dialect.Printable(line)
	}
	return strings.Join(lines, "\n")
}

// findings prints findings and returns how many are errors.
func (u *ui) findings(all []dhcpopts.Finding) (bad int) {
	for _, f := range all {
		u.say(kindOf(f.Severity), sentence(f), f.Hint)
		if f.Severity == dhcpopts.Error {
			bad++
		}
	}
	return bad
}

// sentence is a finding in words, with where it is and its ID.
func sentence(f dhcpopts.Finding) string {
	text := f.Message
	if place := f.Place.String(); place != "" {
		text = place + ": " + text
	}
	if f.ID != "" {
		text += " (" + f.ID + ")"
	}
	return text
}

func kindOf(s dhcpopts.Severity) string {
	if s == dhcpopts.Info {
		return "note"
	}
	return string(s)
}

// json writes a result as JSON to stdout or to a file.
func (u *ui) json(name string, v any) error {
	var text strings.Builder
	if err := jsonout.Write(&text, v); err != nil {
		return err
	}
	return u.write(name, text.String())
}

// quoted lists names for a sentence: "a", "b".
func quoted(names []string) string {
	q := make([]string, len(names))
	for i, n := range names {
		q[i] = fmt.Sprintf("%q", n)
	}
	return strings.Join(q, ", ")
}
