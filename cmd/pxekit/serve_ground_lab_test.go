//go:build linux

package main

import (
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/internal/lab"
	"pxekit/internal/rawnet"
)

// What observes sends nothing at all, no question of its own either, and names
// the servers that it hears.
func TestServeObserveIsSilent(t *testing.T) {
	t.Parallel()
	segment := lab.NewSegment(t)
	s := visit(t, segment)
	var requests *rawnet.Conn
	require.NoError(t, s.client.Do(func() error {
		i, err := net.InterfaceByName(lab.ServerInterface)
		if err != nil {
			return err
		}
		requests, err = rawnet.Listen(i, 67, 4011)
		return err
	}))
	defer requests.Close()
	dhcp := segment.Host(t, dhcpHost)
	host := segment.Host(t, pxeHost)
	s.pxekit = host.Start(t, lab.Program("pxekit", `exec "$1" serve -i s0 --observe --root `+bootFolder(t), "only observing"), "")
	dhcp.Start(t, lab.ISC, addressesOnly)
	s.watches(mac(dhcpopts.Firmware(dhcpopts.EFIX64), 1))
	s.said("DHCP server 10.77.0.1 gives addresses on s0")

	// The first request on the network is the one that another machine sends now.
	mark := rawnet.Datagram{
		SrcMAC: []byte{2, 0, 0, 0, 0, 9}, DstMAC: rawnet.Broadcast, Payload: []byte("mark"),
		Src: netip.MustParseAddrPort(nobody), Dst: netip.MustParseAddrPort(all),
	}
	require.NoError(t, dhcp.Do(func() error {
		i, err := net.InterfaceByName(lab.ServerInterface)
		if err != nil {
			return err
		}
		conn, err := rawnet.Listen(i, 67)
		if err != nil {
			return err
		}
		defer conn.Close()
		return conn.Write(mark)
	}))
	require.NoError(t, requests.SetReadDeadline(time.Now().Add(patience)))
	first, err := requests.Read(make([]byte, 2048))
	require.NoError(t, err)
	require.Equal(t, "mark", string(first.Payload), "from %s", first.SrcMAC)
}

// What serving stands on may go away under it: the log says so, and it goes on
// as soon as it can.
func TestServeTellsWhatItLost(t *testing.T) {
	t.Parallel()
	segment := lab.NewSegment(t)
	s := visit(t, segment)
	host := segment.Host(t, pxeHost)
	root := bootFolder(t)
	s.pxekit = host.Start(t, lab.Program("pxekit", `exec "$1" serve -i s0 --root `+root, "answering on s0"), "")
	x64 := mac(dhcpopts.Firmware(dhcpopts.EFIX64), 1)

	host.IP(t, "addr", "del", pxeHost+"/24", "dev", "s0")
	s.said("warning: s0 has lost the address 10.77.0.2, which machines are sent to")
	host.IP(t, "addr", "add", pxeHost+"/24", "dev", "s0")
	s.said("s0 is as it was at the start again")
	host.IP(t, "link", "set", "s0", "down")
	s.said("warning: s0 is down: no machine is heard there")
	host.IP(t, "link", "set", "s0", "up")
	host.IP(t, "route", "add", "default", "dev", "s0")
	require.Eventually(t, func() bool { // the switch may take a second to see its port
		_, err := s.fetch("http://10.77.0.2/healthz")
		return err == nil
	}, patience, time.Second/50)
	s.one(x64, nobody, all)

	require.NoError(t, os.Rename(root, root+".old"))
	s.said("warning: the folder of boot files was removed from " + root)
	require.NoError(t, os.Mkdir(root, 0o755))
	s.said("warning: the folder of boot files is another one at " + root + " now: the one that was opened is served; start pxekit again")

	host.IP(t, "link", "del", "s0")
	s.said("warning: s0 was taken away")
	s.said("pxekit: error: no interface is left: s0 was taken away; start pxekit again once it is back")
	require.Eventually(t, func() bool { return s.pxekit.Crash() != "" }, patience, time.Second/50)
}
