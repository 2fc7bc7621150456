package kea

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNesting: a text of brackets is refused, it does not end the program.
func TestNesting(t *testing.T) {
	const million = 1_000_000
	for _, open := range []string{"[", `{"a":`} {
		_, err := ParseJSON(strings.Repeat(open, million))
		require.ErrorContains(t, err, "nested more than 200 deep")
	}
	for name, c := range map[string]struct{ text, want string }{
		"parentheses": {strings.Repeat("(", million/2), "nested more than 200 deep"},
		"not":         {strings.Repeat("not ", million/2), "nested more than 200 deep"},
		"concat":      {strings.Repeat("concat(", million/4), "nested more than 200 deep"},
		"substring":   {strings.Repeat("substring(", million/4), "nested more than 200 deep"},
		"ifelse":      {strings.Repeat("ifelse(", million/4), "nested more than 200 deep"},
		"row":         {"member('A')" + strings.Repeat(" or member('A')", million), "more than 1000000 words"},
	} {
		_, err := parseTest(c.text, anyClass)
		require.ErrorContains(t, err, c.want, name)
	}
	_, err := parseTest(strings.Repeat("(", 190)+"member('A')"+strings.Repeat(")", 190), anyClass)
	require.NoError(t, err)
}
