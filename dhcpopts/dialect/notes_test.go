package dialect_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts/dialect"
)

func TestNoteListSaysNothingTwice(t *testing.T) {
	var l dialect.NoteList
	for range 2 {
		l.Add(dialect.FeatFile, "host %d", 1)
		l.Add(dialect.FeatSName, "host %d", 1)
		l.Add(dialect.FeatFile, "host %d", 2)
	}
	require.Equal(t, []dialect.Note{
		{Feature: dialect.FeatFile, Text: "host 1"}, {Feature: dialect.FeatSName, Text: "host 1"}, {Feature: dialect.FeatFile, Text: "host 2"},
	}, l.Notes)
}
