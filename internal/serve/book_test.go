package serve

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// A machine that a DHCP server refuses its address has none, and the verdict
// says so.
func TestNAK(t *testing.T) {
	s, out := testServer(t, nil)
	s.policies = s.resolve(x64Plan("bootx64.efi"))
	hear(s, &sent{}, dhcpopts.Firmware(dhcpopts.EFIX64), 67)
	hearServer(s, dhcpopts.Offer, theLease, "")
	hear(s, nil, withType(dhcpopts.Request), 67)
	hearServer(s, dhcpopts.Ack, theLease, "")
	m := s.book.known(theMAC)
	require.Same(t, m, s.book.at(theLease, s.neighbour))

	hearServer(s, dhcpopts.NAK, netip.IPv4Unspecified(), "")
	require.Nil(t, s.book.at(theLease, s.neighbour))
	require.False(t, m.Address)
	lines(out)
	s.now = func() time.Time { return time.Unix(1_000_000, 0).Add(storyEnds) }
	s.sweep()
	require.Equal(t, "warning: 52:54:00:12:34:56 UEFI x64: offered bootx64.efi (rule 1) → DHCP server 10.0.0.1 refuses it the address that it asks for (NAK)", lines(out))
}

// A machine that moves to another address is not found at the first.
func TestMoves(t *testing.T) {
	s, _ := testServer(t, nil)
	s.policies = s.resolve(x64Plan("bootx64.efi"))
	hear(s, &sent{}, dhcpopts.Firmware(dhcpopts.EFIX64), 67)
	hearServer(s, dhcpopts.Ack, theLease, "")
	hearServer(s, dhcpopts.Ack, theLease.Next(), "")
	require.Nil(t, s.book.at(theLease, s.neighbour))
	require.Equal(t, theMAC.String(), s.book.at(theLease.Next(), s.neighbour).mac)
}

// Who has an address is asked again where the DHCP server's answers are not
// heard, as they are not on a switch: it may be another machine's by now.
func TestAddressOfAnother(t *testing.T) {
	b := newBook()
	first, second := &machine{key: string(theMAC)}, &machine{key: "\x02\x00\x00\x00\x00\x02"}
	b.remember(first)
	b.remember(second)
	has := first
	neighbour := func(netip.Addr) net.HardwareAddr { return net.HardwareAddr(has.key) }
	require.Same(t, first, b.at(theLease, neighbour))
	has = second
	require.Same(t, second, b.at(theLease, neighbour))
}

// A machine whose record has made room and that is seen again is found by its
// address under the new record.
func TestRecordThatMadeRoom(t *testing.T) {
	b := newBook()
	b.machines = newLRU[string, *machine](1)
	old := &machine{key: string(theMAC)}
	b.remember(old)
	b.has(old, theLease)
	b.remember(&machine{key: "another"})
	again := &machine{key: string(theMAC)}
	b.remember(again)
	require.Same(t, again, b.at(theLease, func(netip.Addr) net.HardwareAddr { return theMAC }))
}

// Machines without hardware address, as over InfiniBand, are told apart by their
// client id, and have a name in the log.
func TestWithoutHardwareAddress(t *testing.T) {
	s, out := testServer(t, nil)
	s.policies = s.resolve(x64Plan("bootx64.efi"))
	ask := func(id ...byte) {
		c := dhcpopts.Firmware(dhcpopts.EFIX64)
		c.MAC, c.Options = nil, nil
		if id != nil {
			c.Options = []dhcpopts.Option{{Code: dhcpopts.OptClientID, Data: id}}
		}
		s.handle(&sent{}, datagram{payload: c.Packet(1).Bytes(), local: netip.AddrPortFrom(ourAddr, 67), iface: s.ifaces[0]})
	}
	ask(0xff, 1)
	ask(0xff, 2)
	ask()
	require.Equal(t, `client id ff:01 UEFI x64: offered bootx64.efi (rule 1)
client id ff:02 UEFI x64: offered bootx64.efi (rule 1)
(no hardware address) UEFI x64: offered bootx64.efi (rule 1)`, lines(out))
	require.Len(t, s.book.machines.items, 2)
	s.unsent("", net.ErrClosed)
	require.Contains(t, lines(out), "warning: (no hardware address): answer not sent: ")
}

// A verdict names the file that ended a boot where the machine was told another.
func TestResultNamesAnotherFile(t *testing.T) {
	m := &machine{steps: []string{`offered Boot\X64\wdsmgfw.efi (rule 1)`, "RRQ"}}
	require.Equal(t, "10 bytes, ok", m.result(fetch{name: `\boot\x64\WDSMGFW.EFI`, bytes: 10}))
	require.Equal(t, "bootx64.efi, 10 bytes, ok", m.result(fetch{name: "bootx64.efi", bytes: 10}))
	require.Equal(t, "<ff>x, failed after 0 bytes: gone", m.result(fetch{name: "\xffx", fault: "gone"}))
}
