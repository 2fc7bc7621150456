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
	require.NotNil(t, found, "%s", out)
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

// Fragments of the grammar in random order: both accept or both refuse.
func TestDhcpdGrammar(t *testing.T) {
	lab.Need(t, "dhcpd")
	random := rand.New(rand.NewPCG(3, 4))
	pieces := strings.Fields(`if elsif else { } ( ) ; = != ~= and or not exists known option user-class pxe-system-type
		substring concat , 0 1 00:07 "a" hardware filename next-server 10.0.0.1 bootfile-name class host x subnet
		unknown-175 config-option leased-address extract-int 8 & group`)
	starts := []string{"if exists user-class", "if option pxe-system-type = 00:07", "filename", "option bootfile-name", "if substring(hardware, 1, 6) =", "class \"a\" {", "if ( not known"}
	agreed := map[bool]int{}
	for range 120 {
		words := []string{starts[random.IntN(len(starts))]}
		for range 1 + random.IntN(7) {
			words = append(words, pieces[random.IntN(len(pieces))])
		}
		file := strings.Join(words, " ") + "\n"
		_, err := Parse(file)
		if err != nil && strings.HasSuffix(err.Error(), "expecting a data expression.") {
			continue // dhcpd complains or not by a variable it never sets (lose in parse_option_statement)
		}
		theirs := refuses(t, file)
		require.Equal(t, theirs == "", err == nil, "%s\ndhcpd: %q\nhere: %v", file, theirs, err)
		agreed[err == nil]++
	}
	t.Log(agreed)
}
