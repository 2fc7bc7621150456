//go:build linux

package lab_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/internal/lab"
)

// kernelRuns is what Linux says when kernel and initrd have arrived whole.
const kernelRuns = "Run /init as init process"

// Debian's netboot installer, with a serial line for its screen. The folder is
// that of its package: GRUB has it built in.
const (
	debian       = "debian-installer/amd64"
	pxelinuxConf = "default install\nlabel install\n kernel linux\n append initrd=initrd.gz console=ttyS0\n"
	grubConf     = "linux /" + debian + "/linux console=ttyS0\ninitrd /" + debian + "/initrd.gz\nboot\n"
)

func debianFolder(t *testing.T) string {
	t.Helper()
	lab.Need(t, "debian-netboot")
	from, err := lab.Path("debian-netboot")
	require.NoError(t, err)
	root := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(root, debian), os.DirFS(from)))
	copyFile(t, filepath.Join(from, "boot-screens", "ldlinux.c32"), filepath.Join(root, debian, "ldlinux.c32"))
	conf := filepath.Join(root, debian, "pxelinux.cfg", "default")
	require.NoError(t, os.Remove(conf)) // a link to a menu
	writeFile(t, conf, pxelinuxConf)
	writeFile(t, filepath.Join(root, debian, "grub", "grub.cfg"), grubConf)
	return root
}

// pxelinux loads the installer: 49 MB by TFTP, behind a DHCP server that knows
// nothing of it.
func pxelinux(t *testing.T, pxekit string) {
	m := bios
	m.firmware.Memory = 768
	bootDebian(t, pxekit, m, "pxelinux.0", "")
}

// grub: Debian's signed GRUB takes its server from the DHCP server's answer and
// from no other, so that has to name it.
func grub(t *testing.T, pxekit string) {
	m := x64
	m.firmware.Memory = 1024
	bootDebian(t, pxekit, m, "bootnetx64.efi", "next-server "+bootServer+";\n")
}

func bootDebian(t *testing.T, pxekit string, m machine, program, statement string) {
	t.Helper()
	s := lab.NewSegment(t)
	dhcp := s.Host(t, dhcpServer).Start(t, lab.ISC, statement+addresses[0].config)
	serve := s.Host(t, bootServer).Start(t, serving(pxekit, debianFolder(t)), "version: 1\nrules:\n  - {file: "+debian+"/"+program+"}\n")
	boot, err := s.Boot(t, m.firmware, kernelRuns)
	require.NoError(t, err, "%s\n%s", dhcp.Log(), serve.Log())
	fetched := askedOf(t, boot, bootServer)
	require.Equal(t, readRequests(m, debian+"/"+program), fetched[:min(len(m.asks), len(fetched))])
	require.Regexp(t, "^\x00\x01/?"+debian+"/initrd\\.gz\x00octet\x00", fetched[len(fetched)-1])
	requireLog(t, serve, `initrd\.gz.*, ok`)
	t.Log(serve.Log())
}

// grubAlone: without next-server the log says what to add.
func grubAlone(t *testing.T, pxekit string) {
	s := lab.NewSegment(t)
	s.Host(t, dhcpServer).Start(t, lab.ISC, addresses[0].config)
	serve := s.Host(t, bootServer).Start(t, serving(pxekit, debianFolder(t)), "version: 1\nrules:\n  - {file: "+debian+"/bootnetx64.efi}\n")
	firmware := lab.X64
	firmware.Memory = 1024
	_, err := s.Boot(t, firmware, "grub>")
	require.NoError(t, err, serve.Log())
	requireLog(t, serve, "next-server")
}
