package serve

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/tftpserve"
)

// flooded is a server that takes n DISCOVERs, each of a machine that mac makes.
func flooded(t *testing.T, n int, mac func(i int) []byte) (*Server, *bytes.Buffer) {
	t.Helper()
	s, out := testServer(t, nil)
	s.policies = s.resolve(x64Plan("bootx64.efi"))
	wire := &sent{}
	for i := range n {
		c := dhcpopts.Firmware(dhcpopts.EFIX64)
		c.MAC = mac(i)
		s.handle(wire, datagram{payload: c.Packet(1).Bytes(), local: netip.AddrPortFrom(ourAddr, 67), iface: s.ifaces[0]})
	}
	require.Len(t, wire.all, n, "all are answered")
	return s, out
}

func pass(s *Server, by time.Duration) {
	at := s.now().Add(by)
	s.now = func() time.Time { return at }
}

// A machine that sends without pause has its few lines a second, and one in the
// end that says how many it would have been.
func TestQuotaOfOneMachine(t *testing.T) {
	s, out := flooded(t, 1000, func(int) []byte { return theMAC })
	require.Equal(t, machineLines, strings.Count(out.String(), "\n"))
	out.Reset()
	s.tellLeftOut(false)
	require.Empty(t, out.String(), "it may go on")
	pass(s, time.Second)
	hear(s, &sent{}, dhcpopts.Firmware(dhcpopts.EFIX64), 67)
	require.Equal(t, "52:54:00:12:34:56 UEFI x64: offered bootx64.efi (rule 1)", lines(out))
	pass(s, housekeepEvery)
	s.tellLeftOut(false)
	require.Equal(t, "warning: 52:54:00:12:34:56 sends too much: 995 lines about it left out", lines(out))
	s.tellLeftOut(true)
	require.Empty(t, out.String(), "told once")
}

// Neither do many machines fill the log, and what is more than a line about a
// message is told all the same: the verdict, and a change of the answer.
func TestQuotaOfMany(t *testing.T) {
	s, out := flooded(t, 1000, func(i int) []byte { return []byte{2, 0, 0, 0, byte(i >> 8), byte(i)} })
	require.Equal(t, decisionLines, strings.Count(out.String(), "\n"))
	out.Reset()
	for range 2 {
		hear(s, &sent{}, dhcpopts.Firmware(dhcpopts.EFIX64), 67)
		hearServer(s, dhcpopts.Offer, theLease, "")
		s.book.known(theMAC).Offered = s.now().Add(-4 * time.Second) // edk2's repeat
	}
	require.Contains(t, lines(out), "warning: 52:54:00:12:34:56: changed the way of answering")
	s.tellLeftOut(true)
	require.Equal(t, "warning: messages came too fast: 502 lines of the log left out", lines(out))
	pass(s, storyEnds)
	s.sweep()
	require.Equal(t, 1001, strings.Count(out.String(), "\n"), "a verdict for each")
}

// A flood that does not end is told of now and then.
func TestQuotaOfEndlessFlood(t *testing.T) {
	q := quota{most: 1}
	at, told := time.Unix(1_000_000, 0), 0
	for range 10 * 60 * 5 {
		q.allows(at, "", nil)
		at = at.Add(time.Second / 5)
		if text, _ := q.told(at, false); text != "" {
			told++
		}
	}
	require.Equal(t, 9, told)
}

// Whoever answers under thousands of addresses, or asks for thousands of files
// that are not there, fills no log either.
func TestQuotaOfOthers(t *testing.T) {
	s, out := testServer(t, nil)
	for i := range 1000 {
		hearFrom(s, fmt.Sprintf("10.0.%d.%d", 1+i>>8, i&255), dhcpopts.Offer, theLease, "", dhcpopts.Option{Code: dhcpopts.OptClass, Data: []byte("PXEClient")})
	}
	require.Equal(t, warningLines, strings.Count(out.String(), "\n"))
	out.Reset()
	for range 1000 {
		s.missed(theLease, "RRQ", "none.efi", fs.ErrNotExist)
		s.tftpEvent(tftpserve.Event{Kind: tftpserve.Refused, Request: tftpserve.Request{Client: netip.AddrPortFrom(theLease, 2000)}, Err: fs.ErrInvalid})
	}
	require.Equal(t, fileLines, strings.Count(out.String(), "\n"))
	out.Reset()
	s.tellLeftOut(true)
	require.Equal(t, 2, strings.Count(out.String(), "lines of the log left out"))
}
