package serve

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
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
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.Reload:
			s.reload()
		case <-tick.C:
			s.reloadIfChanged()
			s.sweep()
			s.tellLeftOut(false)
			if err := s.checkGround(); err != nil {
				return err
			}
		}
	}
}

func (s *Server) reloadIfChanged() {
	if !maps.EqualFunc(stamps(s.watch), s.seen, sameFile) {
		s.reload()
	}
}

// stamps are the states of files; one that is away has none.
func stamps(files []string) map[string]fs.FileInfo {
	all := map[string]fs.FileInfo{}
	for _, name := range files {
		if info, err := os.Stat(name); err == nil {
			all[name] = info
		}
	}
	return all
}

// sameFile reports whether a file was neither written to nor replaced.
func sameFile(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
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
		if m := s.book.at(client, s.neighbour); m != nil {
			m.heard = s.now()
		}
	}
	for _, v := range s.book.sweep(s.now(), s.hears()) {
		s.Log.Warn(v.line, "event", evVerdict, "mac", v.machine.mac, "ok", false)
	}
}

// reload takes a new plan and certificate, or keeps the old one when the new one
// is refused.
func (s *Server) reload() {
	if err := s.loadCertificate(); err != nil {
		s.refused("certificate", err)
	}
	lines, err := s.load()
	if err != nil {
		s.refused("plan", err)
	}
	s.joinGroups()
	s.planned(lines)
}

func (s *Server) refused(what string, err error) {
	text, _, _ := strings.Cut(err.Error(), "\n")
	s.Log.Warn(fmt.Sprintf("the new %s is refused, the old one stays: %s", what, safe(text)), "event", evPlan, "error", safe(text))
}

// load makes the plan and returns what is to say of it. What changes while it
// reads, or is not read for an error, is looked at again when it changes again.
func (s *Server) load() (lines []string, err error) {
	s.seen = stamps(s.watch)
	p, notes, err := s.Load()
	if err != nil {
		return nil, err
	}
	s.watch = append(filesOf(s.PlanFile, p.HostsFile), s.TLSCert, s.TLSKey)
	for name, info := range stamps(s.watch) {
		if _, before := s.seen[name]; !before {
			s.seen[name] = info
		}
	}
	maps.DeleteFunc(s.seen, func(name string, _ fs.FileInfo) bool { return !slices.Contains(s.watch, name) })
	s.groups = groupsOf(p)
	all := s.resolve(p)
	s.mu.Lock()
	s.policies = all
	s.mu.Unlock()
	s.metrics.reloadings.Add(1)
	return append(s.describe(all), notes...), nil
}

func (s *Server) planned(lines []string) {
	for _, line := range lines {
		s.Log.Info(line, "event", evPlan)
	}
}
