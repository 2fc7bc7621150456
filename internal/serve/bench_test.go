package serve

import (
	"io"
	"log/slog"
	"net/netip"
	"testing"

	"pxekit/dhcpopts"
	"pxekit/internal/journal"
)

// discard is a socket that everything leaves by.
type discard struct{ socket }

func (discard) write(datagram) error { return nil }

// A DISCOVER from socket to socket, without the system's part: machines that
// were never seen, and more than are remembered.
func BenchmarkHandle(b *testing.B) {
	s, _ := testServer(b, nil)
	s.Log = slog.New(journal.NewTextHandler(io.Discard))
	s.policies = s.resolve(x64Plan("bootx64.efi"))
	var all []datagram
	for i := range 2 * maxMachines {
		c := dhcpopts.Firmware(dhcpopts.EFIX64)
		c.MAC = []byte{2, 0, 0, 0, byte(i >> 8), byte(i)}
		all = append(all, datagram{
			payload: c.Packet(1).Bytes(), remote: netip.MustParseAddrPort("0.0.0.0:68"),
			local: netip.AddrPortFrom(ourAddr, 67), iface: s.ifaces[0],
		})
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.handle(discard{}, all[i%len(all)])
	}
}
