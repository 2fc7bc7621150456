package serve

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// How often files are looked at and stories ended.
const housekeepEvery = 2 * time.Second

// housekeep reloads the plan, ends stories and looks after the interfaces until
// ctx ends.
func (s *Server) housekeep(ctx context.Context) error {
	tick := time.NewTicker(housekeepEvery)
	defer tick.Stop()
	seen := stamps(s.watch)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.Reload:
			s.reload()
		case <-tick.C:
			if !maps.Equal(stamps(s.watch), seen) {
				s.reload()
				seen = stamps(s.watch)
			}
			s.sweep()
			if err := s.checkGround(); err != nil {
				return err
			}
		}
	}
}

// stamps are the files' times and sizes; a file that is away has none.
func stamps(files []string) map[string]string {
	all := map[string]string{}
	for _, name := range files {
		if info, err := os.Stat(name); err == nil {
			all[name] = fmt.Sprint(info.ModTime().UnixNano(), info.Size())
		}
	}
	return all
}

// filesOf are a plan file and its list of hosts, which stands beside it.
func filesOf(planFile, hosts string) []string {
	if planFile == "" {
		return nil
	}
	if hosts != "" && !filepath.IsAbs(hosts) {
		hosts = filepath.Join(filepath.Dir(planFile), hosts)
	}
	return []string{planFile, hosts}
}

func (s *Server) sweep() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for client := range s.fetching {
		if m, ok := s.book.byIP.get(client); ok {
			m.heard = s.now()
		}
	}
	for _, v := range s.book.sweep(s.now(), s.hears()) {
		s.Log.Warn(v.line, "event", evVerdict, "mac", v.machine.mac, "ok", false)
	}
}

// reload takes a new plan, or keeps the old one when the new one is refused.
func (s *Server) reload() {
	if err := s.load(); err != nil {
		text, _, _ := strings.Cut(err.Error(), "\n")
		s.Log.Warn("the new plan is refused, the old one stays: "+safe(text), "event", evPlan, "error", safe(text))
	}
}

// load makes the plan and says what machines get by it.
func (s *Server) load() error {
	p, notes, err := s.Load()
	if err != nil {
		return err
	}
	s.watch = filesOf(s.PlanFile, p.HostsFile)
	all := s.resolve(p)
	s.mu.Lock()
	s.policies = all
	s.mu.Unlock()
	s.metrics.reloadings.Add(1)
	for _, line := range append(s.describe(all), notes...) {
		s.Log.Info(line, "event", evPlan)
	}
	return nil
}
