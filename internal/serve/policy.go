package serve

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/proxydhcp"
)

// policies is the plan resolved for each of our addresses: what says {server},
// or names no server, means the one that the machine talks to.
type policies map[netip.Addr]proxydhcp.Policy

func (s *Server) resolve(p *plan.Plan) policies {
	all := policies{}
	for _, i := range s.ifaces {
		for _, a := range i.Addrs {
			all[a.Addr()] = s.policy(p, a.Addr())
		}
	}
	return all
}

// policy resolves the plan for one of our addresses.
func (s *Server) policy(p *plan.Plan, local netip.Addr) proxydhcp.Policy {
	own := Complete(p, local)
	s.local(own, own.Hosts, local)
	s.local(own, own.Rules, local)
	policy := proxydhcp.Policy{Strategy: s.Strategy, Filter: s.Filter, Pool: s.pool, Cases: own.Cases()}
	policy.Index = plan.NewIndex(policy.Cases)
	for _, c := range policy.Cases {
		policy.Menus = append(policy.Menus, menus(c)...)
	}
	return policy
}

// local puts into rules what only this server knows: its HTTP port, and what
// its folder has for WDS's boot programs.
func (s *Server) local(p *plan.Plan, rules []plan.Rule, local netip.Addr) {
	found := map[string]string{} // a plan may have the same program for very many hosts
	for i := range rules {
		if r := &rules[i]; p.ServerOf(r) == local {
			r.File = s.withPort(r.File)
			r.WDS = s.withWDS(r, found)
		}
	}
}

// Complete returns a plan as one of our addresses hands it out: with itself as
// server where the plan names none, and as boot server of menu entries that name
// none.
func Complete(p *plan.Plan, local netip.Addr) *plan.Plan {
	own := *p
	if !own.Server.IsValid() {
		own.Server = local
	}
	own.Hosts, own.Rules = slices.Clone(p.Hosts), slices.Clone(p.Rules)
	for _, rules := range [][]plan.Rule{own.Hosts, own.Rules} {
		for i := range rules {
			if x := rules[i].PXE; x != nil && len(x.Menu) > 0 {
				rules[i].PXE = withServers(x, local)
			}
		}
	}
	return &own
}

// withPort adds the HTTP port to a URL of {server} that has none, unless it is
// the scheme's own.
func (s *Server) withPort(file string) string {
	for scheme, port := range map[string]uint16{"http": 80, "https": 443} {
		prefix := scheme + "://{server}"
		rest, ok := strings.CutPrefix(file, prefix)
		if ok && !strings.HasPrefix(rest, ":") && s.HTTPPort != 0 && s.HTTPPort != port && (scheme == "https") == s.tls() {
			return fmt.Sprintf("%s:%d%s", prefix, s.HTTPPort, rest)
		}
	}
	return file
}

// withServers lists us in sub-option 8 for menu entries that have no server: for
// those whose file we hand out, and for all where machines could ask nobody else.
func withServers(x *plan.PXE, local netip.Addr) *plan.PXE {
	own := *x
	own.Servers = slices.Clone(x.Servers)
	alone := len(x.Servers) == 0 && listedOnly(x)
	for _, item := range x.Menu {
		_, ours := x.Files[item.Type]
		listed := slices.ContainsFunc(own.Servers, func(b dhcpopts.BootServer) bool { return b.Type == item.Type })
		if (ours || alone && item.Type != localBoot) && !listed {
			own.Servers = append(own.Servers, dhcpopts.BootServer{Type: item.Type, Addrs: []netip.Addr{local}})
		}
	}
	return &own
}

// localBoot is the menu type of the machine's own disk (PXE 2.1 table 2-1).
const localBoot = 0

// listedOnly reports whether machines ask listed boot servers alone: discovery
// control turns off broadcast (bit 0) and multicast (bit 1), or says so (bit 2).
func listedOnly(x *plan.PXE) bool {
	if x.DiscoveryControl == nil {
		return false
	}
	control := *x.DiscoveryControl
	return control&4 != 0 || control&1 != 0 && (control&2 != 0 || !x.Multicast.IsValid())
}

// menus lists what a case hands out on port 4011 by menu type.
func menus(c plan.Case) (all []proxydhcp.Menu) {
	if c.Rule == nil || c.Rule.PXE == nil {
		return nil
	}
	for kind, file := range c.Rule.PXE.Files {
		m := proxydhcp.Menu{Origin: c.Origin, Type: kind, File: file}
		for _, b := range c.Rule.PXE.Servers {
			if b.Type == kind && len(b.Addrs) > 0 {
				m.Server = b.Addrs[0]
			}
		}
		all = append(all, m)
	}
	return all
}
