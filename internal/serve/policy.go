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
	own := *p
	if !own.Server.IsValid() {
		own.Server = local
	}
	policy := proxydhcp.Policy{Strategy: s.Strategy, Filter: s.Filter, Pool: s.pool}
	own.Hosts = s.localRules(&own, own.Hosts, local)
	own.Rules = s.localRules(&own, own.Rules, local)
	policy.Cases = own.Cases()
	for _, c := range policy.Cases {
		policy.Menus = append(policy.Menus, menus(c)...)
	}
	return policy
}

// localRules puts what only this server knows into copies of rules: its HTTP
// port, what its folder has for WDS's boot programs, and itself as boot server
// of menu entries that name none.
func (s *Server) localRules(p *plan.Plan, rules []plan.Rule, local netip.Addr) []plan.Rule {
	rules = slices.Clone(rules)
	for i := range rules {
		r := &rules[i]
		if p.ServerOf(r) == local {
			r.File = s.withPort(r.File)
			r.WDS = s.withWDS(r)
		}
		if r.PXE != nil && len(r.PXE.Files) > 0 {
			r.PXE = withServers(r.PXE, local)
		}
	}
	return rules
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

// withServers lists us in sub-option 8 for the types whose file we hand out and
// that have no server.
func withServers(x *plan.PXE, local netip.Addr) *plan.PXE {
	own := *x
	own.Servers = slices.Clone(x.Servers)
	for _, item := range x.Menu {
		_, ours := x.Files[item.Type]
		listed := slices.ContainsFunc(own.Servers, func(b dhcpopts.BootServer) bool { return b.Type == item.Type })
		if ours && !listed {
			own.Servers = append(own.Servers, dhcpopts.BootServer{Type: item.Type, Addrs: []netip.Addr{local}})
		}
	}
	return &own
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
