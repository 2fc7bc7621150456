//go:build linux

package lab_test

import (
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/internal/lab"
)

// Hosts of a segment. What a machine fetches comes from the boot server; the
// DHCP server gives it an address.
const (
	dhcpServer = lab.ServerAddress
	bootServer = "10.77.0.2"
)

// machine is a firmware with the boot program for it and the options of its TFTP
// requests, request by request.
type machine struct {
	firmware lab.Firmware
	arch     string // in a plan
	program  string // in testdata/lab
	mark     string // that the program leaves on the serial line
	asks     []string
}

var (
	ipxeAsks = []string{"blksize\x001432\x00tsize\x000\x00"}
	// edk2 asks for the size first, and ends that transfer with an ERROR.
	edk2Asks = []string{"tsize\x000\x00blksize\x001468\x00windowsize\x004\x00", "blksize\x001468\x00windowsize\x004\x00"}

	bios    = machine{lab.BIOS, "bios", "nbp.0", "NBP-OK bios", ipxeAsks}
	x64     = machine{lab.X64, "efi-x64", "nbpx64.efi", "NBP-OK x64", edk2Asks}
	ipxeX64 = machine{lab.IPXEX64, "efi-x64", "nbpx64.efi", "NBP-OK x64", ipxeAsks}
	ia32    = machine{lab.IA32, "efi-ia32", "nbpia32.efi", "NBP-OK ia32", edk2Asks}
	arm64   = machine{lab.ARM64, "efi-arm64", "nbpaa64.efi", "NBP-OK arm64", edk2Asks}
	httpX64 = machine{lab.HTTPX64, "http-x64", "nbpx64.efi", "NBP-OK x64", nil}

	everyPXE = []machine{bios, x64, ipxeX64, ia32, arm64}
)

// everything reports whether PXEKIT_FIRMWARE=all asks for more than the few boots that
// every run makes.
func everything() bool { return os.Getenv("PXEKIT_FIRMWARE") == "all" }

// TestGeneratedConfigsBoot gives servers what generate writes, and lets real
// firmware read the boot file's name from their answers.
func TestGeneratedConfigsBoot(t *testing.T) {
	pxekit := build(t)
	for _, server := range servers[:3] { // those that can tell machines apart
		for _, m := range append(everyPXE, httpX64) {
			everyRun := server.target == "isc" && slices.Contains([]string{"bios", "efi-x64", "http-x64"}, m.arch)
			if !everyRun && !everything() {
				continue
			}
			t.Run(server.target+"/"+m.firmware.Name, func(t *testing.T) {
				t.Parallel()
				s := lab.NewSegment(t)
				name, asks := fileFor(m)
				config := run(t, pxekit, "generate", server.target, "--full", "--interface", lab.ServerInterface, "--scope", "10.77.0.0/24",
					"--range", "10.77.0.100-10.77.0.150", "--server", bootServer, "--file", m.arch+"="+name)
				dhcp := s.Host(t, dhcpServer).Start(t, server.daemon, config)
				host, root := s.Host(t, bootServer), bootFolder(t)
				tftp := host.Start(t, lab.Dnsmasq, tftpOnly(root))
				plainHTTP(t, host, root)
				boot, err := s.Boot(t, m.firmware, m.mark)
				require.NoError(t, err, "%s\n%s\n%s", config, dhcp.Log(), tftp.Log())
				requireFetched(t, boot, bootServer, asks)
			})
		}
	}
}

// fileFor is the name of a machine's boot program in a plan, as a Windows server
// has it or by HTTP, and what the machine asks for then.
func fileFor(m machine) (name string, asks []string) {
	if m.arch == "http-x64" {
		path := "/boot/x64/" + m.program
		return "http://" + bootServer + path, []string{"HEAD " + path + " HTTP/1.1", "GET " + path + " HTTP/1.1"}
	}
	name = `boot\x64\` + m.program
	return name, readRequests(m, name)
}

// readRequests are a machine's TFTP read requests for a file (RFC 2347 section 2).
func readRequests(m machine, name string) (all []string) {
	for _, options := range m.asks {
		all = append(all, "\x00\x01"+name+"\x00octet\x00"+options)
	}
	return all
}

// requireFetched compares what a machine asked of a server, octet for octet.
func requireFetched(t *testing.T, b lab.Booted, server string, want []string) {
	t.Helper()
	require.Equal(t, want, askedOf(t, b, server))
}

// askedOf is what a machine asked for, of one server and no other. A busy machine
// sends a request again; that counts once.
func askedOf(t *testing.T, b lab.Booted, server string) (got []string) {
	t.Helper()
	for _, f := range b.Fetched {
		require.Equal(t, netip.MustParseAddr(server), f.Server.Addr(), "server of %q", f.Bytes)
		if n := len(got); n == 0 || got[n-1] != string(f.Bytes) {
			got = append(got, string(f.Bytes))
		}
	}
	return got
}

// tftpOnly is dnsmasq as a TFTP server. It takes backslashes for slashes.
func tftpOnly(root string) string {
	return "interface=" + lab.ServerInterface + "\nbind-interfaces\nenable-tftp\ntftp-root=" + root + "\n"
}

// plainHTTP serves a folder from port 80 of a host.
func plainHTTP(t *testing.T, host *lab.Net, root string) {
	t.Helper()
	var port net.Listener
	require.NoError(t, host.Do(func() (err error) {
		port, err = net.Listen("tcp4", ":80")
		return err
	}))
	server := &http.Server{Handler: http.FileServer(http.Dir(root))}
	go func() { _ = server.Serve(port) }() // until Close
	t.Cleanup(func() { _ = server.Close() })
}

// bootFolder has the boot programs in boot/x64.
func bootFolder(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	dir := filepath.Join(root, "boot", "x64")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	for _, m := range everyPXE {
		copyFile(t, filepath.Join("../../testdata/lab", m.program), filepath.Join(dir, m.program))
	}
	return root
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(to, content, 0o644))
}

// build makes the program that the tests run.
func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "pxekit")
	run(t, "go", "build", "-o", program, "pxekit/cmd/pxekit")
	return program
}

func run(t *testing.T, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	require.NoError(t, err, "%s %q: %s", program, args, complaints.String())
	return string(out)
}
