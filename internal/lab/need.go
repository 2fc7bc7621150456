// Package lab is for tests only: two network namespaces with a cable between
// them, a real DHCP server at one end and a client that builds its requests
// octet by octet at the other.
//
// Every test that needs a program or a namespace says so with [Need]. Nothing
// ever touches an interface of the machine itself.
package lab

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// Required reports whether PXEKIT_LAB=required is set: what a test needs must
// then be there, and a test that would be skipped fails instead.
func Required() bool { return os.Getenv("PXEKIT_LAB") == "required" }

// Need skips the test, with the reason, unless everything named is there: a
// program by its name ("dhcpd", "kea-dhcp4", "dnsmasq", "udhcpd", "networkd",
// "tshark", …), "flex-option" for Kea's hook library, or "netns" for root with
// network namespaces. Under PXEKIT_LAB=required a lack is a failure.
func Need(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		switch err := have(name); {
		case err == nil:
		case Required():
			t.Fatalf("lab: %v", err)
		default:
			t.Skipf("lab: %v", err)
		}
	}
}

func have(name string) error {
	if name == "netns" {
		return canUnshare()
	}
	_, err := Path(name)
	return err
}

var errNoNamespaces = errors.New("network namespaces need root on Linux")

var canUnshare = sync.OnceValue(func() error {
	s, err := newSpace()
	if err != nil {
		return fmt.Errorf("%w: %w", errNoNamespaces, err)
	}
	s.close()
	return nil
})

// places are files that are not named after what a test asks for, or do not
// stand in PATH.
var places = map[string][]string{
	"networkd":    {"/lib/systemd/systemd-networkd", "/usr/lib/systemd/systemd-networkd"},
	"flex-option": {"/usr/lib/*/kea/hooks/libdhcp_flex_option.so", "/usr/lib/kea/hooks/libdhcp_flex_option.so"},

	// For QEMU: the way to its card, firmware with its flash, option ROMs.
	"tun":          {"/dev/net/tun"},
	"ovmf":         {"/usr/share/OVMF/OVMF_CODE_4M.fd"},
	"ovmf-vars":    {"/usr/share/OVMF/OVMF_VARS_4M.fd"},
	"ovmf32":       {"/usr/share/OVMF/OVMF32_CODE_4M.secboot.fd"},
	"ovmf32-vars":  {"/usr/share/OVMF/OVMF32_VARS_4M.fd"},
	"aavmf":        {"/usr/share/AAVMF/AAVMF_CODE.fd"},
	"aavmf-vars":   {"/usr/share/AAVMF/AAVMF_VARS.fd"},
	"ipxe-rom":     {"/usr/lib/ipxe/qemu/pxe-virtio.rom"},
	"ipxe-efi-rom": {"/usr/lib/ipxe/qemu/efi-virtio.rom"},

	// Boot programs.
	"snponly.efi":    {"/usr/lib/ipxe/snponly.efi"},
	"debian-netboot": {"/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64"},
}

// Path finds a program by the name that [Need] takes. Servers live in the sbin
// directories, which are not in everyone's PATH.
func Path(name string) (string, error) {
	for _, pattern := range places[name] {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return found[0], nil
		}
	}
	if p, err := exec.LookPath(name); err == nil {
		return p, nil
	}
	for _, dir := range []string{"/usr/local/sbin", "/usr/sbin", "/sbin"} {
		if p, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return p, nil
		}
	}
	return "", fmt.Errorf("%s is not installed", name)
}
