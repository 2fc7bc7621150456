package main

import (
	"pxekit/dhcpopts/plan"
	"pxekit/internal/serve"
)

// source is how serve gets its plan: from the flags, from a file, or by looking
// at the folder.
func (v *serveVerb) source(c serve.Config) func() (*plan.Plan, []string, error) {
	if v.plan.file != "" || v.plan.typed() != "" {
		return v.planned
	}
	scheme := "http"
	switch {
	case c.HTTPPort == 0:
		scheme = ""
	case c.TLSCert != "":
		scheme = "https"
	}
	return func() (*plan.Plan, []string, error) {
		p, notes, err := serve.Scan(v.root, c.Root, scheme)
		if err != nil {
			return nil, nil, usagef("name the boot files: --file, --preset or --plan", "%w", err)
		}
		return p, notes, nil
	}
}

// planned reads the plan of flags or file. Without a server it sends each
// machine to the address that it asks.
func (v *serveVerb) planned() (*plan.Plan, []string, error) {
	p, err := v.plan.read(v.ui)
	if err != nil {
		return nil, nil, err
	}
	return p, p.Notes(), nil
}
