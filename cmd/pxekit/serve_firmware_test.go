//go:build linux

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/internal/lab"
)

// firmwareFolder has a boot program for each machine, which writes its mark on
// the serial line.
func firmwareFolder(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	require.NoError(t, os.Chmod(root, 0o755))
	for from, to := range map[string]string{"nbp.0": "pxelinux.0", "nbpx64.efi": "efi/bootx64.efi", "nbpaa64.efi": "efi/bootaa64.efi"} {
		content, err := os.ReadFile(filepath.Join(repository, "testdata", "lab", from))
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, to)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(root, to), content, 0o644))
	}
	return root
}

// TestServeBootsFirmware lets real firmware boot beside a DHCP server that
// gives addresses only, from a folder and nothing else.
func TestServeBootsFirmware(t *testing.T) {
	root := firmwareFolder(t)
	for _, c := range []struct {
		firmware    lab.Firmware
		mark, asked string
		verdict     string
	}{
		{lab.BIOS, "NBP-OK bios", "\x00\x01pxelinux.0\x00octet\x00", "iPXE on BIOS: offered pxelinux.0 (rule 1) → RRQ → 512 bytes, ok"},
		{lab.X64, "NBP-OK x64", "\x00\x01efi/bootx64.efi\x00octet\x00", "UEFI x64: offered efi/bootx64.efi (rule 2) → RRQ → 1.0 KB, ok"},
		{lab.ARM64, "NBP-OK arm64", "\x00\x01efi/bootaa64.efi\x00octet\x00", "UEFI arm64: offered efi/bootaa64.efi (rule 4) → RRQ → 1.0 KB, ok"},
		{lab.HTTPX64, "NBP-OK x64", "HEAD /efi/bootx64.efi HTTP/1.1", "UEFI x64 HTTP boot: offered http://10.77.0.2/efi/bootx64.efi (rule 3) → HEAD → GET → 1.0 KB, ok"},
	} {
		t.Run(c.firmware.Name, func(t *testing.T) {
			segment := lab.NewSegment(t)
			segment.Host(t, dhcpHost).Start(t, lab.ISC, addressesOnly)
			s := &site{T: t, pxekit: segment.Host(t, pxeHost).Start(t, lab.Program("pxekit", `exec "$1" serve -i s0 --root `+root, "answering on s0"), "")}
			booted, err := segment.Boot(t, c.firmware, c.mark)
			require.NoError(t, err, s.pxekit.Log())
			require.NotEmpty(t, booted.Fetched)
			require.Contains(t, string(booted.Fetched[0].Bytes), c.asked)
			s.said(lab.MachineMAC + " " + c.verdict)
		})
	}
}
