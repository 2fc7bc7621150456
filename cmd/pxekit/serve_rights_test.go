//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"pxekit/dhcpopts"
	"pxekit/internal/lab"
)

// process is the built binary at a host of a test network.
type process struct {
	*testing.T
	cmd   *exec.Cmd
	ended chan struct{}

	mu  sync.Mutex
	log []byte
}

// logKept bounds what is kept of a log: a soak writes gigabytes.
const logKept = 1 << 20

func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log = append(p.log, b...)
	if len(p.log) > 2*logKept {
		p.log = append(p.log[:0], p.log[len(p.log)-logKept:]...)
	}
	return len(b), nil
}

// Log is the end of what it has printed so far.
func (p *process) Log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return string(p.log)
}

// released is the program as it is released: without cgo, so that rights can be
// given up on all threads.
var released = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "pxekit")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "pxekit")
	build := exec.Command("go", "build", "-o", name, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	return os.ReadFile(name)
})

// program is a copy of it that everyone may run.
func program(t *testing.T) string {
	t.Helper()
	content, err := released()
	require.NoError(t, err)
	name := filepath.Join(publicDir(t), "pxekit")
	require.NoError(t, os.WriteFile(name, content, 0o755))
	return name
}

// publicDir is a folder that everyone may look into.
func publicDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for d := dir; d != os.TempDir() && d != "/"; d = filepath.Dir(d) {
		require.NoError(t, os.Chmod(d, 0o755))
	}
	return dir
}

// start runs a command at a host until the test ends.
func start(t *testing.T, host *lab.Net, files []*os.File, args ...string) *process {
	t.Helper()
	p := &process{T: t, cmd: exec.Command(args[0], args[1:]...), ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr, p.cmd.ExtraFiles = p, p, files
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(t, host.Do(p.cmd.Start))
	go func() {
		_ = p.cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.ended
	})
	return p
}

// said waits for a text in the log.
func (p *process) said(text string) {
	p.Helper()
	require.Eventually(p, func() bool { return strings.Contains(p.Log(), text) }, patience, 10*time.Millisecond, "%q\n%s", text, p)
}

// String is the end of the log, for messages.
func (p *process) String() string {
	log := p.Log()
	return log[max(0, len(log)-4096):]
}

// boots has a machine go through what it needs of a responder: an offer by
// broadcast, TFTP and HTTP.
func (s *site) boots(p *process, last byte) {
	s.Helper()
	x64 := mac(dhcpopts.Firmware(dhcpopts.EFIX64), last)
	offer := s.offer(p, s.send(x64, nobody, all))
	require.Equal(s, "Boot/bootx64.efi", string(offer.FileName()), "%s", p)
	for _, scheme := range []string{"tftp", "http"} {
		content, err := s.fetch(scheme + "://10.77.0.2/Boot/bootx64.efi")
		require.NoError(s, err, "%s", p)
		require.Len(s, content, 300_000)
	}
}

// offer waits for pxekit's answer to a message.
func (s *site) offer(p *process, xid uint32) *dhcpopts.Packet {
	s.Helper()
	require.NoError(s, s.conn.SetReadDeadline(time.Now().Add(patience)))
	buf := make([]byte, 2048)
	for {
		d, err := s.conn.Read(buf)
		require.NoError(s, err, "%s", p)
		if packet, err := dhcpopts.Parse(bytes.Clone(d.Payload)); err == nil && packet.Op == 2 && packet.XID == xid {
			require.Equal(s, pxeHost, d.Src.Addr().String())
			return packet
		}
	}
}

// rightsSite is a network with a machine, and a host for pxekit.
func rightsSite(t *testing.T) (s *site, host *lab.Net) {
	t.Helper()
	segment := lab.NewSegment(t)
	return visit(t, segment), segment.Host(t, pxeHost)
}

// After the start nothing is left of root's rights, and of the file system only
// the boot files and the plan, which is still loaded again. What was opened
// before goes on: ports, packet sockets, the capture, the ARP table.
func TestServeIsConfined(t *testing.T) {
	s, host := rightsSite(t)
	dir := publicDir(t)
	plan, capture := filepath.Join(dir, "plan.yaml"), filepath.Join(t.TempDir(), "out.pcap")
	write := func(text string) {
		require.NoError(t, os.WriteFile(plan+".new", []byte("version: 1\n"+text), 0o644))
		require.NoError(t, os.Rename(plan+".new", plan)) // as editors do
	}
	write("rules:\n  - {match: {arch: efi-x64}, file: Boot/bootx64.efi}\n")
	elsewhere := filepath.Join(t.TempDir(), "hosts.csv")
	require.NoError(t, os.WriteFile(elsewhere, []byte("mac,file\n52:54:00:12:34:07,secret.efi\n"), 0o644))

	p := start(t, host, nil, program(t), "serve", "-i", "s0", "--root", bootFolder(t), "--plan", plan, "--pcap", capture)
	p.said("answering on s0")
	p.said("gave up all capabilities\n")
	require.Equal(t, strings.Repeat("0000000000000000 ", 4), status(t, p.cmd.Process.Pid, "CapInh", "CapPrm", "CapEff", "CapAmb"))
	require.Equal(t, "1 ", status(t, p.cmd.Process.Pid, "NoNewPrivs"))
	s.boots(p, 1)
	p.said("52:54:00:12:34:01 UEFI x64: offered Boot/bootx64.efi (rule 1)")

	write("rules:\n  - {match: {arch: efi-x64}, file: Boot/other.efi}\n")
	p.said("efi-bc gets Boot/other.efi")
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGHUP))
	require.Eventually(t, func() bool { return strings.Count(p.Log(), "gets Boot/other.efi") == 2 }, patience, 10*time.Millisecond)

	if strings.Contains(p.Log(), "this kernel has no landlock") {
		t.Log("landlock was not tried: this kernel has none")
	} else {
		p.said("reads files below ")
		write("hosts: " + elsewhere + "\nrules:\n  - {match: {arch: efi-x64}, file: Boot/other.efi}\n")
		p.said("the new plan is refused, the old one stays: ")
		p.said("permission denied; serve has given up its rights, and the file system but for what was named when it was started: start it again to read " + elsewhere)
	}
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	<-p.ended
	require.Equal(t, 0, p.cmd.ProcessState.ExitCode(), "%s", p)
	recorded, err := os.ReadFile(capture)
	require.NoError(t, err)
	require.Greater(t, len(recorded), 500, "messages are recorded after rights are gone")
}

// status reads lines of /proc/PID/status, the same for all threads.
func status(t *testing.T, pid int, names ...string) (values string) {
	t.Helper()
	tasks, err := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/status")
	require.NoError(t, err)
	require.NotEmpty(t, tasks)
	for _, name := range names {
		seen := map[string]bool{}
		for _, task := range tasks {
			text, _ := os.ReadFile(task) // a thread may end meanwhile
			_, rest, _ := strings.Cut(string(text), name+":")
			value, _, _ := strings.Cut(rest, "\n")
			seen[strings.TrimSpace(value)] = true
		}
		delete(seen, "")
		require.Len(t, seen, 1, name)
		for value := range seen {
			values += value + " "
		}
	}
	return values
}

// Boot files that are one user's alone are served when root starts it: for that
// one right is kept, and named.
func TestServeFilesOfOthers(t *testing.T) {
	s, host := rightsSite(t)
	root := bootFolder(t)
	private := filepath.Join(root, "Boot", "bootx64.efi")
	require.NoError(t, os.Chown(private, 12345, 12345))
	require.NoError(t, os.Chmod(private, 0o600))
	p := start(t, host, nil, program(t), "serve", "-i", "s0", "--root", root)
	p.said("answering on s0")
	p.said("gave up all capabilities but CAP_DAC_READ_SEARCH, without which Boot/bootx64.efi cannot be read")
	require.Equal(t, "0000000000000004 0000000000000004 ", status(t, p.cmd.Process.Pid, "CapPrm", "CapEff"))
	s.boots(p, 1)
}

// asNobody runs a command as a user without any rights, but for those that
// flags of setpriv give.
func asNobody(flags ...string) []string {
	return append([]string{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"}, flags...)
}

// A user who is not root serves with two capabilities, whichever way he has
// them, and without any on sockets that systemd has opened.
func TestServeWithoutRoot(t *testing.T) {
	lab.Need(t, "setpriv")
	t.Run("ambient capabilities", func(t *testing.T) {
		s, host := rightsSite(t)
		p := start(t, host, nil, append(asNobody("--inh-caps=+net_bind_service,+net_raw", "--ambient-caps=+net_bind_service,+net_raw"),
			program(t), "serve", "-i", "s0", "--root", bootFolder(t))...)
		p.said("answering on s0")
		require.Equal(t, strings.Repeat("0000000000000000 ", 3), status(t, p.cmd.Process.Pid, "CapPrm", "CapEff", "CapAmb"))
		s.boots(p, 1)
	})
	t.Run("file capabilities", func(t *testing.T) {
		s, host := rightsSite(t)
		program := program(t)
		setcap(t, program, unix.CAP_NET_BIND_SERVICE, unix.CAP_NET_RAW)
		p := start(t, host, nil, append(asNobody(), program, "serve", "-i", "s0", "--root", bootFolder(t))...)
		p.said("answering on s0")
		require.Equal(t, strings.Repeat("0000000000000000 ", 2), status(t, p.cmd.Process.Pid, "CapPrm", "CapEff"))
		s.boots(p, 1)
	})
	t.Run("inherited sockets", func(t *testing.T) {
		s, host := rightsSite(t)
		line := append([]string{"sh", "-c", `LISTEN_PID=$$ LISTEN_FDS=5 exec "$@"`, "sh"}, asNobody("--bounding-set=-all", "--inh-caps=-all")...)
		p := start(t, host, opened(t, host), append(line, program(t), "serve", "-i", "s0", "--root", bootFolder(t))...)
		p.said("answering on s0")
		p.said("answers of other servers on s0 are not heard: the right CAP_NET_RAW is missing, " +
			"so other PXE responders are not recognised, and --strategy auto learns nothing; run it with sudo, or ")
		p.said("systemd has opened what nothing here uses: udp 0.0.0.0:70\n")
		s.boots(p, 1)
	})
	t.Run("no right to hear others", func(t *testing.T) {
		_, host := rightsSite(t)
		p := start(t, host, nil, append(asNobody("--inh-caps=+net_bind_service", "--ambient-caps=+net_bind_service"),
			program(t), "serve", "-i", "s0", "--dhcp", "10.77.0.100-10.77.0.110", "--root", bootFolder(t))...)
		<-p.ended
		require.Equal(t, 2, p.cmd.ProcessState.ExitCode())
		require.Contains(t, p.Log(), "pxekit: error: other DHCP servers cannot be heard, so no addresses are given: ")
		require.Contains(t, p.Log(), "pxekit: hint: the right CAP_NET_RAW is missing: run it with sudo, or give the program the right once: sudo setcap ")
	})
	t.Run("none", func(t *testing.T) {
		_, host := rightsSite(t)
		p := start(t, host, nil, append(asNobody(), program(t), "serve", "-i", "s0", "--root", bootFolder(t))...)
		<-p.ended
		require.Equal(t, 2, p.cmd.ProcessState.ExitCode())
		require.Contains(t, p.Log(), "pxekit: error: no right to open the ports: ")
		require.Contains(t, p.Log(), "sudo setcap cap_net_bind_service,cap_net_raw+ep $(command -v pxekit)")
	})
}

// setcap gives a program capabilities, as setcap(8) does: the attribute is
// VFS_CAP_REVISION_2 of linux/capability.h.
func setcap(t *testing.T, program string, caps ...int) {
	t.Helper()
	const revision, effective = 0x02000000, 1
	var permitted uint32
	for _, c := range caps {
		permitted |= 1 << c
	}
	attr := binary.LittleEndian.AppendUint32(nil, revision|effective)
	attr = binary.LittleEndian.AppendUint32(attr, permitted)
	require.NoError(t, unix.Setxattr(program, "security.capability", append(attr, make([]byte, 12)...), 0))
}

// opened are the sockets of docs/deploy/pxekit.socket, as systemd opens them
// without its Broadcast=yes, and one more.
func opened(t *testing.T, host *lab.Net) (files []*os.File) {
	t.Helper()
	require.NoError(t, host.Do(func() error {
		for _, port := range []int{67, 4011, 69, 70} {
			conn, err := net.ListenUDP("udp4", &net.UDPAddr{Port: port})
			if err != nil {
				return err
			}
			defer conn.Close()
			f, err := conn.File()
			if err != nil {
				return err
			}
			files = append(files, f)
			if err := unix.SetsockoptInt(int(f.Fd()), unix.SOL_SOCKET, unix.SO_BROADCAST, 0); err != nil {
				return err
			}
		}
		l, err := net.Listen("tcp4", ":80")
		if err != nil {
			return err
		}
		defer l.Close()
		f, err := l.(*net.TCPListener).File()
		files = append(files, f)
		return err
	}))
	t.Cleanup(func() {
		for _, f := range files {
			_ = f.Close()
		}
	})
	return files
}

// The first signal lets a transfer go on, the second ends the program at once.
func TestServeSecondSignal(t *testing.T) {
	s, host := rightsSite(t)
	p := start(t, host, nil, program(t), "serve", "-i", "s0", "--root", bootFolder(t))
	p.said("answering on s0")
	require.NoError(t, s.client.Do(func() error {
		conn, err := net.ListenUDP("udp4", &net.UDPAddr{})
		if err != nil {
			return err
		}
		defer conn.Close()
		request := []byte("\x00\x01undionly.kpxe\x00octet\x00timeout\x00255\x00")
		if _, err := conn.WriteTo(request, &net.UDPAddr{IP: net.ParseIP(pxeHost), Port: 69}); err != nil {
			return err
		}
		_, err = conn.Read(make([]byte, 600)) // the transfer has begun
		return err
	}))
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	p.said("stopping: 1 transfer may go on for 10s; a second signal ends at once")
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGINT))
	<-p.ended
	require.Equal(t, syscall.SIGINT, p.cmd.ProcessState.Sys().(syscall.WaitStatus).Signal(), "%s", p)
}
