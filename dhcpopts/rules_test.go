package dhcpopts_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

var update = flag.Bool("update", false, "write docs/findings.md")

const findingsDoc = "../docs/findings.md"

// TestFindingsDoc holds docs/findings.md against the tables of findings.
func TestFindingsDoc(t *testing.T) {
	want := findingsText()
	if *update {
		require.NoError(t, os.WriteFile(findingsDoc, []byte(want), 0o644))
	}
	have, err := os.ReadFile(findingsDoc)
	require.NoError(t, err)
	require.True(t, want == string(have), "%s is not what the tables say; go test ./dhcpopts -run Findings -update writes it", findingsDoc)
}

func findingsText() string {
	var text strings.Builder
	text.WriteString(`# Findings

Every complaint of pxekit has an ID, which it shows behind the text: (PXK018).

Errors make the exit code 1: a machine will not boot, or boots something else. Warnings hurt some machines.
Infos are worth knowing. A finding can be milder than its row where the case is.
`)
	section := func(title string, rules []dhcpopts.FindingRule) {
		fmt.Fprintf(&text, "\n## %s\n", title)
		for _, r := range rules {
			fmt.Fprintf(&text, "\n### %s: %s\n\n**%s**. %s\n\nKnown from: %s.\n", r.ID, r.Title, r.Severity, r.Why, r.Ref)
		}
	}
	section("Bytes: messages and option values", dhcpopts.Rules)
	section("Plans: flags and plan.yaml", plan.Rules)
	return text.String()
}

func TestRules(t *testing.T) {
	id := regexp.MustCompile(`^PXK0\d\d$`)
	last := ""
	for _, r := range dhcpopts.Rules {
		require.Regexp(t, id, r.ID)
		require.Greater(t, r.ID, last)
		last = r.ID
		require.Contains(t, []dhcpopts.Severity{dhcpopts.Error, dhcpopts.Warning, dhcpopts.Info}, r.Severity)
		require.NotEmpty(t, r.Title)
		require.NotEmpty(t, r.Why)
		require.NotEmpty(t, r.Ref)
		got, ok := dhcpopts.RuleByID(r.ID)
		require.True(t, ok)
		require.Equal(t, r, got)
	}
	_, ok := dhcpopts.RuleByID("PXK999")
	require.False(t, ok)
}
