//go:build linux

package main

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// What no machine of the lab can prove: Raspberry Pi and WDS's boot programs,
// played message by message from their documents, on a folder without a plan.
func TestServeAsDocumented(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o755))
	for _, name := range []string{"bootcode.bin", "start4.elf", "config.txt", "Boot/x64/wdsnbp.com", "Boot/x64/pxeboot.n12", "Boot/BCD"} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(name), 0o644))
	}
	s := serving(t, "--root "+dir, "answering on s0")
	s.said(`bios gets Boot\x64\wdsnbp.com, and when it asks again Boot\x64\pxeboot.n12`)
	s.said("rpiboot gets bootcode.bin")
	raspberryPi(s)
	bootProgramOfWDS(s)
}

func raspberryPi(s *site) {
	s.Helper()
	pi := mac(dhcpopts.Firmware(dhcpopts.BIOS), 1)
	pi.MachineID = []byte("\x00RPi4\x11\x31\xc0\x00\x32\x27\x76\xbc\x9f\xfe\xfd\xef")
	begin := time.Now()
	s.send(pi, nobody, all)
	require.NoError(s, s.conn.SetReadDeadline(begin.Add(patience)))
	offer, way := s.hear(pxeHost)
	require.GreaterOrEqual(s, time.Since(begin), 2*time.Second, "behind the DHCP server's offer")
	require.Equal(s, "10.77.0.2:67 255.255.255.255:68", way)
	require.Equal(s, pxeHost, offer.SIAddr.String())
	require.Contains(s, value(offer, dhcpopts.OptVendor), "\x00\x00\x11Raspberry Pi Boot")

	_, err := s.fetch("tftp://10.77.0.2/9ffefdef/start4.elf")
	require.Error(s, err)
	s.said("9ffefdef/start4.elf is not there, which is normal: a Raspberry Pi looks in a folder of its own first")
	content, err := s.fetch("tftp://10.77.0.2/start4.elf")
	require.NoError(s, err, s.pxekit.Log())
	require.Equal(s, "start4.elf", content)
	s.said(": start4.elf, 10 bytes, ok") // before the address is another machine's
}

func bootProgramOfWDS(s *site) {
	s.Helper()
	s.later = dhcpopts.Firmware(dhcpopts.BIOS)
	first, _ := s.one(mac(dhcpopts.Firmware(dhcpopts.BIOS), 2), nobody, all)
	require.Equal(s, `Boot\x64\wdsnbp.com`, string(first.FileName()))

	again := mac(dhcpopts.Firmware(dhcpopts.BIOS), 2)
	again.VendorClass = []byte("PXEClient")
	again.Message, again.CIAddr = dhcpopts.Request, netip.MustParseAddr(bootHost)
	again.Options = append(again.Options, dhcpopts.Option{Code: dhcpopts.OptWDS, Data: []byte("\x0d\x02\x08\x00\x0e\x01\x00\xff")})
	ack, way := s.one(again, bootHost+":68", pxeHost+":4011")
	require.Equal(s, "10.77.0.2:4011 10.77.0.50:68", way)
	require.Equal(s, `Boot\x64\pxeboot.n12`, string(ack.FileName()))
	require.Equal(s, "\\Boot\\BCD\x00", value(ack, dhcpopts.OptWDSBCD))
	content, err := s.fetch("tftp://10.77.0.2/" + string(ack.FileName()))
	require.NoError(s, err, s.pxekit.Log())
	require.Equal(s, "Boot/x64/pxeboot.n12", content)
	s.said(`told Boot\x64\pxeboot.n12 (rule 1) → RRQ → `)
}
