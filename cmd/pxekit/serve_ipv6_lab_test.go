//go:build linux

package main

import (
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/internal/lab"
)

// withIPv6 turns IPv6 on at a host, gives it an address and returns that of the
// link.
func withIPv6(t *testing.T, h *lab.Net, address string) (link netip.Addr) {
	t.Helper()
	require.NoError(t, h.Do(func() error {
		return os.WriteFile("/proc/sys/net/ipv6/conf/"+lab.ServerInterface+"/disable_ipv6", []byte("0"), 0)
	}))
	h.IP(t, "address", "add", address+"/64", "dev", lab.ServerInterface)
	require.Eventually(t, func() bool {
		_ = h.Do(func() error {
			i, err := net.InterfaceByName(lab.ServerInterface)
			if err != nil {
				return err
			}
			addrs, err := i.Addrs()
			for _, a := range addrs {
				if p := netip.MustParsePrefix(a.String()); p.Addr().Is6() && p.Addr().IsLinkLocalUnicast() {
					link = p.Addr()
				}
			}
			return err
		})
		return link.IsValid()
	}, patience, 10*time.Millisecond)
	return link
}

// Files are there by IPv6 too, at once: the addresses are still being checked
// for duplicates when pxekit starts. What machines are told stays IPv4.
func TestServeIPv6(t *testing.T) {
	t.Parallel()
	segment := lab.NewSegment(t)
	segment.Host(t, dhcpHost).Start(t, lab.ISC, addressesOnly)
	s := visit(t, segment)
	withIPv6(t, s.client, "fd77::50")
	host := segment.Host(t, pxeHost)
	link := withIPv6(t, host, "fd77::2")
	s.pxekit = host.Start(t, lab.Program("pxekit", `exec "$1" serve -i s0 --root `+bootFolder(t), "answering on s0"), "")
	s.said("files on s0 at fd77::2 too")
	s.said("files on s0 at " + link.String() + "%s0 too")

	for _, at := range []string{"fd77::2", link.String() + "%25s0"} {
		for _, scheme := range []string{"http", "tftp"} {
			url := scheme + "://[" + at + "]/Boot/bootx64.efi"
			var content string
			require.Eventually(t, func() (ok bool) {
				var err error
				content, err = s.fetch(url, "-g")
				return err == nil
			}, patience, 100*time.Millisecond, url)
			require.Len(t, content, 300_000, url)
		}
	}
	s.said("fd77::50: /Boot/bootx64.efi, 300 KB, ok")
	s.said("fd77::50: Boot/bootx64.efi, 300 KB, ok")
	require.NotContains(t, s.pxekit.Log(), "no files at")
	web, _ := s.one(mac(dhcpopts.Firmware(dhcpopts.HTTPX64), 3), nobody, all)
	require.True(t, strings.HasPrefix(string(web.FileName()), "http://10.77.0.2/"))
}
