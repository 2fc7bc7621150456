//go:build linux

package main

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/internal/lab"
)

// addressesOnly2 is addressesOnly for the second network.
const addressesOnly2 = "subnet 10.78.0.0 netmask 255.255.255.0 { range 10.78.0.100 10.78.0.150; }\n"

// On two networks both DHCP servers are named, and each machine is answered from
// the address that it can reach: by DHCP on ports 67 and 4011, and by TFTP.
func TestServeOnTwoNetworks(t *testing.T) {
	t.Parallel()
	first, second, host := two(t)
	first.Host(t, dhcpHost).Start(t, lab.ISC, addressesOnly)
	second.Host(t, "10.78.0.1").Start(t, lab.ISC, addressesOnly2)
	sites := []*site{visit(t, first), visitAt(t, second, pxeHost2, bootHost2)}
	pxekit := host.Start(t, lab.Program("pxekit", `exec "$1" serve -i s0 -i s1 --root `+bootFolder(t), "answering on s1"), "")
	for n, s := range sites {
		s.pxekit = pxekit
		s.said([]string{"DHCP server 10.77.0.1 gives addresses on s0", "DHCP server 10.78.0.1 gives addresses on s1"}[n])
		s.answersAll(byte(n), []string{bootHost, bootHost2}[n])
	}
}

// Two of them on one host, each for a network of its own, are no rivals.
func TestServeTwiceOnOneHost(t *testing.T) {
	t.Parallel()
	first, second, host := two(t)
	sites := []*site{visit(t, first), visitAt(t, second, pxeHost2, bootHost2)}
	for n, s := range sites {
		i := []string{"s0", "s1"}[n]
		s.pxekit = host.Start(t, lab.Program("pxekit", `exec "$1" serve -i `+i+` --root `+bootFolder(t), "answering on "+i), "")
	}
	for n, s := range sites {
		s.answersAll(byte(n), []string{bootHost, bootHost2}[n])
		require.NotContains(t, s.pxekit.Log(), "another")
	}
}

// answersAll lets a machine ask port 67, and with its address port 4011 and TFTP:
// each answers by its network's address.
func (s *site) answersAll(n byte, held string) {
	x64 := mac(dhcpopts.Firmware(dhcpopts.EFIX64), n)
	offer, way := s.one(x64, nobody, all)
	require.Equal(s, s.at+":67 255.255.255.255:68", way)
	require.Equal(s, s.at, offer.SIAddr.String())

	x64.Message, x64.CIAddr = dhcpopts.Request, netip.MustParseAddr(held)
	s.send(x64, held+":4011", s.at+":4011")
	ack, way := s.hear(s.at)
	require.Equal(s, s.at+":4011 "+held+":4011", way)
	require.Equal(s, s.at, ack.SIAddr.String())
	content, err := s.fetch("tftp://" + s.at + "/Boot/bootx64.efi")
	require.NoError(s, err, s.pxekit.Log())
	require.Len(s, content, 300_000)
}

// Another responder on either of two networks is found, and named with its
// interface; nothing is sent on the other then.
func TestServeObservesOnTwoNetworks(t *testing.T) {
	t.Parallel()
	for n, says := range []string{"answers on s0: 10.77.0.3; machines", "answers on s1: 10.78.0.3; machines"} {
		first, second, host := two(t)
		if n == 0 {
			first.Host(t, "10.77.0.3").Start(t, lab.Dnsmasq, "dhcp-range=10.77.0.0,proxy\npxe-service=X86-64_EFI,\"other\",other.efi\n")
		} else {
			second.Host(t, "10.78.0.3").Start(t, lab.Dnsmasq, "dhcp-range=10.78.0.0,proxy\npxe-service=X86-64_EFI,\"other\",other.efi\n")
		}
		s := visit(t, first)
		s.pxekit = host.Start(t, lab.Program("pxekit", `exec "$1" serve -i s0 -i s1 --root `+bootFolder(t), "only observing"), "")
		s.said("another PXE responder " + says)
		s.said("only observing: nothing is sent on any interface since another PXE responder is at work; --force answers all the same")
	}
}

// A responder that has files for other machines than x64 UEFI is found as well.
func TestServeFindsEveryRival(t *testing.T) {
	t.Parallel()
	for name, rival := range map[string]struct {
		server lab.Daemon
		config string
	}{
		"BIOS alone":      {lab.Dnsmasq, "dhcp-range=10.77.0.0,proxy\npxe-service=X86PC,\"other\",other\n"},
		"HTTP boot alone": {lab.Program("pxekit", `exec "$1" serve -i s0 --allow http-x64 --root `+bootFolder(t), "answering on s0"), ""},
	} {
		segment := lab.NewSegment(t)
		segment.Host(t, "10.77.0.3").Start(t, rival.server, rival.config)
		s := visit(t, segment)
		s.pxekit = segment.Host(t, pxeHost).Start(t, lab.Program("pxekit", `exec "$1" serve -i s0 --root `+bootFolder(t), " on s0"), "")
		s.said("only observing")
		require.Contains(t, s.pxekit.Log(), "another PXE responder answers on s0: 10.77.0.3; machines", name)
	}
}
