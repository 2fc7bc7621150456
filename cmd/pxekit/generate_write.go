package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/targets"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/jsonout"
)

// written is a plan in a target's language, with all that made it.
type written struct {
	plan   *plan.Plan
	target dialect.Target
	form   dialect.Form
	req    dialect.Request
	out    dialect.Output
}

// write renders a plan, with the plan's own notes beside the target's.
func write(p *plan.Plan, t dialect.Target, form dialect.Form, req dialect.Request) (written, error) {
	out, err := t.Write(p, req)
	for _, text := range p.Notes() {
		out.Notes = append(out.Notes, dialect.Note{Text: text})
	}
	return written{p, t, form, req, out}, err
}

// heading is the annotation, as the comments that stand before the config. A
// form without comments gets it apart.
func (w written) heading() (comments, aside string) {
	lines := dialect.Annotate(w.plan, w.target, w.form, w.annotated())
	mark := w.target.Comment
	if w.out.Comment != "" {
		mark = w.out.Comment
	}
	if mark == "" || w.out.Bare {
		return "", strings.Join(lines, "\n")
	}
	return dialect.Comment(mark, lines) + "\n", ""
}

// annotated is the output with an Expect that is cheap to ask. The annotation
// goes through the first few hosts only, and a config without the others
// answers those the same; 100,000 hosts need not be read back for it.
func (w written) annotated() dialect.Output {
	out := w.out
	if head := w.plan.Head(dialect.HostsShown); head != w.plan {
		if short, err := w.target.Write(head, w.req); err == nil {
			out.Expect = short.Expect
		}
	}
	return out
}

// judge complains of what the target cannot say: errors, or warnings under
// --lossy.
func (g *generate) judge(w written) error {
	if len(w.out.Lost) == 0 {
		return nil
	}
	kind := "error"
	if g.lossy {
		kind = "warning"
	}
	said := map[dialect.Note]bool{}
	for _, n := range w.out.Lost {
		if said[n] {
			continue
		}
		said[n] = true
		g.say(kind, fmt.Sprintf("%s cannot say this (%s): %s", w.target.Name, n.Feature, n.Text), "")
	}
	if g.lossy {
		return nil
	}
	hint := "--lossy writes the rest"
	if names := w.able(); len(names) > 0 {
		hint += "; for all of it there is " + strings.Join(names, ", ")
	}
	return &failure{code: exitFindings, hint: hint, err: errors.New("nothing written")}
}

// maxAble is how many ways out a hint names.
const maxAble = 3

// able names the servers that can say the plan, the best known first. They are
// asked, since a target that can say a feature cannot say every value of it; the
// first few hosts stand for all.
func (w written) able() (names []string) {
	head := w.plan.Head(dialect.HostsShown)
	for _, t := range targets.All {
		if form, ok := w.formAble(t, head); ok && len(names) < maxAble {
			names = append(names, strings.TrimSuffix(t.Name+" --as "+form.Name, " --as "+t.Forms[0].Name))
		}
	}
	return names
}

// formAble finds the form of a server that can say a plan in place of w. A plan
// file is no server, and a relay leaves the plan to others.
func (w written) formAble(t dialect.Target, p *plan.Plan) (dialect.Form, bool) {
	i := slices.IndexFunc(t.Forms, func(f dialect.Form) bool {
		if t.Name == "plan" || !t.Support[dialect.FeatFile].Can || w.req.Full && !t.Whole || t.Name == w.target.Name && f.Name == w.form.Name {
			return false
		}
		req := w.req
		req.As = f.Name
		out, err := t.Write(p, req)
		return err == nil && len(out.Lost) == 0
	})
	if i < 0 {
		return dialect.Form{}, false
	}
	return t.Forms[i], true
}

// print writes the result: the text, or JSON with what each client will get.
func (g *generate) print(w written, clients []dhcpopts.Client) error {
	comments, aside := w.heading()
	if !g.json {
		if aside != "" {
			g.say("note", aside, "")
		}
		return g.write(g.out, comments, w.out.Text)
	}
	result := jsonout.Generate{
		Schema: jsonout.GenerateSchema, Target: w.target.Name, As: w.form.Name, Text: comments + w.out.Text,
		Clients: []jsonout.Client{}, Notes: jsonout.Notes(w.out),
	}
	for _, c := range clients {
		result.Clients = append(result.Clients, jsonout.Client{
			Client: c.Name, Answer: jsonout.AnswerOf(w.out.Expect(c)), Evidence: string(w.out.Evidence),
		})
	}
	return g.ui.json(g.out, result)
}
