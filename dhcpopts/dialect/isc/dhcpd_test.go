package isc

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/internal/lab"
	"pxekit/internal/lab/corpus"
)

// refuses runs dhcpd -t and gives its first message, "" when it accepts.
func refuses(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "dhcpd.conf")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	leases := filepath.Join(dir, "leases")
	require.NoError(t, os.WriteFile(leases, nil, 0o644))
	program, err := lab.Path("dhcpd")
	require.NoError(t, err)
	out, err := exec.Command(program, "-t", "-cf", file, "-lf", leases).CombinedOutput()
	if err == nil {
		return ""
	}
	found := regexp.MustCompile(`(?m)line \d+: (.*)$`).FindSubmatch(out)
	if found == nil {
		return "refused without a line" // it ended in the middle of the file
	}
	return string(found[1])
}

// dhcpd itself accepts all that Write writes.
func TestDhcpdAcceptsText(t *testing.T) {
	lab.Need(t, "dhcpd")
	for _, form := range Target.Forms {
		for _, p := range corpus.Plans() {
			out, err := Write(p.Plan, full(form.Name))
			require.NoError(t, err)
			require.Empty(t, refuses(t, out.Text), out.Text)
		}
	}
	var pasted strings.Builder
	for _, name := range corpus.Names() {
		out, err := Write(corpus.One(name, dhcpopts.BIOS), dialect.Request{})
		require.NoError(t, err)
		pasted.WriteString(out.Text)
	}
	for _, p := range []dialect.Request{{}, {As: formClass}} {
		out, err := Write(twoScopes(), p)
		require.NoError(t, err)
		pasted.WriteString(out.Text)
	}
	out, err := Write(everything(), dialect.Request{})
	require.NoError(t, err)
	require.Empty(t, refuses(t, "subnet 10.77.0.0 netmask 255.255.255.0 {\n"+out.Text+"}\n"))
	spelled := "option routers 10.77.0.1;\n"
	for code := 1; code < 255; code++ {
		for _, value := range []string{"a\\\"\x00\xff", "1234", "12345678"} {
			s, err := Spell(uint8(code), []byte(value))
			require.NoError(t, err)
			spelled += s.Text + "\n"
		}
	}
	require.Empty(t, refuses(t, spelled+"\n"+pasted.String()))
}

// Random string constants: the lexer and dhcpd agree on which are refused, and
// on the first message.
func TestDhcpdStrings(t *testing.T) {
	lab.Need(t, "dhcpd")
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{`\`, `\\`, `\x`, `\x4`, `0`, `1`, `3`, `7`, `8`, `9`, `a`, `f`, `g`, `"`, ` `, "\n", "\t", ";", "#", "\xff", "\x80", `\0`, `\00`, `\377`, `\400`, "}", `x`}
	var accepted []string
	refusals := 0
	for range 120 {
		var text strings.Builder
		for range 1 + random.IntN(6) {
			text.WriteString(pieces[random.IntN(len(pieces))])
		}
		file := "filename \"" + text.String() + "\";\n"
		_, err := Parse(file)
		message := ""
		if err != nil {
			refusals++
			message = err.(*SyntaxError).Message
		} else {
			accepted = append(accepted, file)
		}
		require.Equal(t, refuses(t, file), message, "%q", file)
	}
	require.Greater(t, refusals, 20)
	require.Greater(t, len(accepted), 20)
}

// Random statements, one in three with a wrong word: both accept or both
// refuse.
func TestDhcpdGrammar(t *testing.T) {
	lab.Need(t, "dhcpd")
	g := generator{rand.New(rand.NewPCG(3, 4))}
	agreed := map[bool]int{}
	for i := range 120 {
		file := g.statement(2)
		if i%3 == 0 {
			file = g.mutate(file)
		}
		_, err := Parse(file + "\n")
		if err != nil && strings.HasSuffix(err.Error(), "expecting a data expression.") {
			continue // dhcpd complains or not by a variable it never sets (lose in parse_option_statement)
		}
		theirs := refuses(t, file+"\n")
		require.Equal(t, theirs == "", err == nil, "%s\ndhcpd: %q\nhere: %v", file, theirs, err)
		agreed[err == nil]++
	}
	require.Greater(t, agreed[true], 20)
	require.Greater(t, agreed[false], 20)
}
