package serve

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts/plan"
	"pxekit/internal/bootnames"
)

// A plan is read again on a signal, and when a file that it is made from was
// written to or replaced, even by one of the same size and age.
func TestReload(t *testing.T) {
	dir := t.TempDir()
	name, hosts := filepath.Join(dir, "plan.yaml"), filepath.Join(dir, "hosts.csv")
	put := func(file, text string) {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		require.NoError(t, os.Chtimes(file, time.Time{}, time.Unix(1_700_000_000, 0)))
	}
	put(name, "a")
	put(hosts, "a")
	s, out := testServer(t, nil)
	loads := 0
	var bad error
	s.PlanFile = name
	s.Load = func() (*plan.Plan, []bootnames.Note, error) {
		loads++
		p := x64Plan(fmt.Sprintf("http://elsewhere/%d", loads))
		p.HostsFile = "hosts.csv"
		return p, nil, bad
	}
	_, err := s.load()
	require.NoError(t, err)
	for _, change := range []func(){
		func() { put(name+".new", "b"); require.NoError(t, os.Rename(name+".new", name)) },
		func() { put(hosts, "longer") },
		func() { require.NoError(t, os.Remove(hosts)) },
		func() { put(hosts, "x") },
		func() { require.NoError(t, os.Chtimes(name, time.Time{}, time.Unix(1_700_000_001, 0))) },
	} {
		before := loads
		s.reloadIfChanged()
		require.Equal(t, before, loads, "nothing has changed")
		change()
		s.reloadIfChanged()
		require.Equal(t, before+1, loads)
	}
	require.Equal(t, "plan read again: 1 rule\nrule 1: efi-x64, efi-bc gets http://elsewhere/2", strings.Join(strings.Split(lines(out), "\n")[:2], "\n"))
	bad = errors.New("no plan\nwith an excerpt")
	put(name, "bad")
	s.reloadIfChanged()
	s.reloadIfChanged()
	require.Equal(t, "warning: the new plan is refused, the old one stays: no plan", lines(out), "told once")
	require.Contains(t, string(s.policies[ourAddr].Cases[0].Answer.File), fmt.Sprintf("/%d", loads-1))

	bad = nil
	hup := make(chan os.Signal, 1)
	s.Reload = hup
	ctx, cancel := context.WithCancel(context.Background())
	told := make(chan struct{})
	load := s.Load
	s.Load = func() (*plan.Plan, []bootnames.Note, error) { defer close(told); return load() }
	ended := make(chan error)
	go func() { ended <- s.housekeep(ctx) }()
	hup <- syscall.SIGHUP
	<-told
	cancel()
	require.NoError(t, <-ended)
}

// hinted is an error that knows a way out.
type hinted struct{ error }

func (hinted) Hint() string { return "type it so" }

// A plan that is refused is so with the way out, and with the cause where that is
// ours: the file system was given up.
func TestRefused(t *testing.T) {
	denied := func(name string) error { return &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission} }
	for _, c := range []struct {
		err  error
		says string
	}{
		{errors.New("no plan"), "no plan"},
		{hinted{errors.New("no plan\nsecond line")}, "no plan; type it so"},
		{hinted{denied("/etc/hosts.csv")}, "open /etc/hosts.csv: permission denied; type it so"},
	} {
		s, out := testServer(t, nil)
		s.watch = []string{"/srv/plan.yaml", "", ""}
		s.refused("plan", c.err)
		require.Equal(t, "warning: the new plan is refused, the old one stays: "+c.says, lines(out))
	}
	s, out := testServer(t, nil)
	s.watch, s.DropPrivileges = []string{"/srv/plan.yaml", "", ""}, true
	s.refused("plan", fmt.Errorf("cannot read the hosts: %w", denied("/etc/hosts.csv")))
	require.Equal(t, "warning: the new plan is refused, the old one stays: cannot read the hosts: open /etc/hosts.csv: permission denied; serve has "+
		"given up its rights, and the file system but for what was named when it was started: start it again to read /etc/hosts.csv", lines(out))
	s.refused("plan", denied("/srv/site/hosts.csv"))
	require.Equal(t, "warning: the new plan is refused, the old one stays: open /srv/site/hosts.csv: permission denied", lines(out), "within reach")
}
