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
	for _, n := range w.out.Lost {
		g.say(kind, fmt.Sprintf("%s cannot say this (%s): %s", w.target.Name, n.Feature, n.Text), "")
	}
	if g.lossy {
		return nil
	}
	return &failure{code: exitFindings, hint: "--lossy writes the rest" + able(w.out.Lost), err: errors.New("nothing written")}
}

// able names targets that can say what is lost, the best known first.
func able(lost []dialect.Note) string {
	var names []string
	for _, t := range targets.All {
		if !slices.ContainsFunc(lost, func(n dialect.Note) bool { return !t.Support[n.Feature].Can }) {
			names = append(names, t.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "; for all of it there is " + strings.Join(names[:min(len(names), 3)], ", ")
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
