package plan

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// TestErrorMessages compares what a user sees for each broken plan in
// testdata/errors with the text beside it. PLAN_UPDATE=1 writes the texts.
func TestErrorMessages(t *testing.T) {
	plans, err := filepath.Glob("testdata/errors/*.yaml")
	require.NoError(t, err)
	require.Greater(t, len(plans), 30, "broken plans are missing")
	for _, name := range plans {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(name)
			require.NoError(t, err)
			_, _, err = Parse("plan.yaml", data)
			var e *Error
			require.ErrorAs(t, err, &e)
			got := fmt.Sprintf("pxekit: error: %v\n%s\n", e, e.Excerpt())
			if e.Hint != "" {
				got += fmt.Sprintf("pxekit: hint: %s\n", e.Hint)
			}
			golden := strings.TrimSuffix(name, ".yaml") + ".txt"
			if os.Getenv("PLAN_UPDATE") != "" {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
			placeInside(t, string(data), e)
		})
	}
}

// placeInside holds that an error's place is in the text and that its line is
// the user's own.
func placeInside(t *testing.T, text string, e *Error) {
	t.Helper()
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	lines := strings.Split(text, "\n")
	require.GreaterOrEqual(t, e.Line, 1)
	require.LessOrEqual(t, e.Line, len(lines))
	require.GreaterOrEqual(t, e.Column, 1)
	if e.SourceLine != "" {
		require.Equal(t, lines[e.Line-1], e.SourceLine)
		require.LessOrEqual(t, e.Column, utf8.RuneCountInString(e.SourceLine)+1)
	}
}

// TestHostilePlans are texts made to exhaust a YAML reader.
func TestHostilePlans(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	deepBlock := ""
	for i := range 900 {
		deepBlock += strings.Repeat(" ", i) + "a:\n"
	}
	for name, c := range map[string]struct{ text, message string }{
		"empty":         {"", "the plan is empty"},
		"comment only":  {"# nothing\n", "the plan is empty"},
		"brackets":      {strings.Repeat("[", 200_000), "more than 32 levels deep"},
		"braces":        {"a: " + strings.Repeat("{a: ", 100_000), "more than 32 levels deep"},
		"dashes":        {strings.Repeat("- ", 100_000), "more than 32 levels deep"},
		"deep block":    {deepBlock, "more than 32 levels deep"},
		"question":      {strings.Repeat("? ", 100_000), ""},
		"alias bomb":    {bomb, "a plan has no anchors, aliases and tags"},
		"NUL":           {"version: 1\nserver: 192.0.2.10\x00\n", "the file holds a NUL"},
		"zeros":         {strings.Repeat("\x00", 1<<20), "the file holds a NUL"},
		"20 MB":         {strings.Repeat("# comment\n", 2_000_000), "longer than"},
		"UTF-16":        {"\xff\xfev\x00e\x00", "UTF-16"},
		"Latin-1":       {"file: b\xf6t\n", "octet 0xf6 is not UTF-8"},
		"C1":            {"file: a\u0086\n", "control character 0x86"},
		"lone CR":       {"version: 1\rserver: x\n", "control character 0x0d"},
		"binary":        {"\x7fELF\x02\x01\x01", "control character 0x7f"},
		"many rules":    {"rules:\n" + strings.Repeat("- {}\n", 1001), "1001 rules"},
		"quotes":        {strings.Repeat(`"`, 300_001), ""},
		"colons":        {strings.Repeat(": ", 100_000), ""},
		"one long line": {"server: " + strings.Repeat("a", 1<<19), "is not an address"},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, _, err := Parse("plan.yaml", []byte(c.text))
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Contains(t, e.Message, c.message)
			require.Less(t, len(e.Excerpt()), 400, "an excerpt must fit a screen")
			require.Less(t, time.Since(start), 20*time.Second)
		})
	}
}

func TestBOMAndCRLF(t *testing.T) {
	want, _, err := Parse("plan.yaml", []byte(wholePlan))
	require.NoError(t, err)
	got, _, err := Parse("plan.yaml", []byte("\ufeff"+strings.ReplaceAll(wholePlan, "\n", "\r\n")))
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// FuzzParse holds that no text makes Parse panic, that errors lie inside the
// text, and that what was read can be written and read again.
func FuzzParse(f *testing.F) {
	f.Add([]byte(wholePlan))
	plans, _ := filepath.Glob("testdata/errors/*.yaml")
	require.NotEmpty(f, plans)
	for _, name := range plans {
		data, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, _, err := Parse("plan.yaml", data)
		if err == nil {
			roundTripAgain(t, p)
			return
		}
		var e *Error
		require.True(t, errors.As(err, &e))
		if utf8.Valid(data) && len(data) < MaxSize {
			placeInside(t, string(data), e)
		}
		e.Excerpt()
	})
}

// roundTripAgain is roundTrip for plans whose repeated options may stand apart:
// the second printing equals the first.
func roundTripAgain(t *testing.T, p *Plan) {
	t.Helper()
	first := p.YAML()
	q, _, err := Parse("plan.yaml", first)
	require.NoError(t, err, "%s", first)
	require.Equal(t, string(first), string(q.YAML()))
}
