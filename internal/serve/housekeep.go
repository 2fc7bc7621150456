package serve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pxekit/internal/bootnames"
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
	notes, err := s.load()
	if err != nil {
		s.refused("plan", err)
		return
	}
	s.Log.Info("plan read again: "+s.extent(), "event", evPlan)
	s.joinGroups()
	s.planned(notes)
}

// extent counts what the plan has; of one rule there may be several cases.
func (s *Server) extent() string {
	rules, hosts, last := 0, 0, ""
	for _, c := range s.policies[s.ifaces[0].Addr()].Cases {
		switch {
		case c.Origin == last:
		case c.Host:
			hosts++
		default:
			rules++
		}
		last = c.Origin
	}
	if hosts == 0 {
		return count(rules, "rule")
	}
	return count(rules, "rule") + ", " + count(hosts, "host")
}

// refused tells why something new is not taken, and what to do about it.
func (s *Server) refused(what string, err error) {
	text, _, _ := strings.Cut(err.Error(), "\n")
	text = safe(text)
	attrs := []any{"event", evPlan, "error", text}
	if hint := cmp.Or(s.lockedOut(err), hintOf(err)); hint != "" {
		text, attrs = text+"; "+safe(hint), append(attrs, "hint", safe(hint))
	}
	s.Log.Warn(fmt.Sprintf("the new %s is refused, the old one stays: %s", what, text), attrs...)
}

// hintOf is the way out that an error knows, "" when it knows none.
func hintOf(err error) string {
	var e interface{ Hint() string }
	if !errors.As(err, &e) {
		return ""
	}
	hint, _, _ := strings.Cut(e.Hint(), "\n")
	return hint
}

// lockedOut says that a file is out of reach since the file system was given up,
// "" when it is not: what was named at the start, or stands beside it, is not.
func (s *Server) lockedOut(err error) string {
	e := new(fs.PathError)
	if !s.DropPrivileges || !errors.Is(err, fs.ErrPermission) || !errors.As(err, &e) {
		return ""
	}
	beside := func(name string) bool { return name != "" && below(filepath.Dir(name), e.Path) }
	if slices.ContainsFunc(s.watch, beside) {
		return ""
	}
	return "serve has given up its rights, and the file system but for what was named when it was started: start it again to read " + e.Path
}

// below reports whether a file is in a folder or deeper.
func below(dir, name string) bool {
	dir, _ = filepath.Abs(dir) // "" without a working directory: nothing is below
	name, _ = filepath.Abs(name)
	rel, err := filepath.Rel(dir, name)
	return err == nil && filepath.IsLocal(rel)
}

// load makes the plan and returns what is to say of it. What changes while it
// reads, or is not read for an error, is looked at again when it changes again.
func (s *Server) load() (notes []bootnames.Note, err error) {
	s.seen = stamps(s.watch)
	p, own, err := s.Load()
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
	return append(s.describe(all), own...), nil
}

func (s *Server) planned(notes []bootnames.Note) {
	for _, n := range notes {
		level := slog.LevelInfo
		if n.Warn {
			level = slog.LevelWarn
		}
		s.Log.Log(context.Background(), level, n.Text, "event", evPlan)
	}
}
