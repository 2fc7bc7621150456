package serve

import (
	"net"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

// onLoopback is a server whose interface is the loopback.
func onLoopback(t *testing.T) *Server {
	t.Helper()
	s, _ := testServer(t, nil)
	lo, err := net.InterfaceByIndex(1)
	require.NoError(t, err)
	s.ifaces = []*Iface{{Interface: lo, Addrs: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/8"), netip.MustParsePrefix("127.0.0.2/8")}}}
	return s
}

// An answer leaves by the address that was asked, to where the question came
// from.
func TestSockets(t *testing.T) {
	s := onLoopback(t)
	udp, err := s.listenUDP(0)
	require.NoError(t, err)
	udp.port = portOf(udp.conn.LocalAddr())
	each, err := s.listenEach(0)
	require.NoError(t, err)
	plain := each[0].(*plainSocket)
	plain.local = netip.MustParseAddrPort(plain.conn.LocalAddr().String())
	for _, c := range []struct {
		socket socket
		at     netip.AddrPort
	}{
		{udp, netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), udp.port)},
		{udp, netip.AddrPortFrom(netip.MustParseAddr("127.0.0.2"), udp.port)},
		{plain, plain.local},
	} {
		client, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(c.at))
		require.NoError(t, err)
		_, err = client.Write([]byte("question"))
		require.NoError(t, err)
		d, err := c.socket.read(make([]byte, 100))
		require.NoError(t, err)
		require.Equal(t, "question", string(d.payload))
		require.Equal(t, client.LocalAddr().String(), d.remote.String())
		require.Equal(t, c.at, d.local)
		require.Equal(t, "lo", d.iface.Name)
		d.payload = []byte("answer")
		require.NoError(t, c.socket.write(d))
		buf := make([]byte, 100)
		n, err := client.Read(buf) // a connected socket takes answers from c.at alone
		require.NoError(t, err)
		require.Equal(t, "answer", string(buf[:n]))
		require.NoError(t, client.Close())
	}
	closeAll([]socket{udp, plain})
	_, err = udp.read(make([]byte, 10))
	require.ErrorIs(t, err, net.ErrClosed)
}
