package dialect

import "fmt"

// NoteList collects notes, each once, however many there are: a plan can lose
// the same thing for each of a hundred thousand machines.
type NoteList struct {
	Notes []Note
	seen  map[Note]bool
}

// Add appends a note that is not there yet.
func (l *NoteList) Add(f Feature, format string, args ...any) {
	n := Note{Feature: f, Text: fmt.Sprintf(format, args...)}
	if l.seen[n] {
		return
	}
	if l.seen == nil {
		l.seen = map[Note]bool{}
	}
	l.seen[n] = true
	l.Notes = append(l.Notes, n)
}
