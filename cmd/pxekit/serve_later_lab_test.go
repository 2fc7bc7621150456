//go:build linux

package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/internal/lab"
)

// A DHCP server that starts on the host later has port 67 too, and both answer.
func TestServeLetsOthersStart(t *testing.T) {
	t.Parallel()
	first, second, host := two(t)
	s, s2 := visit(t, first), visitAt(t, second, pxeHost2, bootHost2)
	s.pxekit = host.Start(t, lab.Program("pxekit", `exec "$1" serve -i s0 --root `+bootFolder(t), "answering on s0"), "")
	s2.pxekit = host.Start(t, lab.Dnsmasq, "interface=s1\nexcept-interface=lo\nbind-interfaces\ndhcp-range=10.78.0.100,10.78.0.150\n")
	dhcp := host.Start(t, lab.ISC, addressesOnly)

	s2.send(mac(dhcpopts.Laptop(), 1), nobody, all)
	lease, _ := s2.hear(pxeHost2)
	require.True(t, strings.HasPrefix(lease.YIAddr.String(), "10.78.0.1"), lease.YIAddr)
	packets, _ := s.askAll(mac(dhcpopts.Firmware(dhcpopts.EFIX64), 1), nobody, all, 2)
	require.Len(t, packets, 2, "an address from dhcpd, the file from pxekit\n%s\n%s", dhcp.Log(), s.pxekit.Log())
	require.Equal(t, "Boot/bootx64.efi", string(only(t, packets).FileName()))
}
