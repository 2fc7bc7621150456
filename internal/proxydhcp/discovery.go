package proxydhcp

import (
	"slices"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

// foreign reports whether a boot server type that a client looks for is not
// ours: a boot server does not answer to types that it does not support (PXE 2.1
// table 2-1, sub-option 8). Of a rule with a menu, ours are the types that it has a file
// for, and those that it leaves to no other server.
func foreign(e Event, r *plan.Rule, kind uint16) bool {
	if r == nil || r.PXE == nil || len(r.PXE.Menu) == 0 || r.PXE.Files[kind] != "" {
		return false
	}
	of := func(s dhcpopts.BootServer) bool { return s.Type == kind }
	if i := slices.IndexFunc(r.PXE.Servers, of); i >= 0 {
		listed := r.PXE.Servers[i].Addrs
		return len(listed) > 0 && !slices.Contains(listed, e.Local)
	}
	return !slices.ContainsFunc(r.PXE.Menu, func(m dhcpopts.MenuItem) bool { return m.Type == kind })
}
