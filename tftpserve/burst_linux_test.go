package tftpserve

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"pxekit/internal/lab"
)

// pair is a server's socket and its client's, connected.
func pair(ip string) (server, client *net.UDPConn, err error) {
	if client, err = net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(ip)}); err != nil {
		return nil, nil, err
	}
	_ = client.SetReadBuffer(1 << 20)
	if server, err = net.DialUDP("udp", nil, client.LocalAddr().(*net.UDPAddr)); err != nil {
		_ = client.Close()
		return nil, nil, err
	}
	allowFragments(server)
	return server, client, nil
}

// newPair is a pair that lives as long as the test.
func newPair(t *testing.T, ip string, in func(func() error) error) (server, client *net.UDPConn) {
	t.Helper()
	require.NoError(t, in(func() (err error) {
		server, client, err = pair(ip)
		return err
	}))
	t.Cleanup(func() {
		_ = server.Close()
		_ = client.Close()
	})
	return server, client
}

// here is where a test runs.
func here(fn func() error) error { return fn() }

// packets is a window of count packets, the last of them shorter.
func packets(size, count, last int) []byte {
	b := make([]byte, size*(count-1)+last)
	for i := range b {
		b[i] = byte(i/size) ^ byte(i%size*7)
	}
	return b
}

// requireWindow reads a window's packets: each of its size, in order, once.
func requireWindow(t *testing.T, client *net.UDPConn, b []byte, size int) {
	t.Helper()
	got := make([]byte, 1<<16)
	for i := 0; len(b) > 0; i++ {
		require.NoError(t, client.SetReadDeadline(time.Now().Add(5*time.Second)))
		n, err := client.Read(got)
		require.NoError(t, err, "packet %d", i)
		want := b[:min(size, len(b))]
		require.True(t, bytes.Equal(want, got[:n]), "packet %d: %d octets, want %d", i, n, len(want))
		b = b[len(want):]
	}
}

// requireQuiet checks that nothing came beside what was read. Loopback delivers
// before a send returns.
func requireQuiet(t *testing.T, client *net.UDPConn) {
	t.Helper()
	require.NoError(t, client.SetReadDeadline(time.Now().Add(time.Millisecond)))
	_, err := client.Read(make([]byte, 1<<16))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
}

// Every way brings the client the same packets.
func TestWaysOfABurst(t *testing.T) {
	shapes := []struct{ size, count, last int }{
		{12, 64, 12}, {12, 64, 4}, {516, 2, 5}, {1432, 45, 1432}, {1472, 44, 4}, {9004, 7, 9003}, {32000, 2, 32000},
	}
	for _, ip := range []string{"127.0.0.1", "::1"} {
		for _, way := range []way{bySegments, byBatch, byPacket} {
			t.Run(fmt.Sprint(ip, " way ", way), func(t *testing.T) {
				server, client := newPair(t, ip, here)
				s := newBurst(server)
				s.way = way
				for _, shape := range shapes {
					b := packets(shape.size, shape.count, shape.last)
					require.NoError(t, s.send(b, shape.size))
					requireWindow(t, client, b, shape.size)
					require.Equal(t, way, s.way, "%v", shape)
				}
				requireQuiet(t, client)
			})
		}
	}
}

// set sets an option of a socket.
func set(t *testing.T, conn *net.UDPConn, level, option, value int) {
	t.Helper()
	raw, err := conn.SyscallConn()
	require.NoError(t, err)
	require.NoError(t, raw.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), level, option, value) }))
	require.NoError(t, err)
}

// A kernel that cannot cut a window, here as it may not write checksums, gets it
// as a batch: one step plainer, once and for good, and nothing twice.
func TestSegmentsRefused(t *testing.T) {
	for ip, option := range map[string][2]int{
		"127.0.0.1": {unix.SOL_SOCKET, unix.SO_NO_CHECK}, "::1": {unix.SOL_UDP, unix.UDP_NO_CHECK6_TX},
	} {
		t.Run(ip, func(t *testing.T) {
			server, client := newPair(t, ip, here)
			set(t, client, unix.SOL_UDP, unix.UDP_NO_CHECK6_RX, 1)
			set(t, server, option[0], option[1], 1)
			s := newBurst(server)
			b := packets(516, 8, 100)
			for range 3 {
				require.NoError(t, s.send(b, 516))
				requireWindow(t, client, b, 516)
				require.Equal(t, byBatch, s.way)
				set(t, server, option[0], option[1], 0)
			}
			requireQuiet(t, client)
		})
	}
}

// What no way can send is an error, after each was tried once.
func TestNoWayLeft(t *testing.T) {
	server, client := newPair(t, "127.0.0.1", here)
	s := newBurst(server)
	const tooMuch = 65508
	require.ErrorIs(t, s.send(make([]byte, 2*tooMuch), tooMuch), unix.EMSGSIZE)
	require.Equal(t, byPacket, s.way)
	b := packets(516, 8, 100)
	require.NoError(t, s.send(b, 516))
	requireWindow(t, client, b, 516)
	requireQuiet(t, client)
}

// An error of the network is none of the way.
func TestRefusedPortKeepsTheWay(t *testing.T) {
	for _, way := range []way{bySegments, byBatch, byPacket} {
		server, client := newPair(t, "127.0.0.1", here)
		require.NoError(t, client.Close())
		s := newBurst(server)
		s.way = way
		b := packets(516, 8, 100)
		_ = s.send(b, 516) // earns the ICMP error that the next one meets
		require.ErrorIs(t, s.send(b, 516), unix.ECONNREFUSED)
		require.Equal(t, way, s.way)
	}
}

// Blocks larger than the MTU go as fragments, which segmentation cannot make:
// in a network whose interfaces say 1500 but which has a tunnel in it, or with
// the 512 octets of a client without options.
func TestBurstOverTheMTU(t *testing.T) {
	n := lab.NewNet(t)
	require.NoError(t, n.Do(func() error {
		return os.WriteFile("/proc/sys/net/ipv6/conf/lo/disable_ipv6", []byte("0"), 0)
	}))
	for _, c := range []struct {
		ip   string
		mtu  string
		size int
	}{{"::1", "1280", 1432}, {"127.0.0.1", "400", 516}} {
		n.IP(t, "link", "set", "lo", "up", "mtu", c.mtu)
		for _, way := range []way{bySegments, byBatch, byPacket} {
			t.Run(fmt.Sprint(c, " way ", way), func(t *testing.T) {
				server, client := newPair(t, c.ip, n.Do)
				s := newBurst(server)
				s.way = way
				b := packets(c.size, 20, 11)
				require.NoError(t, s.send(b, c.size))
				requireWindow(t, client, b, c.size)
				requireQuiet(t, client)
				require.Equal(t, max(way, byBatch), s.way)
			})
		}
	}
}
