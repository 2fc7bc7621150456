package corpus

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// CheckTarget runs the properties that hold for every target, each form with
// every plan and every hostile name:
//   - Write succeeds and its text holds no NUL and no control byte but tab and newline;
//   - a client that does not boot from the network gets nothing, unless that is Lost;
//   - with nothing Lost each client gets what the plan says, but for closing NULs;
//   - what is Lost is what Support says the language lacks, and nothing else;
//   - what Support lacks is never dropped in silence.
func CheckTarget(t *testing.T, target dialect.Target) {
	for _, form := range target.Forms {
		for _, p := range Plans() {
			t.Run(form.Name+"/"+p.Name, func(t *testing.T) { checkPlan(t, target, form.Name, p.Plan, true) })
		}
		for i, name := range Names() {
			t.Run(fmt.Sprintf("%s/name %d", form.Name, i), func(t *testing.T) {
				checkPlan(t, target, form.Name, One(name, dhcpopts.BIOS), false)
				checkPlan(t, target, form.Name, One(name, dhcpopts.EFIX64), false)
			})
		}
	}
}

func checkPlan(t *testing.T, target dialect.Target, form string, p *plan.Plan, plain bool) {
	t.Helper()
	for _, mode := range []plan.NULMode{plan.NULAuto, plan.NULAlways, plan.NULNever} {
		p := *p
		p.NUL.Mode = mode
		out, err := target.Write(&p, dialect.Request{As: form})
		require.NoError(t, err, "nul %s", mode)
		checkText(t, out.Text)
		require.NotNil(t, out.Expect, "no Expect")
		if !target.Can(dialect.FeatFile, form) && !target.Can(dialect.Feat67, form) {
			continue // a relay names no file at all: the boot server does
		}
		checkSupport(t, target, form, &p, out, plain)
		for _, c := range Clients() {
			checkClient(t, target, form, &p, out, c)
		}
	}
}

func checkText(t *testing.T, text string) {
	t.Helper()
	require.NotEmpty(t, text)
	require.True(t, utf8.ValidString(text) || !bytes.ContainsRune([]byte(text), 0), "NUL in text")
	for _, r := range text {
		require.False(t, r < ' ' && r != '\n' && r != '\t' || r == 0x7f, "control character %U in the text:\n%q", r, text)
	}
}

func checkClient(t *testing.T, target dialect.Target, form string, p *plan.Plan, out dialect.Output, c dhcpopts.Client) {
	t.Helper()
	got := out.Expect(c)
	want, _, matched := p.Answer(c)
	if !Boots(c) {
		require.True(t, lost(out, dialect.FeatLaptop) || !got.Boots(), "%s gets %+v from\n%s", c.Name, got, out.Text)
		return
	}
	if len(out.Lost) > 0 {
		return // the text is the plan without what is lost
	}
	if !target.Can(dialect.FeatUnasked, form) && !(slices.Contains(c.RequestList, 66) && slices.Contains(c.RequestList, 43)) {
		return
	}
	if !matched {
		require.True(t, !got.Boots(), "%s is in no rule and gets %+v from\n%s", c.Name, got, out.Text)
		return
	}
	require.True(t, Trimmed(got).Equal(Trimmed(want)), "%s\nwant %s\ngot  %s\nfrom\n%s", c.Name, Show(want), Show(got), out.Text)
}

// checkSupport compares what is Lost with what Support says. With a hostile
// name (plain false) a value may be lost that the language can say in general.
func checkSupport(t *testing.T, target dialect.Target, form string, p *plan.Plan, out dialect.Output, plain bool) {
	t.Helper()
	for _, f := range dialect.Features {
		_, said := target.Support[f]
		require.True(t, said, "Support has no row %q", f)
	}
	if !plain {
		return
	}
	for _, n := range out.Lost {
		require.NotEmpty(t, n.Text)
		if n.Feature == dialect.FeatNUL && p.NUL.Mode == plan.NULNever {
			continue // lost is then to leave the NUL off, not to have it
		}
		require.False(t, target.Can(n.Feature, form), "lost although Support has it: %s: %s", n.Feature, n.Text)
	}
	for _, f := range Asks(p) {
		if !target.Can(f, form) {
			require.True(t, lost(out, f) || noted(out, f), "%s is dropped in silence:\n%s", f, out.Text)
		}
	}
}

func lost(out dialect.Output, f dialect.Feature) bool {
	return slices.ContainsFunc(out.Lost, func(n dialect.Note) bool { return n.Feature == f })
}

func noted(out dialect.Output, f dialect.Feature) bool {
	return slices.ContainsFunc(out.Notes, func(n dialect.Note) bool { return n.Feature == f })
}

// Asks lists the features that a plan needs.
func Asks(p *plan.Plan) []dialect.Feature {
	var asked []dialect.Feature
	need := func(f dialect.Feature, needed bool) {
		if needed && !slices.Contains(asked, f) {
			asked = append(asked, f)
		}
	}
	need(dialect.FeatScope, len(p.Scope) > 0)
	need(dialect.FeatHosts, len(p.Hosts) > 0)
	cases := p.Cases()
	need(dialect.FeatArch, len(cases)-len(p.Hosts) > 1)
	for _, c := range cases {
		_, has43 := c.Answer.Get(dhcpopts.OptVendor)
		_, has66 := c.Answer.Get(dhcpopts.OptTFTPServer)
		file, has67 := c.Answer.Get(dhcpopts.OptBootFile)
		need(dialect.FeatSIAddr, c.Answer.HasServer())
		need(dialect.FeatFile, len(c.Answer.File) > 0)
		need(dialect.FeatSName, len(c.Answer.SName) > 0)
		need(dialect.Feat66, has66)
		need(dialect.Feat67, has67)
		need(dialect.FeatNUL, bytes.HasSuffix(file, []byte{0}))
		need(dialect.FeatIPXE, c.Cond.Stage != dhcpopts.AnyStage)
		need(dialect.FeatHTTP, c.Cond.Class == dhcpopts.ClassHTTP)
		need(dialect.FeatPXE43, has43)
		need(dialect.FeatUserClass, c.Cond.UserClass != "")
		need(dialect.FeatUUID, c.Cond.UUID != nil)
	}
	return asked
}

// Trimmed is an answer without the closing NULs of 66 and 67, without siaddr's
// two spellings of zero and without the client's own name: what a client makes
// of it.
func Trimmed(a dhcpopts.Answer) dhcpopts.Answer {
	a.Options = slices.DeleteFunc(slices.Clone(a.Options), func(o dhcpopts.Option) bool { return o.Code == dhcpopts.OptHostName })
	for i, o := range a.Options {
		if o.Code == dhcpopts.OptTFTPServer || o.Code == dhcpopts.OptBootFile {
			a.Options[i].Data = bytes.TrimRight(o.Data, "\x00")
		}
	}
	return joined(a)
}

// joined puts the pieces of a long option together (RFC 3396).
func joined(a dhcpopts.Answer) dhcpopts.Answer {
	var once []dhcpopts.Option
	for _, o := range a.Options {
		if i := slices.IndexFunc(once, func(x dhcpopts.Option) bool { return x.Code == o.Code }); i >= 0 {
			once[i].Data = slices.Concat(once[i].Data, o.Data)
			continue
		}
		once = append(once, o)
	}
	a.Options = once
	return a
}

// Show writes an answer for a failure message.
func Show(a dhcpopts.Answer) string {
	s := fmt.Sprintf("siaddr %v sname %q file %q", a.SIAddr, a.SName, a.File)
	for _, o := range a.Options {
		s += fmt.Sprintf(" %d=%q", o.Code, o.Data)
	}
	return s
}
