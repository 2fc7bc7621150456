//go:build linux

package main

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/internal/lab"
)

// On a bench without a DHCP server pxekit gives addresses and boot files in one
// message, and no address that somebody has.
func TestServeGivesAddresses(t *testing.T) {
	t.Parallel()
	segment := lab.NewSegment(t)
	s := visit(t, segment)
	flags := " --dhcp 10.77.0.49-10.77.0.60 --dhcp-router 10.77.0.1 --root "
	s.pxekit = segment.Host(t, pxeHost).Start(t, lab.Program("pxekit", `exec "$1" serve -i s0`+flags+bootFolder(t), "answering on s0"), "")
	s.said("10.77.0.50 is in use and will not be given")

	x64 := mac(dhcpopts.Firmware(dhcpopts.EFIX64), 1)
	offer, _ := s.one(x64, nobody, all)
	require.Equal(t, "10.77.0.49", offer.YIAddr.String())
	require.Equal(t, "Boot/bootx64.efi", string(offer.FileName()))
	ack, way := s.one(lab.Taking(x64, offer), nobody, all)
	require.Equal(t, uint8(dhcpopts.Ack), ack.MessageType())
	require.Equal(t, "10.77.0.2:67 255.255.255.255:68", way)

	laptop, _ := s.one(mac(dhcpopts.Laptop(), 2), nobody, all)
	require.Equal(t, "10.77.0.52", laptop.YIAddr.String())
	require.Equal(t, netip.MustParseAddr("10.77.0.1").AsSlice(), []byte(value(laptop, 3)))
	require.Empty(t, value(laptop, dhcpopts.OptClass))
}

// Two servers that give addresses would give the same one twice.
func TestServeGivesNoneBesideAnother(t *testing.T) {
	t.Parallel()
	segment := lab.NewSegment(t)
	segment.Host(t, dhcpHost).Start(t, lab.ISC, addressesOnly)
	run := lab.Program("pxekit", `exec "$1" serve -i s0 --dhcp 10.77.0.151-10.77.0.160 --root `+bootFolder(t), "answering on s0")
	_, err := segment.Host(t, pxeHost).Launch(t, run, "")
	require.ErrorContains(t, err, "pxekit: error: another DHCP server answers on s0: 10.77.0.1")
	require.ErrorContains(t, err, "pxekit: hint: leave out --dhcp")
}

// Several are named in an order that does not change.
func TestServeNamesOthersInOrder(t *testing.T) {
	t.Parallel()
	segment := lab.NewSegment(t)
	for _, address := range []string{"10.77.0.4", dhcpHost, "10.77.0.3"} {
		segment.Host(t, address).Start(t, lab.Dnsmasq, "dhcp-range=10.77.0.100,10.77.0.150\n")
	}
	run := lab.Program("pxekit", `exec "$1" serve -i s0 --dhcp 10.77.0.151-10.77.0.160 --root `+bootFolder(t), "answering on s0")
	_, err := segment.Host(t, pxeHost).Launch(t, run, "")
	require.ErrorContains(t, err, "pxekit: error: another DHCP server answers on s0: 10.77.0.1, 10.77.0.3, 10.77.0.4\n")
}
