//go:build linux

package lab_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/internal/lab"
)

// addresses are DHCP servers that give out addresses and nothing else.
var addresses = []struct {
	daemon lab.Daemon
	config string
}{
	{lab.ISC, "subnet 10.77.0.0 netmask 255.255.255.0 { range 10.77.0.100 10.77.0.150; }"},
	{lab.Kea, `{"Dhcp4":{"interfaces-config":{"interfaces":["s0"]},"lease-database":{"type":"memfile","persist":false},
"subnet4":[{"subnet":"10.77.0.0/24","pools":[{"pool":"10.77.0.100-10.77.0.150"}]}]}}`},
	{lab.Dnsmasq, "interface=s0\nbind-interfaces\ndhcp-range=10.77.0.100,10.77.0.150,255.255.255.0,1h\n"},
}

// everyone has a rule for each machine. Windows' names and another case than on
// disk, where all is in boot/x64 in small letters.
const everyone = `version: 1
rules:
  - {match: {arch: bios}, file: Boot\X64\NBP.0}
  - {match: {arch: efi-ia32}, file: Boot\X64\NBPIA32.efi}
  - {match: {arch: efi-x64}, file: Boot\X64\NBPX64.efi}
  - {match: {arch: efi-arm64}, file: Boot\X64\NBPAA64.efi}
  - {match: {arch: http-x64}, file: "http://{server}/Boot/X64/NBPX64.efi"}
`

// capitals is a machine's boot program as everyone spells it.
func capitals(m machine) string {
	name, ext, _ := strings.Cut(m.program, ".")
	return strings.ToUpper(name) + "." + ext
}

// wanted is what a machine asks for under everyone.
func wanted(m machine) []string {
	if m.arch == "http-x64" {
		return []string{"HEAD /Boot/X64/NBPX64.efi HTTP/1.1", "GET /Boot/X64/NBPX64.efi HTTP/1.1"}
	}
	return readRequests(m, `Boot\X64\`+capitals(m))
}

// serving is pxekit serve with a folder of boot files and more flags; its config
// is the plan.
func serving(pxekit, root string, flags ...string) lab.Daemon {
	return unplanned(pxekit, root, append(flags, `--plan "$2"`)...)
}

// unplanned is serve that goes by its folder.
func unplanned(pxekit, root string, flags ...string) lab.Daemon {
	run := fmt.Sprintf(`"$1" serve -i %s --root '%s' %s`, lab.ServerInterface, root, strings.Join(flags, " "))
	return lab.Program(pxekit, run, "answering on ")
}

// TestServeBoots lets serve stand beside DHCP servers that know nothing of it.
func TestServeBoots(t *testing.T) {
	pxekit := build(t)
	machines := []machine{bios, x64, arm64, httpX64}
	if everything() {
		machines = append(machines, ia32, ipxeX64)
	}
	for i, m := range machines {
		server := addresses[i%len(addresses)]
		t.Run(m.firmware.Name+" beside "+server.daemon.Name, func(t *testing.T) {
			t.Parallel()
			s := lab.NewSegment(t)
			dhcp := s.Host(t, dhcpServer).Start(t, server.daemon, server.config)
			serve := s.Host(t, bootServer).Start(t, serving(pxekit, bootFolder(t)), everyone)
			boot, err := s.Boot(t, m.firmware, m.mark)
			require.NoError(t, err, "%s\n%s", dhcp.Log(), serve.Log())
			requireFetched(t, boot, bootServer, wanted(m))
			requireLog(t, serve, `%s .*, ok`, lab.MachineMAC)
		})
	}
}

// TestServeBootsFromFolder gives serve a folder as people fill them, and no plan.
func TestServeBootsFromFolder(t *testing.T) {
	pxekit := build(t)
	for _, c := range []struct {
		machine
		asks    []string
		verdict string
	}{
		{x64, readRequests(x64, "efi/bootx64.efi"), "UEFI x64: offered efi/bootx64.efi (rule 2) → RRQ → 1.0 KB, ok"},
		{bios, readRequests(bios, "pxelinux.0"), "iPXE on BIOS: offered pxelinux.0 (rule 1) → RRQ → 512 bytes, ok"},
		{arm64, readRequests(arm64, "efi/bootaa64.efi"), "UEFI arm64: offered efi/bootaa64.efi (rule 4) → RRQ → 1.0 KB, ok"},
		{httpX64, []string{"HEAD /efi/bootx64.efi HTTP/1.1", "GET /efi/bootx64.efi HTTP/1.1"},
			"UEFI x64 HTTP boot: offered http://10.77.0.2/efi/bootx64.efi (rule 3) → HEAD → GET → 1.0 KB, ok"},
	} {
		if !everything() && c.arch != x64.arch {
			continue
		}
		t.Run(c.firmware.Name, func(t *testing.T) {
			t.Parallel()
			s := lab.NewSegment(t)
			s.Host(t, dhcpServer).Start(t, addresses[0].daemon, addresses[0].config)
			serve := s.Host(t, bootServer).Start(t, unplanned(pxekit, usualFolder(t)), "")
			boot, err := s.Boot(t, c.firmware, c.mark)
			require.NoError(t, err, serve.Log())
			requireFetched(t, boot, bootServer, c.asks)
			requireLog(t, serve, "%s", regexp.QuoteMeta(lab.MachineMAC+" "+c.verdict+"\n"))
		})
	}
}

// usualFolder has boot programs under the names that everyone gives them.
func usualFolder(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(root, "efi"), 0o755))
	for name, m := range map[string]machine{"pxelinux.0": bios, "efi/bootx64.efi": x64, "efi/bootaa64.efi": arm64} {
		copyFile(t, filepath.Join("../../testdata/lab", m.program), filepath.Join(root, name))
	}
	return root
}

// requireLog waits for a line in a server's log: it is read beside the test.
func requireLog(t *testing.T, s *lab.Server, pattern string, args ...any) {
	t.Helper()
	line := regexp.MustCompile(fmt.Sprintf(pattern, args...))
	require.Eventually(t, func() bool { return line.MatchString(s.Log()) }, patience, time.Second/50, "%s\nin\n%s", line, s.Log())
}

// patience is for what happens by itself, on however busy a machine.
const patience = time.Minute
