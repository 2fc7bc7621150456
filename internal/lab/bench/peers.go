//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The cable between the servers and the client.
const (
	serverSpace, clientSpace = "pxekit-bench-s", "pxekit-bench-c"
	serverAddr, clientAddr   = "10.199.0.1", "10.199.0.2"
)

// peer is a server under measurement.
type peer struct {
	name    string
	space   string // its network namespace
	port    int
	windows bool // knows RFC 7440
	args    []string
	env     []string
	group   *group
	cmd     *exec.Cmd
}

// peers lists the servers; dir is the folder they serve, unpacked where the
// packages lie.
func peers(self, unpacked, dir string) []*peer {
	port := func(n int) string { return fmt.Sprint(serverAddr, ":", n) }
	all := []*peer{
		{name: "tftpd-hpa", port: 6901, args: []string{filepath.Join(unpacked, "tftpd-hpa/usr/sbin/in.tftpd"), "--foreground", "--address", port(6901), "-u", "root", "-s", dir}},
		{name: "atftpd", port: 6902, windows: true, args: []string{filepath.Join(unpacked, "atftpd/usr/sbin/atftpd"), "--daemon", "--no-fork", "--no-multicast",
			"--bind-address", serverAddr, "--port", "6902", "--user", "root", "--group", "root", "--maxthread", "1100", "--logfile", "/dev/null", dir}},
		{name: "dnsmasq", port: 69, args: []string{"/usr/sbin/dnsmasq", "-k", "--port=0", "--conf-file=/dev/null", "--pid-file", "--user=root",
			"--log-facility=/dev/null", "--listen-address=" + serverAddr, "--enable-tftp", "--tftp-root=" + dir, "--tftp-max=1100"}},
		{name: "pxekit", port: 6904, windows: true, args: []string{self, "serve", port(6904), dir}},
		{name: "bare loop", port: 6905, windows: true, args: []string{self, "bare", port(6905), dir}},
	}
	libraries, _ := filepath.Glob(filepath.Join(unpacked, "libwrap0/usr/lib/*")) // the pattern is well-formed
	for _, p := range all {
		p.space, p.env = serverSpace, []string{"LD_LIBRARY_PATH=" + strings.Join(libraries, ":")}
	}
	return all
}

// start runs a server in its namespace, on the first processor, in a control
// group of its own: in.tftpd forks a child for each transfer.
func (p *peer) start() error {
	group, err := newGroup("pxekit-bench-" + strings.ReplaceAll(p.name, " ", "-"))
	if err != nil {
		return err
	}
	p.group = group
	script := fmt.Sprintf(`echo $$ >%s/cgroup.procs && exec ip netns exec %s taskset -c 0 "$@"`, p.group.dir, p.space)
	p.cmd = exec.Command("sh", append([]string{"-c", script, "sh"}, p.args...)...)
	p.cmd.Env = append(os.Environ(), p.env...)
	p.cmd.Stderr = os.Stderr
	return p.cmd.Start()
}

func (p *peer) stop() {
	if p.cmd != nil && p.cmd.Process != nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	}
	if p.group != nil {
		p.group.remove()
	}
}

// unpack fetches the packages of servers that cannot be installed side by side,
// and would start a daemon, each into a folder of its own.
func unpack(dir string) error {
	for _, name := range []string{"tftpd-hpa", "atftpd", "libwrap0"} {
		into := filepath.Join(dir, name)
		if _, err := os.Stat(filepath.Join(into, "usr")); err == nil {
			continue
		}
		if err := os.MkdirAll(into, 0o755); err != nil {
			return err
		}
		if err := command(into, "apt-get", "download", name); err != nil {
			return err
		}
		debs, err := filepath.Glob(filepath.Join(into, "*.deb"))
		if err != nil || len(debs) != 1 {
			return fmt.Errorf("no package of %s in %s", name, into)
		}
		if err := command(into, "dpkg", "-x", debs[0], "."); err != nil {
			return err
		}
	}
	return nil
}

// command runs a program that should say nothing.
func command(dir string, args ...string) error {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, out)
	}
	return nil
}

// spaces makes the two namespaces and the cable.
func spaces() error {
	removeSpaces()
	for _, line := range []string{
		"ip netns add " + serverSpace,
		"ip netns add " + clientSpace,
		"ip link add pxb0 netns " + serverSpace + " type veth peer name pxb1 netns " + clientSpace,
		"ip -n " + serverSpace + " addr add " + serverAddr + "/24 dev pxb0",
		"ip -n " + clientSpace + " addr add " + clientAddr + "/24 dev pxb1",
		"ip -n " + serverSpace + " link set pxb0 up",
		"ip -n " + serverSpace + " link set lo up",
		"ip -n " + clientSpace + " link set pxb1 up",
	} {
		if err := command("", strings.Fields(line)...); err != nil {
			return err
		}
	}
	return nil
}

func removeSpaces() {
	for _, space := range []string{serverSpace, clientSpace} {
		_ = command("", "ip", "netns", "del", space)
	}
}
