package lab

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// startWithin bounds everything a server does on its own: it is there for a
// server that hangs, not to measure one.
const startWithin = 60 * time.Second

// logShown keeps a failure message readable: a server in a loop logs megabytes.
const logShown = 8 << 10

// Server is a real DHCP server that runs at the server's end of a [Net].
type Server struct {
	Patience time.Duration // how long Exchange waits for replies

	net   *Net
	name  string
	cmd   *exec.Cmd
	xid   uint32        // of the last request
	ended chan struct{} // closed once the process is gone and its log is whole

	mu  sync.Mutex
	log strings.Builder
}

// Check runs the server's own syntax check on a config and returns what it
// prints. A server without one accepts everything.
func (n *Net) Check(t testing.TB, d Daemon, config string) (output string, err error) {
	t.Helper()
	if d.check == "" {
		return "", nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	cmd := n.command(ctx, t, d, d.check, config)
	err = n.server.do(func() error {
		out, err := cmd.CombinedOutput()
		output = string(out)
		return err
	})
	return output, err
}

// Start runs the server with a config and returns when it says that it is
// ready. A server that does not come up fails the test with its log. The server
// is stopped at the end of the test, or before by Stop.
func (n *Net) Start(t testing.TB, d Daemon, config string) *Server {
	t.Helper()
	s, err := n.Launch(t, d, config)
	require.NoError(t, err, "config:\n%s", config)
	return s
}

// Launch is Start for a server that may refuse its config: the error has its
// log.
func (n *Net) Launch(t testing.TB, d Daemon, config string) (*Server, error) {
	t.Helper()
	s := &Server{Patience: giveUpAfter, net: n, name: d.Name, ended: make(chan struct{})}
	s.cmd = n.command(context.Background(), t, d, d.run+" &\nwait $!", config)
	// A pipe of our own: it ends when the last process that writes to it ends.
	r, w, err := os.Pipe()
	require.NoError(t, err)
	s.cmd.Stdout, s.cmd.Stderr = w, w
	require.NoError(t, n.server.do(s.cmd.Start))
	w.Close()
	t.Cleanup(s.Stop)
	ready := make(chan struct{})
	go s.follow(r, d.ready, ready)
	select {
	case <-ready:
		return s, nil
	case <-s.ended:
		return nil, fmt.Errorf("%s ended at once: %s", d.Name, s.Crash())
	case <-time.After(startWithin):
		return nil, fmt.Errorf("%s does not get ready: %s", d.Name, s.Log())
	}
}

// follow reads the log to its end and then waits for the process.
func (s *Server) follow(r *os.File, mark string, ready chan<- struct{}) {
	defer close(s.ended)
	defer r.Close()
	seen := false
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadString('\n')
		s.mu.Lock()
		s.log.WriteString(line)
		s.mu.Unlock()
		if !seen && strings.Contains(line, mark) {
			seen = true
			close(ready)
		}
		if err != nil {
			break
		}
	}
	_ = s.cmd.Wait() // how it ended is in ProcessState
}

// Log is the end of what the server has printed so far.
func (s *Server) Log() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	log := s.log.String()
	return log[max(0, len(log)-logShown):]
}

// Crash describes how the server ended by itself; "" while it runs.
func (s *Server) Crash() string {
	select {
	case <-s.ended:
		return s.name + ": " + s.cmd.ProcessState.String() + "\n" + s.Log()
	default:
		return ""
	}
}

// Stop ends the server and waits for it.
func (s *Server) Stop() {
	_ = s.cmd.Process.Kill() // fails only when it has ended
	<-s.ended
}

// command prepares one of a daemon's shell lines. The mount namespace of its own
// has nothing in the places where servers keep state: no lease, socket or pid
// file of this machine is read or written. The PID namespace of its own makes
// everything end with the shell, and the shell ends with the test process.
func (n *Net) command(ctx context.Context, t testing.TB, d Daemon, line, config string) *exec.Cmd {
	t.Helper()
	Need(t, d.Name, "sh", "mount")
	program, err := Path(d.Name)
	require.NoError(t, err)
	dir := t.TempDir()
	// Some servers drop root before they read their files.
	require.NoError(t, os.Chmod(dir, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, d.file), []byte(config), 0o644))
	cmd := exec.CommandContext(ctx, "sh", "-c", emptyState+line, d.Name, program, d.file)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), d.env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWPID, Unshareflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL,
	}
	cmd.WaitDelay = startWithin
	return cmd
}

const emptyState = `set -e
for d in /run /var/lib /var/log; do mount -t tmpfs -o mode=755 tmpfs $d; done
mkdir /run/kea /var/lib/dhcp /var/lib/kea /var/lib/misc
`
