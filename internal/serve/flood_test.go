package serve

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/internal/proxydhcp"
	"pxekit/tftpserve"
)

// inUse is the memory of heap and stacks.
func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// stormy makes messages of machines that are not there: all kinds, to ports 67,
// 68 and 4011, with options that are cut, doubled and made of random octets.
func stormy(rng *rand.Rand) (payload []byte, port uint16) {
	archs := []dhcpopts.Arch{dhcpopts.BIOS, dhcpopts.EFIX64, dhcpopts.HTTPX64, dhcpopts.Arch(rng.IntN(1 << 16))}
	c := dhcpopts.Firmware(archs[rng.IntN(len(archs))])
	c.MAC = make([]byte, []int{6, 6, 6, 0, 16}[rng.IntN(5)])
	octets(rng, c.MAC)
	c.Message = uint8(rng.IntN(10))
	for range rng.IntN(4) {
		data := make([]byte, rng.IntN(256))
		octets(rng, data)
		c.Options = append(c.Options, dhcpopts.Option{Code: uint8(1 + rng.IntN(254)), Data: data})
	}
	payload = c.Packet(rng.Uint32()).Bytes()
	switch rng.IntN(4) {
	case 0:
		payload = payload[:rng.IntN(len(payload))]
	case 1:
		octets(rng, payload[rng.IntN(len(payload)):])
	case 2:
		payload[0] = 2 // an answer of somebody else
	}
	return payload, []uint16{67, 68, 4011}[rng.IntN(3)]
}

func octets(rng *rand.Rand, b []byte) {
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
}

// Storms on ports 67, 68 and 4011 end nothing, are remembered within bounds, and
// a machine that is there is answered after them as before.
func TestStorm(t *testing.T) {
	for name, pooled := range map[string]bool{"beside a DHCP server": false, "giving addresses": true} {
		t.Run(name, func(t *testing.T) {
			s, out := testServer(t, nil)
			if pooled {
				pool, err := proxydhcp.NewPool(netip.MustParsePrefix("10.0.0.2/24"), netip.MustParseAddr("10.0.0.100"), netip.MustParseAddr("10.0.0.110"), netip.Addr{}, netip.Addr{})
				require.NoError(t, err)
				s.pool = pool
			}
			s.policies = s.resolve(x64Plan("bootx64.efi"))
			rng := rand.New(rand.NewPCG(1, 7))
			storm := func(n int) {
				for range n {
					payload, port := stormy(rng)
					s.handle(&sent{}, datagram{
						payload: payload, remote: netip.MustParseAddrPort("10.0.0.77:68"), local: netip.AddrPortFrom(ourAddr, port), iface: s.ifaces[0],
					})
					out.Reset()
				}
				s.sweep()
			}
			storm(20_000)
			full := inUse()
			storm(20_000)
			require.Less(t, inUse()-full, int64(4<<20), "what is remembered has its size after the first storm")
			require.LessOrEqual(t, len(s.book.machines.items), maxMachines)
			require.LessOrEqual(t, len(s.book.byIP.items), maxMachines)
			require.LessOrEqual(t, len(s.book.learned.items), maxFingerprints)
			require.LessOrEqual(t, len(s.rivals.items), maxRivals)

			wire := &sent{}
			hear(s, wire, dhcpopts.Firmware(dhcpopts.EFIX64), 67)
			require.Len(t, wire.all, 1, out.String())
			offer, err := dhcpopts.Parse(wire.all[0].payload)
			require.NoError(t, err)
			require.Equal(t, "bootx64.efi", string(offer.FileName()))
			require.Equal(t, pooled, !offer.YIAddr.IsUnspecified())
		})
	}
}

// Files that are asked for from many addresses, which may be forged, are
// remembered no longer than they are sent.
func TestRequestStorm(t *testing.T) {
	s, out := testServer(t, map[string]string{"boot.efi": "x"})
	for i := range 5000 {
		client := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}), 2000)
		r := tftpserve.Request{Client: client, Packet: tftpserve.Packet{Op: tftpserve.RRQ, File: "boot.efi"}}
		s.tftpEvent(tftpserve.Event{Kind: tftpserve.Started, Request: r})
		s.tftpEvent(tftpserve.Event{Kind: tftpserve.Finished, Request: r, Outcome: tftpserve.Outcome{Silent: true}, Err: tftpserve.ErrDisplaced})
		s.tftpEvent(tftpserve.Event{Kind: tftpserve.Refused, Request: r, Err: tftpserve.ErrBusy})
		out.Reset()
	}
	require.Empty(t, s.fetching)
	require.Empty(t, s.book.byIP.items)
}

// A client that opens connections and says nothing, or little by little, keeps
// no other client waiting.
func TestSlowConnections(t *testing.T) {
	s, _ := testServer(t, map[string]string{"boot.efi": "content"})
	s.http = s.newHTTP()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = s.runHTTP(l) }()
	defer s.http.Close()
	url := fmt.Sprintf("http://%s/boot.efi", l.Addr())

	goroutines := runtime.NumGoroutine()
	slow := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 9)}}
	for range 3 * httpPerClient {
		conn, err := slow.Dial("tcp4", l.Addr().String())
		require.NoError(t, err)
		defer conn.Close()
		_, _ = conn.Write([]byte("GET /boot.efi HTTP/1.1\r\nX: ")) // maybe closed already
	}
	got, err := http.Get(url)
	require.NoError(t, err)
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	require.NoError(t, err)
	require.Equal(t, "content", string(body))
	require.Eventually(t, func() bool { return runtime.NumGoroutine()-goroutines <= httpPerClient+10 }, 10*time.Second, 10*time.Millisecond)

	conn, err := slow.Dial("tcp4", l.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.ReadAll(conn)
	require.True(t, err == nil || strings.Contains(err.Error(), "reset"), "its own next connection is closed: %v", err)
}
