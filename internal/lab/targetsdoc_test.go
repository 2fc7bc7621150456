//go:build linux

package lab_test

import (
	"flag"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/targets"
	"pxekit/internal/lab"
	"pxekit/internal/lab/corpus"
)

var update = flag.Bool("update", false, "rewrite docs/targets.md")

const targetsDoc = "../../docs/targets.md"

// TestTargetsDoc compares docs/targets.md with Support. What Support says was
// seen on the wire is compared with the wire by TestMatrix; a skipped test
// changes no cell.
func TestTargetsDoc(t *testing.T) {
	corpus.Golden(t, *update, targetsDoc, targetsText())
}

// TestMeasuredVersions holds that the servers here are the ones that
// docs/targets.md names.
func TestMeasuredVersions(t *testing.T) {
	for _, s := range servers {
		t.Run(s.target, func(t *testing.T) {
			lab.Need(t, s.daemon.Name)
			path, err := lab.Path(s.daemon.Name)
			require.NoError(t, err)
			flag := "--version"
			if s.target == "kea" {
				flag = "-V"
			}
			if s.target == "udhcpd" {
				flag = "--help"
			}
			out, err := exec.Command(path, flag).CombinedOutput()
			require.NoError(t, err, "%s", out)
			require.Contains(t, string(out), s.version)
		})
	}
}

func targetsText() string {
	var b strings.Builder
	b.WriteString(targetsHead)
	for _, s := range servers {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", s.target, title(s.target), s.version)
	}
	b.WriteString("\n## What each target can say\n\n| target |")
	for _, f := range dialect.Features {
		fmt.Fprintf(&b, " %s |", f)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(dialect.Features)) + "\n")
	for _, target := range targets.All {
		fmt.Fprintf(&b, "| `%s` |", target.Name)
		for _, f := range dialect.Features {
			fmt.Fprintf(&b, " %s |", cell(target.Support[f]))
		}
		b.WriteString("\n")
	}
	b.WriteString("\n## Notes\n")
	for _, target := range targets.All {
		writeNotes(&b, target)
	}
	return b.String()
}

func title(name string) string {
	target, err := targets.Find(name)
	if err != nil {
		return err.Error()
	}
	return target.Title
}

func cell(s dialect.Support) string {
	text := string(s.Evidence)
	if !s.Can {
		text = "no"
	}
	if s.Note != "" || s.Forms != nil {
		text += "\u00a0*"
	}
	return text
}

func writeNotes(b *strings.Builder, target dialect.Target) {
	fmt.Fprintf(b, "\n### %s: %s\n\n", target.Name, target.Title)
	if len(target.Forms) > 1 {
		var names []string
		for _, f := range target.Forms {
			names = append(names, "`"+f.Name+"` "+f.Title)
		}
		fmt.Fprintf(b, "Forms (`--as`): %s.\n\n", strings.Join(names, "; "))
	}
	for _, f := range dialect.Features {
		s := target.Support[f]
		var notes []string
		if s.Forms != nil {
			notes = append(notes, "only as "+strings.Join(s.Forms, ", "))
		}
		if s.Note != "" {
			notes = append(notes, s.Note)
		}
		if len(notes) > 0 {
			fmt.Fprintf(b, "* %s: %s\n", f, strings.Join(notes, "; "))
		}
	}
}

const targetsHead = `# What each DHCP server can say

Written by ` + "`go test ./internal/lab -run TargetsDoc -update`" + ` from the Support tables in the code; a test compares the two.

A cell is the evidence that the target can say it, or *no*: the plan then does not come through whole, and ` + "`generate`" + ` fails without ` + "`--lossy`" + `.

| word | how it is known |
|---|---|
| wire | a test starts the real server with the generated config and compares its replies octet for octet |
| documented | the vendor says so |
| derived | follows from the source or the document of the server below |
| unverified | no source was read |

A star points to a note below.

## Measured on the wire

| target | server | version |
|---|---|---|
`
