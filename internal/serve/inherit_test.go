package serve

import (
	"net"
	"net/netip"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// Sockets that systemd passes are found by their port, once each.
func TestInherited(t *testing.T) {
	udp, err := net.ListenUDP("udp4", &net.UDPAddr{})
	require.NoError(t, err)
	defer udp.Close()
	tcp, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	defer tcp.Close()
	in := &inherited{}
	for _, c := range []interface{ File() (*os.File, error) }{udp, tcp.(*net.TCPListener)} {
		f, err := c.File()
		require.NoError(t, err)
		in.add(f)
	}
	at := func(port uint16) netip.AddrPort { return netip.AddrPortFrom(ourAddr, port) }
	u, l := portOf(udp.LocalAddr()), portOf(tcp.Addr())
	require.Nil(t, in.takeUDP(at(1)))
	require.False(t, in.everywhere(u, "udp"))
	conn := in.takeUDP(at(u))
	require.NotNil(t, conn)
	defer conn.Close()
	require.Nil(t, in.takeUDP(at(u)), "once")
	require.True(t, in.everywhere(u, "udp"), "it is bound to all addresses")

	require.Contains(t, in.unused(false), "systemd has opened what nothing here uses: tcp 127.0.0.1:")
	require.Empty(t, in.unused(false), "told once")
	require.Nil(t, in.takeTCP(at(l)), "it is closed")
	f, err := tcp.(*net.TCPListener).File()
	require.NoError(t, err)
	in.add(f)
	listener := in.takeTCP(at(l))
	require.NotNil(t, listener)
	defer listener.Close()
	require.False(t, in.everywhere(l, "tcp"), "it is bound to one")

	odd, _, err := os.Pipe()
	require.NoError(t, err)
	in.add(odd)
	require.Equal(t, "systemd has opened what nothing here uses: |0", in.unused(false))
	in.add(odd)
	require.Empty(t, in.unused(true), "what observes needs no files")

	t.Setenv("LISTEN_PID", "1")
	t.Setenv("LISTEN_FDS", "1")
	require.Nil(t, inherit(), "for another process")
	require.Nil(t, (*inherited)(nil).takeUDP(at(67)))
	require.Empty(t, (*inherited)(nil).unused(false))
}
