package main

import (
	"net/netip"
	"strings"

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

// lease reads --dhcp and its companions; nil without them.
func (v *serveVerb) lease() (*serve.Lease, error) {
	const hint = "--dhcp 10.77.0.100-10.77.0.200"
	if v.dhcp == "" {
		if v.router != "" || v.dns != "" {
			return nil, usagef(hint, "--dhcp-router and --dhcp-dns belong to --dhcp")
		}
		return nil, nil
	}
	if v.observe {
		return nil, usagef("leave one of them out", "--observe and --dhcp contradict each other")
	}
	var l serve.Lease
	low, high, ok := strings.Cut(v.dhcp, "-")
	if !ok {
		return nil, usagef(hint, "range %q is not two addresses", v.dhcp)
	}
	for _, x := range []struct {
		text string
		to   *netip.Addr
	}{{low, &l.Low}, {high, &l.High}, {v.router, &l.Router}, {v.dns, &l.DNS}} {
		if x.text == "" && x.to != &l.Low && x.to != &l.High {
			continue
		}
		a, err := netip.ParseAddr(x.text)
		if err != nil || !a.Is4() {
			return nil, usagef(hint, "%q is not an IPv4 address", x.text)
		}
		*x.to = a
	}
	return &l, nil
}
