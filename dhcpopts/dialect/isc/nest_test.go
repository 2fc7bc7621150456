package isc

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/internal/lab/corpus"
)

const served = "subnet 192.0.2.0 netmask 255.255.255.0 { range 192.0.2.10 192.0.2.20; }\n"

// TestNesting: a file of brackets is refused, it does not end the program.
func TestNesting(t *testing.T) {
	const million = 1_000_000
	for name, text := range map[string]string{
		"parentheses": "if " + strings.Repeat("(", million),
		"not":         "if " + strings.Repeat("not ", million),
		"arguments":   "set x = " + strings.Repeat("concat(", million),
		"blocks":      strings.Repeat("if known {", million),
		"else blocks": strings.Repeat("if known {} else {", million),
		"switches":    strings.Repeat("switch (hardware) {", million),
		"groups":      strings.Repeat("group {", million),
		"operators":   "if known" + strings.Repeat(" and known", million) + " {}",
	} {
		_, err := Parse(text)
		require.Error(t, err, name)
		require.Regexp(t, "nested more than 500 deep|more than 100000 operators in a row", err.Error(), name)
	}
}

// TestManyBranches: branches are no nesting.
func TestManyBranches(t *testing.T) {
	never := strings.Repeat(" elsif not known and known { }", 200_000)
	config, err := Parse("if known { }" + never + ` else if not known { filename "last"; }` + "\n" + served)
	require.NoError(t, err)
	require.Equal(t, "last", string(config.Answer(corpus.BIOSClient).File))
}

// TestEndlessValues: what asks for itself has no value, nor has what no message
// could carry.
func TestEndlessValues(t *testing.T) {
	config, err := Parse(`option root-path = config-option root-path; option domain-name = config-option bootfile-name;
option bootfile-name = config-option domain-name; filename "f"; set x = "xx";` + strings.Repeat("set x = concat(x, x);", 60) + "\n" + served)
	require.NoError(t, err)
	require.Equal(t, "f", string(config.Answer(corpus.BIOSClient).File))
}
