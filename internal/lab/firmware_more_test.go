//go:build linux

package lab_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/internal/lab"
)

// TestServeBootsInOddPlaces is what PXEKIT_FIRMWARE=all adds: boots that take
// long or need more packages. It is empty in a usual run.
func TestServeBootsInOddPlaces(t *testing.T) {
	if !everything() {
		return
	}
	pxekit := build(t)
	for _, c := range []struct {
		name string
		boot func(*testing.T, string)
	}{
		{"iPXE and a script", chain},
		{"no DHCP server", alone},
		{"same host as the DHCP server", sameHost},
		{"through a relay", relayed},
		{"several networks", networks},
		{"another takes over", takenOver},
		{"Debian installer by pxelinux", pxelinux},
		{"Debian installer by shim and GRUB", grub},
		{"GRUB without next-server", grubAlone},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.boot(t, pxekit)
		})
	}
}

// chain: edk2 fetches iPXE by TFTP, which asks again, gets a script by HTTP and
// does what that says. iPXE in a card's ROM gets a script at once.
func chain(t *testing.T, pxekit string) {
	lab.Need(t, "snponly.efi")
	snponly, err := lab.Path("snponly.efi")
	require.NoError(t, err)
	root := bootFolder(t)
	copyFile(t, snponly, filepath.Join(root, "snponly.efi"))
	writeFile(t, filepath.Join(root, "boot.ipxe"), "#!ipxe\nchain tftp://${next-server}/boot/x64/nbpx64.efi\n")
	writeFile(t, filepath.Join(root, "bios.ipxe"), "#!ipxe\nchain tftp://${next-server}/boot/x64/nbp.0\n")

	s := lab.NewSegment(t)
	dhcp := s.Host(t, dhcpServer).Start(t, addresses[0].daemon, addresses[0].config)
	serve := s.Host(t, bootServer).Start(t, serving(pxekit, root), `version: 1
rules:
  - {match: {stage: ipxe, arch: bios}, file: "http://{server}/bios.ipxe"}
  - {match: {stage: ipxe}, file: "http://{server}/boot.ipxe"}
  - {match: {arch: efi-x64}, file: snponly.efi}
`)
	for _, c := range []struct {
		machine
		asks []string
	}{
		{x64, slices.Concat(readRequests(x64, "snponly.efi"), []string{"GET /boot.ipxe HTTP/1.1"}, readRequests(ipxeX64, "boot/x64/nbpx64.efi"))},
		{bios, slices.Concat([]string{"GET /bios.ipxe HTTP/1.1"}, readRequests(bios, "boot/x64/nbp.0"))},
	} {
		boot, err := s.Boot(t, c.firmware, c.mark)
		require.NoError(t, err, "%s\n%s", dhcp.Log(), serve.Log())
		requireFetched(t, boot, bootServer, c.asks)
	}
}

// alone: serve gives the addresses as well, and offers both in one message.
func alone(t *testing.T, pxekit string) {
	s := lab.NewSegment(t)
	serve := s.Host(t, bootServer).Start(t, serving(pxekit, bootFolder(t), "--dhcp", "10.77.0.100-10.77.0.150"), everyone)
	for _, m := range []machine{bios, x64, httpX64} {
		boot, err := s.Boot(t, m.firmware, m.mark)
		require.NoError(t, err, serve.Log())
		requireFetched(t, boot, bootServer, wanted(m))
	}
}

// sameHost: port 67 is dhcpd's, and serve listens beside it.
func sameHost(t *testing.T, pxekit string) {
	for _, server := range addresses {
		t.Run(server.daemon.Name, func(t *testing.T) {
			s := lab.NewSegment(t)
			host := s.Host(t, dhcpServer)
			dhcp := host.Start(t, server.daemon, server.config)
			serve := host.Start(t, serving(pxekit, bootFolder(t)), everyone)
			for _, m := range []machine{bios, x64} {
				boot, err := s.Boot(t, m.firmware, m.mark)
				require.NoError(t, err, "%s\n%s", dhcp.Log(), serve.Log())
				requireFetched(t, boot, dhcpServer, wanted(m))
			}
		})
	}
}

// Two networks with a relay between them.
const (
	relayInside  = "10.77.0.254"
	relayOutside = "10.78.0.254"
	farDHCP      = "10.78.0.1"
	farBoot      = "10.78.0.2"
	farConfig    = `subnet 10.78.0.0 netmask 255.255.255.0 { }
subnet 10.77.0.0 netmask 255.255.255.0 { range 10.77.0.100 10.77.0.150; option routers ` + relayInside + `; }`
)

// relayed: servers on another network, reached through dhcrelay.
func relayed(t *testing.T, pxekit string) {
	machines, servers := lab.NewSegment(t), lab.NewSegment(t)
	router := machines.Host(t, relayInside)
	servers.Plug(t, router, "u0", relayOutside)
	router.Forward(t)
	dhcpHost, bootHost := servers.Host(t, farDHCP), servers.Host(t, farBoot)
	for _, h := range []*lab.Net{dhcpHost, bootHost} {
		h.IP(t, "route", "add", "10.77.0.0/24", "via", relayOutside)
	}
	dhcp := dhcpHost.Start(t, lab.ISC, farConfig)
	serve := bootHost.Start(t, serving(pxekit, bootFolder(t)), everyone)
	relay := router.Start(t, lab.Dhcrelay, farDHCP+" "+farBoot)
	for _, m := range []machine{bios, x64} {
		boot, err := machines.Boot(t, m.firmware, m.mark)
		require.NoError(t, err, "%s\n%s\n%s", dhcp.Log(), serve.Log(), relay.Log())
		requireFetched(t, boot, farBoot, wanted(m))
	}
}

// networks: one serve on a network card and on a bridge. A machine is sent to the
// address that serve has where it is.
func networks(t *testing.T, pxekit string) {
	near, far := lab.NewSegment(t), lab.NewSegment(t)
	near.Host(t, dhcpServer).Start(t, lab.ISC, addresses[0].config)
	far.Host(t, farDHCP).Start(t, lab.ISC, "subnet 10.78.0.0 netmask 255.255.255.0 { range 10.78.0.100 10.78.0.150; }")
	host := near.Host(t, bootServer)
	far.Plug(t, host, "u0", farBoot)
	host.IP(t, "addr", "flush", "dev", "u0")
	host.IP(t, "link", "add", "bridge", "type", "bridge", "forward_delay", "0")
	host.IP(t, "link", "set", "u0", "master", "bridge")
	host.IP(t, "addr", "add", farBoot+"/24", "dev", "bridge")
	host.IP(t, "link", "set", "bridge", "up")
	serve := host.Start(t, serving(pxekit, bootFolder(t), "-i bridge"), everyone)
	for _, c := range []struct {
		machine
		at     *lab.Segment
		server string
	}{{bios, near, bootServer}, {bios, far, farBoot}, {httpX64, far, farBoot}} {
		boot, err := c.at.Boot(t, c.firmware, c.mark)
		require.NoError(t, err, serve.Log())
		requireFetched(t, boot, c.server, wanted(c.machine))
	}
}

// takenOver: of two responders the one that a machine fetches from is killed in
// the middle. The machine gives up, and its next boot is served by the other.
func takenOver(t *testing.T, pxekit string) {
	root := bootFolder(t)
	large := filepath.Join(root, "large.efi") // what lies behind an image's last section is not loaded
	copyFile(t, filepath.Join(root, "boot", "x64", x64.program), large)
	require.NoError(t, os.Truncate(large, 4*middle))
	s := lab.NewSegment(t)
	s.Host(t, dhcpServer).Start(t, addresses[0].daemon, addresses[0].config)
	twins := map[string]twin{}
	for _, address := range []string{bootServer, "10.77.0.3"} {
		host := s.Host(t, address)
		serve := host.Start(t, serving(pxekit, root, "--force"), "version: 1\nrules:\n  - {match: {arch: efi-x64}, file: large.efi}\n")
		twins[address] = twin{host, serve}
	}
	firmware := lab.X64
	firmware.Memory = 1024

	killed, over := make(chan string, 1), make(chan struct{})
	go func() { killed <- killInTheMiddle(twins, over) }()
	_, err := s.Boot(t, firmware, x64.mark)
	close(over)
	require.ErrorContains(t, err, `firmware says "PXE-E"`)
	delete(twins, <-killed)
	require.Len(t, twins, 1)

	boot, err := s.Boot(t, firmware, x64.mark)
	for address, left := range twins {
		require.NoError(t, err, left.Log())
		requireFetched(t, boot, address, readRequests(x64, "large.efi"))
		requireLog(t, left.Server, `%s .*, ok`, lab.MachineMAC)
		require.NotContains(t, left.Log(), "changed the way of answering", "what the other sent was no refusal")
	}
}

// twin is one of two responders.
type twin struct {
	host *lab.Net
	*lab.Server
}

// middle is how many octets are well within a transfer.
const middle = 8 << 20

// killInTheMiddle kills the responder that sends a file and returns its address;
// "" when the boot is over before.
func killInTheMiddle(twins map[string]twin, over <-chan struct{}) string {
	for {
		select {
		case <-over:
			return ""
		case <-time.After(time.Second / 50):
		}
		for address, w := range twins {
			if sent, err := w.host.Sent(); err == nil && sent > middle {
				w.Stop()
				return address
			}
		}
	}
}

func writeFile(t *testing.T, name, content string) {
	t.Helper()
	require.NoError(t, os.WriteFile(name, []byte(content), 0o644))
}
