//go:build linux

package lab_test

import (
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/internal/lab"
)

// Hosts of a segment. What a machine fetches comes from the boot server; the
// DHCP server gives it an address.
const (
	dhcpServer = "10.77.0.1"
	bootServer = "10.77.0.2"
)

// TestGeneratedConfigBoots gives dhcpd what generate writes, and lets real
// firmware read the boot file's name from it.
func TestGeneratedConfigBoots(t *testing.T) {
	pxekit := build(t)
	root := bootFolder(t)
	for _, c := range []struct {
		firmware lab.Firmware
		mark     string
		asks     []string
	}{
		{lab.BIOS, "NBP-OK bios", []string{rrq(`boot\x64\nbp.0`, "blksize", "1432", "tsize", "0")}},
		{lab.X64, "NBP-OK x64", []string{
			rrq(`boot\x64\nbpx64.efi`, "tsize", "0", "blksize", "1468", "windowsize", "4"),
			rrq(`boot\x64\nbpx64.efi`, "blksize", "1468", "windowsize", "4"),
		}},
	} {
		t.Run(c.firmware.Name, func(t *testing.T) {
			s := lab.NewSegment(t)
			config := run(t, pxekit, "generate", "isc", "--full", "--range", "10.77.0.100-10.77.0.150", "--scope", "10.77.0.0/24",
				"--server", bootServer, "--file", `bios=boot\x64\nbp.0`, "--file", `efi-x64=boot\x64\nbpx64.efi`)
			dhcp := s.Host(t, dhcpServer).Start(t, lab.ISC, config)
			tftp := s.Host(t, bootServer).Start(t, lab.Dnsmasq, tftpOnly(root))

			boot, err := s.Boot(t, c.firmware, c.mark)
			require.NoError(t, err, "%s\n%s\n%s", config, dhcp.Log(), tftp.Log())
			requireFetched(t, boot, tftpPort, c.asks)
		})
	}
}

const tftpPort = 69

// rrq is a TFTP read request (RFC 2347 section 2).
func rrq(name string, options ...string) string {
	return "\x00\x01" + strings.Join(append([]string{name, "octet"}, options...), "\x00") + "\x00"
}

// requireFetched compares what a machine asked of the boot server, octet for
// octet. A busy machine sends a request again; that counts once.
func requireFetched(t *testing.T, b lab.Booted, port uint16, want []string) {
	t.Helper()
	var got []string
	for _, f := range b.Fetched {
		require.Equal(t, netip.AddrPortFrom(netip.MustParseAddr(bootServer), port), f.Server, "server of %q", f.Bytes)
		if n := len(got); n == 0 || got[n-1] != string(f.Bytes) {
			got = append(got, string(f.Bytes))
		}
	}
	require.Equal(t, want, got)
}

// tftpOnly is dnsmasq as a TFTP server. It takes backslashes for slashes.
func tftpOnly(root string) string {
	return "interface=" + lab.ServerInterface + "\nbind-interfaces\nenable-tftp\ntftp-root=" + root + "\n"
}

// bootFolder has the boot programs in boot/x64.
func bootFolder(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	dir := filepath.Join(root, "boot", "x64")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	for _, name := range []string{"nbp.0", "nbpx64.efi", "nbpia32.efi", "nbpaa64.efi"} {
		content, err := os.ReadFile(filepath.Join("../../testdata/lab", name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o644))
	}
	return root
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
