//go:build linux

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/internal/lab"
)

// neighbours are DHCP servers that know nothing of booting.
var neighbours = map[string]struct {
	server lab.Daemon
	config string
}{
	"dhcpd":   {lab.ISC, addressesOnly},
	"dnsmasq": {lab.Dnsmasq, "dhcp-range=10.77.0.100,10.77.0.150\n"},
}

// What a DHCP server on pxekit's own host sends is heard as that of any other:
// it is named, and teaches how firmware is to be answered. What pxekit sends from
// the same address is not taken for its.
func TestServeHearsItsOwnHost(t *testing.T) {
	t.Parallel()
	for name, x := range neighbours {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			segment := lab.NewSegment(t)
			s := visit(t, segment)
			host := segment.Host(t, pxeHost)
			host.Start(t, x.server, x.config)
			s.pxekit = host.Start(t, lab.Program("pxekit", `exec "$1" serve -i s0 --root `+bootFolder(t), "answering on s0"), "")
			require.NotContains(t, s.pxekit.Log(), "no DHCP server was heard")
			old := mac(dhcpopts.Firmware(dhcpopts.EFIX64), 1)
			s.askAll(old, nobody, all, 2)
			s.said("DHCP server 10.77.0.2 gives addresses on s0")
			for until := time.Now().Add(patience); !strings.Contains(s.pxekit.Log(), "52:54:00:12:34:01: changed the way of answering"); {
				require.True(t, time.Now().Before(until), s.pxekit.Log())
				time.Sleep(4 * time.Second) // it repeats itself by the clock
				s.xid -= 2                  // of the machine and the later one
				s.askAll(old, nobody, all, 2)
			}
			x64 := mac(dhcpopts.Firmware(dhcpopts.EFIX64), 2)
			x64.Message = dhcpopts.Request
			s.one(x64, bootHost+":68", pxeHost+":4011")
			require.NotContains(t, s.pxekit.Log(), "another PXE responder")
		})
	}
}

// Beside a server on port 67 of the same host no addresses are given.
func TestServeGivesNoneBesideOneHere(t *testing.T) {
	t.Parallel()
	for name, x := range neighbours {
		host := lab.NewSegment(t).Host(t, pxeHost)
		host.Start(t, x.server, x.config)
		run := lab.Program("pxekit", `exec "$1" serve -i s0 --dhcp 10.77.0.151-10.77.0.160 --root `+bootFolder(t), "answering on s0")
		_, err := host.Launch(t, run, "")
		require.ErrorContains(t, err, "pxekit: error: another program on this host has port 67, where DHCP servers listen, so no addresses are given\n", name)
		require.ErrorContains(t, err, "pxekit: hint: leave out --dhcp: ", name)
	}
}

// A DHCP server on another interface alone, as on a host of virtual machines, is
// in nobody's way.
func TestServeGivesAddressesBesideOneElsewhere(t *testing.T) {
	t.Parallel()
	first, _, host := two(t)
	s := visit(t, first)
	host.Start(t, lab.Dnsmasq, "interface=s1\nexcept-interface=lo\nbind-interfaces\ndhcp-range=10.78.0.100,10.78.0.150\n")
	s.pxekit = host.Start(t, lab.Program("pxekit", `exec "$1" serve -i s0 --dhcp 10.77.0.151-10.77.0.160 --root `+bootFolder(t), "answering on s0"), "")
	require.NotContains(t, s.pxekit.Log(), "taken")
	offer, _ := s.one(mac(dhcpopts.Firmware(dhcpopts.EFIX64), 1), nobody, all)
	require.Equal(t, "10.77.0.151", offer.YIAddr.String())
}

// A PXE responder on the same host makes it observe, and what that one offers is
// told apart from its own where it answers all the same.
func TestServeBesideRivalOnOneHost(t *testing.T) {
	t.Parallel()
	for flags, x := range map[string]struct{ ready, files string }{
		"":         {"only observing: nothing is sent since another PXE responder is at work; --force answers all the same", "enable-tftp\n"},
		" --force": {"answering on s0", ""}, // firmware has one port of TFTP
	} {
		segment := lab.NewSegment(t)
		s := visit(t, segment)
		host := segment.Host(t, pxeHost)
		host.Start(t, lab.Dnsmasq, x.files+"interface=s0\ndhcp-range=10.77.0.0,proxy\npxe-service=X86-64_EFI,\"other\",other.efi\n")
		s.pxekit = host.Start(t, lab.Program("pxekit", `exec "$1" serve -i s0 --root `+bootFolder(t)+flags, x.ready), "")
		s.said("another PXE responder is on this host: it has port 4011; machines take either answer")
		if x64 := mac(dhcpopts.Firmware(dhcpopts.EFIX64), 1); flags == "" {
			s.send(x64, nobody, all)
			s.said("offered Boot/bootx64.efi (rule 3); not sent, only observing")
		} else {
			s.askAll(x64, nobody, all, 1)
			s.said("52:54:00:12:34:01 UEFI x64: offered Boot/bootx64.efi (rule 3)\n")
		}
		s.said("another PXE responder answers on s0: 10.77.0.2; machines take either answer")
	}
}
