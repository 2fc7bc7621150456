package infoblox

import (
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"net/netip"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/isc"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/lab/corpus"
)

var update = flag.Bool("update", false, "rewrite the texts under testdata")

func TestTarget(t *testing.T) { corpus.CheckTarget(t, Target) }

// The examples of Infoblox' document (NIOS 9.0, "Configuring IPv4 BOOTP and PXE
// Properties").
func TestConfText(t *testing.T) {
	for typed, conf := range map[string]string{
		`\\x86\\topdir\subdir\file.img`:   `\x5cx86\x5ctopdir\\subdir\\file.img`,
		`\\x86\\topdir\\subdir\\file.img`: `\x5cx86\x5ctopdir\x5csubdir\x5cfile.img`,
	} {
		require.Equal(t, conf, confText(typed))
	}
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		code              uint8
		typed, sent, note string
	}{
		{67, `boot\\x64\\wdsnbp.com`, `boot\x64\wdsnbp.com`, `NIOS writes option bootfile-name "boot\x5cx64\x5cwdsnbp.com";`},
		{67, `boot\x64\wdsnbp.com`, `bootd\wdsnbp.com`, `NIOS writes option bootfile-name "boot\x64\\wdsnbp.com";; \x64 is passed on to dhcpd, which reads it as one octet: double the backslash`},
		{67, `\boot\new`, "\boot\new", ""},
		{43, `06:01:08:ff`, "\x06\x01\x08\xff", ""},
		{43, `8`, "\x08", ""},
		{43, `0g`, "0g", ""},
		{67, `62:6f`, "62:6f", ""},
		{150, `0a:4d:00:09`, "\x0a\x4d\x00\x09", ""},
		{3, `10.0.0.1, 10.0.0.2`, "\x0a\x00\x00\x01\x0a\x00\x00\x02", ""},
	} {
		got, err := Read(c.code, c.typed)
		require.NoError(t, err, c.typed)
		require.Equal(t, c.sent, string(got.Sent), c.typed)
		require.Equal(t, dialect.Derived, got.Evidence)
		if c.note != "" {
			require.Equal(t, c.note, got.Note)
		}
	}
	_, err := Read(93, "7")
	require.Error(t, err)
}

// FuzzTyped: what typedText types, the writer and dhcpd bring back to the same
// octets.
func FuzzTyped(f *testing.F) {
	for _, name := range corpus.Names() {
		f.Add([]byte(name))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		if len(value) == 0 || 4*len(value) > isc.MaxString {
			return
		}
		for _, code := range []uint8{66, 67, 60, 43, 175} {
			s, err := Spell(code, value)
			require.NoError(t, err)
			require.Equal(t, value, s.Sent, "%d %q", code, s.Text)
		}
	})
}

func TestSpellUnknownType(t *testing.T) {
	_, err := Spell(93, []byte{0, 7})
	require.ErrorContains(t, err, "93")
	_, err = Spell(3, []byte{1, 2, 3})
	require.Error(t, err)
}

func hostile() *plan.Plan {
	return &plan.Plan{
		Server: corpus.Server, Scope: []netip.Prefix{corpus.Scope, netip.MustParsePrefix("172.16.16.0/20")},
		Rules: []plan.Rule{
			{Match: plan.Match{UserClass: "it's"}, File: "${a}%{b}'`\"\\x64\xff", ServerName: "s"},
			{File: `boot\x64\wdsnbp.com`, Options: []dhcpopts.Option{{Code: 150, Data: []byte{10, 0, 0, 1}}, {Code: 93, Data: []byte{0, 7}}}},
		},
	}
}

func TestGolden(t *testing.T) {
	plans := append(corpus.Plans(), corpus.Named{Name: "hostile", Plan: hostile()})
	for _, form := range Target.Forms {
		for _, p := range plans {
			if p.Name != "wds" && p.Name != "hosts" && p.Name != "hostile" && form.Name != "gui" {
				continue
			}
			out, err := Write(p.Plan, dialect.Request{As: form.Name})
			require.NoError(t, err)
			corpus.Golden(t, *update, filepath.Join("testdata", form.Name+"-"+p.Name+".txt"), out.Text)
		}
	}
}

// Each form's own reader gives back what was typed into the filters.
func TestFormsReadBack(t *testing.T) {
	g, err := newGrid(hostile())
	require.NoError(t, err)
	texts := map[string]string{}
	for _, f := range forms {
		texts[f.Name], err = f.write(g)
		require.NoError(t, err)
	}
	reader := csv.NewReader(strings.NewReader(texts["csv"]))
	reader.FieldsPerRecord = -1
	rows, err := reader.ReadAll()
	require.NoError(t, err)
	ansible := regexp.MustCompile(`body: !unsafe '(.*)'\n`).FindAllStringSubmatch(texts["ansible"], -1)
	terraform := regexp.MustCompile(`(?m)^  bootfile +=( ".*")$`).FindAllStringSubmatch(texts["terraform"], -1)
	require.Len(t, ansible, len(g.filters))
	require.Len(t, terraform, len(g.filters))
	for i, f := range g.filters {
		require.Equal(t, f.expression, rows[i+1][2])
		require.Equal(t, f.bootFile, rows[i+1][3])
		var body wapiFilter
		require.NoError(t, json.Unmarshal([]byte(strings.ReplaceAll(ansible[i][1], "''", "'")), &body))
		require.Equal(t, f.wapi(), body)
		require.Equal(t, f.bootFile, readHCL(strings.TrimSpace(terraform[i][1])))
		require.Equal(t, f.wapi(), shellBody(t, texts["wapi"], f.name))
	}
}

// readHCL is the lexer of HCL for a quoted template without interpolation (HCL
// native syntax, "Template Expressions").
func readHCL(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`, "$${", "${", "%%{", "%{").Replace(s[1 : len(s)-1])
}

// shellBody lets a shell split the call of filter and reads the JSON it gets.
func shellBody(t *testing.T, script, name string) wapiFilter {
	start := strings.Index(script, "\nfilter "+name+" ")
	require.Positive(t, start)
	call := script[start:]
	if end := strings.Index(call, "\n\n"); end > 0 {
		call = call[:end]
	}
	out, err := exec.Command("sh", "-c", "filter() { printf %s \"$2\"; }"+call).Output()
	require.NoError(t, err)
	var body wapiFilter
	require.NoError(t, json.Unmarshal(out, &body))
	return body
}

func TestShellSyntax(t *testing.T) {
	out, err := Write(hostile(), dialect.Request{As: "wapi"})
	require.NoError(t, err)
	check := exec.Command("sh", "-n")
	check.Stdin = strings.NewReader(out.Text)
	message, err := check.CombinedOutput()
	require.NoError(t, err, "%s", message)
}

func TestLost(t *testing.T) {
	p := hostile()
	p.Rules = append(p.Rules,
		plan.Rule{Match: plan.Match{UUID: make([]byte, 16)}, File: "a"},
		plan.Rule{Match: plan.Match{MAC: []byte{1, 2, 3}}, File: "a"},
		plan.Rule{Match: plan.Match{VendorClass: "Acme", Archs: []plan.ArchRef{{Arch: dhcpopts.EFIX64}}}, File: "a"},
		plan.Rule{Match: plan.Match{UserClass: `a\b`}, File: "a"},
	)
	out, err := Write(p, dialect.Request{})
	require.NoError(t, err)
	var lost []dialect.Feature
	for _, n := range out.Lost {
		lost = append(lost, n.Feature)
	}
	require.ElementsMatch(t, []dialect.Feature{dialect.FeatOptions, dialect.FeatUUID, dialect.FeatHosts, dialect.FeatVendorClass, dialect.FeatUserClass}, lost)
}

func TestErrors(t *testing.T) {
	p := hostile()
	_, err := Write(p, dialect.Request{As: "soap"})
	require.ErrorContains(t, err, `"soap"`)
	p.Scope = nil
	_, err = Write(p, dialect.Request{})
	require.ErrorContains(t, err, "scope")
	_, err = Write(&plan.Plan{}, dialect.Request{})
	require.Error(t, err)
}

// Write of a plan whose text dhcpd would refuse must not hide it behind an empty
// Expect: the model's own file always parses.
func TestConfParses(t *testing.T) {
	for _, p := range append(corpus.Plans(), corpus.Named{Plan: hostile()}) {
		g, err := newGrid(p.Plan)
		require.NoError(t, err)
		_, err = isc.Parse(g.conf())
		require.NoError(t, err, fmt.Sprint(g.conf()))
	}
}
