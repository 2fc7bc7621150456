package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts/plan"
)

// block is a fenced block of a document: ```lang, lines, ```.
type block struct {
	lang  string
	text  string
	start int // offset of the text in the document
}

var fence = regexp.MustCompile("(?ms)^```(\\S*)\\n(.*?)^```$")

func blocks(document string) []block {
	var all []block
	for _, m := range fence.FindAllStringSubmatchIndex(document, -1) {
		all = append(all, block{lang: document[m[2]:m[3]], text: document[m[4]:m[5]], start: m[4]})
	}
	return all
}

// documents are README.md and docs/*.md.
func documents(t *testing.T) []string {
	t.Helper()
	docs, err := filepath.Glob(filepath.Join(repository, "docs", "*.md"))
	require.NoError(t, err)
	require.NotEmpty(t, docs)
	return append(docs, filepath.Join(repository, "README.md"))
}

// TestDocuments runs every command of every console block and compares what it
// prints, and checks the syntax of blocks in other languages.
func TestDocuments(t *testing.T) {
	commands := 0
	for _, name := range documents(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			dir := t.TempDir() // one for the document: later blocks use files of earlier ones
			document := string(text)
			for _, b := range blocks(document) {
				if b.lang != "console" {
					checkSyntax(t, b)
					continue
				}
				got, n := play(t, dir, b.text)
				commands += n
				if *update {
					document = strings.Replace(document, b.text, got, 1)
					continue
				}
				require.Equal(t, b.text, got, "run go test ./cmd/pxekit -update when this is right")
			}
			if *update {
				require.NoError(t, os.WriteFile(name, []byte(document), 0o644))
			}
		})
	}
	require.NotZero(t, commands, "no command in any document")
}

// play runs the lines of a console block that begin with "$ " and returns the
// block as it should be: each command with what it printed, stdout and stderr
// in the order of a terminal.
func play(t *testing.T, dir, text string) (played string, commands int) {
	t.Helper()
	require.Contains(t, text, "pxekit ", "a console block is about pxekit; mark others by their language")
	for _, line := range strings.Split(text, "\n") {
		typed, ok := strings.CutPrefix(line, "$ ")
		if !ok {
			continue
		}
		commands++
		script := strings.Replace(typed, "go run ./cmd/pxekit", "pxekit", 1)
		cmd := exec.Command("sh", "-c", script)
		cmd.Dir = dir
		output, err := cmd.CombinedOutput()
		if exit := new(exec.ExitError); err != nil {
			require.ErrorAs(t, err, &exit, typed)
		}
		played += line + "\n" + string(output)
	}
	return played, commands
}

// checkSyntax gives a block of another language to its parser, where there is
// one on this machine.
func checkSyntax(t *testing.T, b block) {
	t.Helper()
	switch b.lang {
	case "sh":
		parse(t, b, "sh", "-n")
	case "dhcpd":
		parse(t, b, "dhcpd", "-t", "-4", "-cf")
	case "dnsmasq":
		parse(t, b, "dnsmasq", "--test", "-C")
	case "json":
		require.True(t, json.Valid([]byte(b.text)), b.text)
	case "yaml":
		_, _, err := plan.Parse("document", []byte(b.text))
		require.NoError(t, err, b.text)
	case "go":
		example, err := os.ReadFile(filepath.Join(repository, "dhcpopts", "dialect", "targets", "example_test.go"))
		require.NoError(t, err)
		require.Contains(t, unindented(string(example)), unindented(b.text), "the block is no part of the tested example")
	default:
		require.Equal(t, "text", b.lang, "unknown language of a block:\n%s", b.text)
	}
}

// parse runs a program on the block in a file.
func parse(t *testing.T, b block, program string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Logf("%s is not installed: a %s block stays unchecked", program, b.lang)
		return
	}
	name := filepath.Join(t.TempDir(), "block")
	require.NoError(t, os.WriteFile(name, []byte(b.text), 0o644))
	output, err := exec.Command(program, append(args, name)...).CombinedOutput()
	require.NoError(t, err, "%s\n%s", output, b.text)
}

func unindented(text string) string {
	var b bytes.Buffer
	for _, line := range strings.Split(text, "\n") {
		b.WriteString(strings.TrimSpace(line) + "\n")
	}
	return strings.TrimSpace(b.String())
}
