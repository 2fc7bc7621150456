//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// askingSpace is the namespace of those who ask; each responder has one of its
// own, since all of them want port 67.
const askingSpace = "pxekit-bench-ask"

// room is a responder alone with its network; n numbers both.
type room struct {
	*peer
	n int
}

func (r *room) server() string { return fmt.Sprintf("10.199.%d.1", 100+r.n) }

// device is the clients' end of the cable.
func (r *room) device() string { return fmt.Sprintf("pxask%d", r.n) }

// client is the address of a client, one of maxClients.
func (r *room) client(i int) string { return fmt.Sprintf("10.199.%d.%d", 100+r.n, 2+i) }

// maxClients is how many clients with an address each a network has.
const maxClients = 64

// bootFile is what all machines are offered, and bootSize how long it is.
const (
	bootFile = "bootx64.efi"
	bootSize = 1 << 20
)

// building is all rooms, and the folder that their servers serve.
type building struct {
	dir   string
	self  string
	rooms []*room
}

// openBuilding starts the responders that include names, each in its room.
// dnsmasq answers x64 UEFI by an OFFER that sends it to port 4011, so pxekit is
// told to do likewise: both send the same messages.
func openBuilding(o options, include ...string) (*building, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pxekit-bench")
	if err != nil {
		return nil, err
	}
	b := &building{dir: dir, self: self}
	for n, name := range include {
		r := &room{&peer{name: name, space: fmt.Sprint("pxekit-bench-", n)}, n}
		r.args = r.program(self, o.pxekit, dir)
		b.rooms = append(b.rooms, r)
	}
	if err := b.open(); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func (b *building) open() error {
	if err := publishFile(filepath.Join(b.dir, bootFile), content()); err != nil {
		return err
	}
	removeNamespace(askingSpace)
	if err := command("", "ip", "netns", "add", askingSpace); err != nil {
		return err
	}
	for _, r := range b.rooms {
		if err := r.open(); err != nil {
			return err
		}
	}
	return nil
}

// program is a responder's command line. Logs are written, to nowhere.
func (r *room) program(self, pxekit, dir string) []string {
	switch r.name {
	case "dnsmasq":
		return []string{"/usr/sbin/dnsmasq", "-k", "--port=0", "--conf-file=/dev/null", "--pid-file", "--user=root", "--log-facility=/dev/null",
			"--dhcp-range=" + r.server() + ",proxy", "--pxe-service=X86-64_EFI,boot," + bootFile, "--enable-tftp", "--tftp-root=" + dir, "--tftp-max=1100"}
	case "pxekit":
		return []string{pxekit, "serve", "-i", serverDevice, "--root", dir, "--file", "efi-x64=" + bootFile, "--strategy", "binl", "--no-http"}
	}
	return []string{self, "echo"}
}

const serverDevice = "pxserve"

// open makes the namespace, the cable and the addresses, and starts the server.
func (r *room) open() error {
	removeNamespace(r.space)
	lines := []string{
		"ip netns add " + r.space,
		fmt.Sprintf("ip link add %s netns %s type veth peer name %s netns %s", serverDevice, r.space, r.device(), askingSpace),
		fmt.Sprintf("ip -n %s addr add %s/24 dev %s", r.space, r.server(), serverDevice),
		fmt.Sprintf("ip -n %s link set %s up", r.space, serverDevice),
		fmt.Sprintf("ip -n %s route add default dev %s", r.space, serverDevice), // the bare loop's way to 255.255.255.255
		fmt.Sprintf("ip -n %s link set %s up", askingSpace, r.device()),
	}
	for i := range maxClients {
		lines = append(lines, fmt.Sprintf("ip -n %s addr add %s/24 dev %s", askingSpace, r.client(i), r.device()))
	}
	for _, line := range lines {
		if err := command("", strings.Fields(line)...); err != nil {
			return err
		}
	}
	return r.start()
}

func (b *building) close() {
	for _, r := range b.rooms {
		r.stop()
		removeNamespace(r.space)
	}
	removeNamespace(askingSpace)
	_ = os.RemoveAll(b.dir)
}

func removeNamespace(name string) { _ = command("", "ip", "netns", "del", name) }

// client runs this program among the clients and returns what it prints.
func (b *building) client(r *room, verb string, args ...string) ([]byte, error) {
	cmd := exec.Command("ip", append([]string{"netns", "exec", askingSpace, "taskset", "-c", "1", b.self, verb, "-server", r.server(), "-device", r.device()}, args...)...)
	cmd.Stderr = os.Stderr
	return cmd.Output()
}

// content is the boot file.
func content() []byte {
	b := make([]byte, bootSize)
	for i := range b {
		b[i] = byte(i>>8 ^ i)
	}
	return b
}
