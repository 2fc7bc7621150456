package dialect_test

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/lab/corpus"
)

var (
	target = dialect.Target{Name: "x", Title: "Example DHCP"}
	form   = dialect.Form{Name: "conf", Title: "for one subnet"}
)

// obedient is the output of a server that sends exactly what the plan says.
func obedient(p *plan.Plan) dialect.Output {
	return dialect.Output{Evidence: dialect.Wire, Expect: func(c dhcpopts.Client) dhcpopts.Answer {
		a, _, _ := p.Answer(c)
		return a
	}}
}

func annotate(p *plan.Plan, out dialect.Output) string {
	return strings.Join(dialect.Annotate(p, target, form, out), "\n")
}

func wds(t *testing.T) *plan.Plan {
	t.Helper()
	p, _, err := plan.FromFlags(plan.Flags{Server: "192.0.2.10", Files: []string{`boot\x64\wdsnbp.com`}})
	require.NoError(t, err)
	return p
}

func TestAnnotateSaysWhoGetsWhichBytes(t *testing.T) {
	p := wds(t)
	out := obedient(p)
	out.Where, out.Check, out.Undo = "into subnet { }", "check it", "undo it"
	out.Notes = []dialect.Note{{Text: "one remark"}}
	require.Equal(t, `pxekit: boot options for Example DHCP, for one subnet
Where: into subnet { }

rule 1: x86 BIOS (bios)
  server 192.0.2.10, file boot\x64\wdsnbp.com
  option 66: 31 39 32 2e 30 2e 32 2e 31 30  "192.0.2.10"
  option 67: 62 6f 6f 74 5c 78 36 34 5c 77 64 73 6e 62 70 2e 63 6f 6d 00  "boot\x64\wdsnbp.com"

Who gets nothing: x86 UEFI, 32 bit (efi-ia32); x64 UEFI (efi-x64, types 7 and 9); ARM UEFI, 64 bit (efi-arm64); `+
		`x64 UEFI, boot from HTTP (http-x64); ARM UEFI, 64 bit, boot from HTTP (http-arm64); every other architecture; `+
		`iPXE on x64 UEFI, once it runs; every computer that does not boot from the network

Note: one remark

Evidence: on the wire: the real server was asked in tests, and these are its bytes
Check: check it
Take back: undo it`, annotate(p, out))
}

func TestAnnotateSaysWhatTheServerBends(t *testing.T) {
	p := wds(t)
	out := obedient(p)
	for _, x := range []struct {
		bend func(*dhcpopts.Answer)
		says string
	}{
		{func(a *dhcpopts.Answer) { a.File = nil }, "differs from the plan: header field file stays empty"},
		{func(a *dhcpopts.Answer) { a.SIAddr = netip.Addr{} }, "differs from the plan: siaddr is not set, the plan says 192.0.2.10"},
		{func(a *dhcpopts.Answer) { a.SName = []byte("me") }, `differs from the plan: header field sname is "me"`},
		{func(a *dhcpopts.Answer) { a.Options[0].Data = []byte("192.0.2.10\x00") }, "differs from the plan: option 66 gets a closing NUL"},
		{func(a *dhcpopts.Answer) { a.Options[1].Data = []byte(`boot\x64\wdsnbp.com`) }, "differs from the plan: option 67 loses its closing NUL"},
		{func(a *dhcpopts.Answer) { a.Options[1].Data = []byte("bootd") }, "differs from the plan: option 67 is 62 6f 6f 74 64"},
		{func(a *dhcpopts.Answer) { a.Options = a.Options[:1] }, "differs from the plan: option 67 is not sent"},
		{func(a *dhcpopts.Answer) { a.Options = append(a.Options, a.Options[1]) }, "differs from the plan: option 67 is sent in 2 pieces"},
		{func(a *dhcpopts.Answer) { a.Options = append(a.Options, dhcpopts.Option{Code: 60, Data: []byte("P")}) }, "differs from the plan: option 60 is sent, the plan has none: 50"},
	} {
		out.Expect = func(c dhcpopts.Client) dhcpopts.Answer {
			a, _, ok := p.Answer(c)
			if ok {
				x.bend(&a)
			}
			return a
		}
		require.Contains(t, annotate(p, out), x.says)
	}
}

func TestAnnotateSaysWhatMustBeAskedFor(t *testing.T) {
	p := wds(t)
	out := obedient(p)
	full := out.Expect
	out.Expect = func(c dhcpopts.Client) dhcpopts.Answer {
		a := full(c)
		if !bytes.Contains(c.RequestList, []byte{67}) {
			a.Options = nil
		}
		return a
	}
	require.Contains(t, annotate(p, out), "for a client that does not ask for them (option 55): option 66 is not sent; option 67 is not sent")
}

func TestAnnotateSaysWhoElseIsAnswered(t *testing.T) {
	p := wds(t)
	out := obedient(p)
	out.Expect = func(dhcpopts.Client) dhcpopts.Answer { return dhcpopts.Answer{File: []byte("same for all")} }
	text := annotate(p, out)
	require.NotContains(t, text, "Who gets nothing")
	require.Contains(t, text, "In no rule, but answered by this server all the same: x86 UEFI, 32 bit (efi-ia32); ")
	require.Contains(t, text, "; every computer that does not boot from the network")
}

func TestAnnotateOfCommands(t *testing.T) {
	p := wds(t)
	out := obedient(p)
	out.Undo = "delete one\ndelete two"
	require.Contains(t, annotate(p, out), "\nTake back:\n  delete one\n  delete two")
}

func TestAnnotateOfARelay(t *testing.T) {
	p := wds(t)
	for _, expect := range []func(dhcpopts.Client) dhcpopts.Answer{nil, func(dhcpopts.Client) dhcpopts.Answer { return dhcpopts.Answer{} }} {
		text := annotate(p, dialect.Output{Expect: expect})
		require.Contains(t, text, "This text tells no client anything itself; see the notes.")
		require.NotContains(t, text, "rule 1")
	}
}

func TestAnnotateStaysShortWithManyHosts(t *testing.T) {
	p := wds(t)
	for i := range 100_000 {
		mac := []byte{2, 0, 0, byte(i >> 16), byte(i >> 8), byte(i)}
		p.Hosts = append(p.Hosts, plan.Rule{Match: plan.Match{MAC: mac}, File: "x"})
	}
	lines := dialect.Annotate(p, target, form, dialect.Output{Expect: func(dhcpopts.Client) dhcpopts.Answer { return dhcpopts.Answer{File: []byte("x")} }})
	require.Less(t, len(lines), 60)
	require.Contains(t, lines, "host 1: every PXE client with MAC 02:00:00:00:00:00")
	require.Contains(t, lines, "… and 99997 more single machines, each its own answer")
}

func TestWho(t *testing.T) {
	for want, c := range map[string]plan.Cond{
		"every PXE client":                 {Class: "PXEClient"},
		"every HTTP boot client":           {Class: "HTTPClient"},
		"iPXE on every PXE client":         {Class: "PXEClient", Stage: dhcpopts.IPXEStage},
		"x86 BIOS (bios) before iPXE runs": {Class: "PXEClient", Archs: []dhcpopts.Arch{0}, Stage: dhcpopts.FirstStage},
		"x64 UEFI (efi-x64)":               {Class: "PXEClient", Archs: []dhcpopts.Arch{7}},
		"type 4711":                        {Class: "PXEClient", Archs: []dhcpopts.Arch{4711}},
		"x64 UEFI (efi-x64, types 7 and 9), ARM UEFI, 64 bit (efi-arm64)": {Class: "PXEClient", Archs: []dhcpopts.Arch{7, 9, 11}},
		"every PXE client with MAC 52:54:00:…":                            {Class: "PXEClient", MAC: []byte{0x52, 0x54, 0}},
		`clients whose option 60 starts with "HW-Client"`:                 {Class: "HW-Client"},
		`every PXE client with user class "gPXE"`:                         {Class: "PXEClient", UserClass: "gPXE"},
		"every PXE client with UUID 00112233445566778899aabbccddeeff":     {Class: "PXEClient", UUID: []byte("\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff")},
	} {
		require.Equal(t, want, dialect.Who(c))
	}
}

// TestCommentHolds: no value of a plan can end a comment or hide what follows.
func TestCommentHolds(t *testing.T) {
	for _, name := range append(corpus.Names(), "x\n}\noption routers 6.6.6.6;", "x\r\nevil", strings.Repeat("long ", 400)) {
		p := corpus.One(name, dhcpopts.BIOS)
		p.Rules[0].Match.UserClass = name
		out := obedient(p)
		out.Where, out.Check, out.Undo = name, name, name
		out.Notes = []dialect.Note{{Text: name}}
		out.Lost = []dialect.Note{{Text: name}}
		text := dialect.Comment("#", dialect.Annotate(p, target, form, out))
		require.True(t, utf8.ValidString(text))
		for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
			require.True(t, strings.HasPrefix(line, "#"), "%q", line)
			require.LessOrEqual(t, utf8.RuneCountInString(line), 112)
			require.Equal(t, -1, strings.IndexFunc(line, func(r rune) bool { return r < ' ' || r == 0x7f }), "%q", line)
		}
	}
}

func TestCommentKeepsEveryWord(t *testing.T) {
	words := strings.Repeat("words ", 100) + "  " + strings.Repeat("n", 300) + "\nnext"
	text := dialect.Comment("//", []string{"  " + words, ""})
	letters := func(s string) string { return strings.Join(strings.Fields(strings.ReplaceAll(s, "//", "")), "") }
	require.Equal(t, letters(words), letters(text))
	require.True(t, strings.HasSuffix(text, "\n//\n"), "an empty line stays one")
}
