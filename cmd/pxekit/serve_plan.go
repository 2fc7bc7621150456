package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/bootnames"
	"pxekit/internal/serve"
)

// source is how serve gets its plan: from the flags, from a file, or by looking
// at the folder. Standard input can be read once only.
func (v *serveVerb) source(c serve.Config) func() (*plan.Plan, []bootnames.Note, error) {
	if v.plan.file == "-" {
		once := sync.OnceValues(func() (*plan.Plan, error) {
			p, _, err := v.planned(nil)
			return p, err
		})
		return func() (*plan.Plan, []bootnames.Note, error) {
			p, err := once()
			return p, nil, err
		}
	}
	if v.plan.file != "" || v.plan.typed() != "" {
		loads := 0
		return func() (*plan.Plan, []bootnames.Note, error) {
			if loads++; loads > 1 {
				return v.planned(c.Log)
			}
			return v.planned(nil)
		}
	}
	scheme := "http"
	switch {
	case c.HTTPPort == 0:
		scheme = ""
	case c.TLSCert != "":
		scheme = "https"
	}
	return func() (*plan.Plan, []bootnames.Note, error) {
		p, notes, err := bootnames.Scan(v.root, c.Root, scheme)
		if err != nil {
			return nil, nil, usagef("name the boot files: --file, --preset or --plan", "%w", err)
		}
		return p, notes, nil
	}
}

// planned reads the plan of flags or file. Without a server it sends each
// machine to the address that it asks. A plan with errors is one error, which
// says all when it comes while serving. What is odd about the plan goes to log
// while serving, and before that, without a log, where all verbs say it.
func (v *serveVerb) planned(log *slog.Logger) (p *plan.Plan, notes []bootnames.Note, err error) {
	p, found, err := v.plan.load(v.ui)
	if err != nil {
		return nil, nil, err
	}
	if err := refused(found); err != nil {
		return nil, nil, err
	}
	if err := someRules(p); err != nil {
		return nil, nil, err
	}
	if log == nil {
		v.findings(found)
	} else {
		logFindings(log, found)
	}
	for _, text := range p.Notes() {
		notes = append(notes, bootnames.Note{Text: text})
	}
	return p, notes, nil
}

// logFindings writes findings as lines of the log.
func logFindings(log *slog.Logger, found []dhcpopts.Finding) {
	for _, f := range found {
		level, text := slog.LevelWarn, sentence(f)
		if f.Severity == dhcpopts.Info {
			level = slog.LevelInfo
		}
		if f.Hint != "" {
			text += "; " + f.Hint
		}
		log.Log(context.Background(), level, dialect.Printable(text), "event", "plan", "id", f.ID)
	}
}

// refused is the first error among findings, nil without one.
func refused(found []dhcpopts.Finding) error {
	bad := slices.DeleteFunc(slices.Clone(found), func(f dhcpopts.Finding) bool { return f.Severity != dhcpopts.Error })
	if len(bad) == 0 {
		return nil
	}
	first, id := bad[0], bad[0].ID
	if len(bad) > 1 {
		id += fmt.Sprintf(", the first of %d errors", len(bad))
	}
	text := first.Message
	if place := first.Place.String(); place != "" {
		text = place + ": " + text
	}
	return usagef(first.Hint, "%s (%s)", text, id)
}
