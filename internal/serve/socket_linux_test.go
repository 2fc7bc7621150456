package serve

import (
	"bytes"
	"log/slog"
	"net"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/internal/journal"
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
	udp, err := s.listenUDP(s.ifaces, 0)
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
		came, err := c.socket.read()
		require.NoError(t, err)
		require.Len(t, came, 1)
		d := came[0]
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
	_, err = udp.read()
	require.ErrorIs(t, err, net.ErrClosed)
}

// What has come together is read together, and answers leave together; one that
// cannot be sent keeps the others from nothing.
func TestBatch(t *testing.T) {
	s := onLoopback(t)
	udp, err := s.listenUDP(s.ifaces, 0)
	require.NoError(t, err)
	defer udp.Close()
	udp.port = portOf(udp.conn.LocalAddr())
	client, err := net.DialUDP("udp4", nil, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: int(udp.port)})
	require.NoError(t, err)
	defer client.Close()
	questions := []string{"one", "two", "three"}
	for _, q := range questions {
		_, err := client.Write([]byte(q))
		require.NoError(t, err)
	}
	came, err := udp.read()
	require.NoError(t, err)
	require.Len(t, came, 3)
	udp.cork()
	for i, d := range came {
		require.Equal(t, questions[i], string(d.payload))
		if i == 1 {
			d.remote = netip.AddrPortFrom(d.remote.Addr(), 0)
		}
		require.NoError(t, udp.write(d))
	}
	var failed []string
	udp.uncork(func(d datagram, err error) {
		require.Error(t, err)
		failed = append(failed, string(d.payload))
	})
	require.Equal(t, []string{"two"}, failed)
	buf := make([]byte, 100)
	for _, want := range []string{"one", "three"} {
		n, err := client.Read(buf)
		require.NoError(t, err)
		require.Equal(t, want, string(buf[:n]))
	}
}

// writes collects each write.
type writes struct{ all []string }

func (w *writes) Write(b []byte) (int, error) {
	w.all = append(w.all, string(b))
	return len(b), nil
}

// A batch is answered and told in the order it came, and an answer that does
// not leave is told too.
func TestHandleAll(t *testing.T) {
	s := onLoopback(t)
	w := &writes{}
	s.Lines = journal.NewLines(w)
	s.Log = slog.New(journal.NewTextHandler(s.Lines))
	udp, err := s.listenUDP(s.ifaces, 0)
	require.NoError(t, err)
	s.policies = s.resolve(x64Plan("bootx64.efi"))
	require.NoError(t, udp.Close())
	var batch []datagram
	for i := range 2 {
		c := dhcpopts.Firmware(dhcpopts.EFIX64)
		c.MAC = []byte{2, 0, 0, 0, 0, byte(i)}
		batch = append(batch, datagram{payload: c.Packet(1).Bytes(), local: netip.MustParseAddrPort("127.0.0.1:67"), iface: s.ifaces[0]})
	}
	s.handleAll(udp, batch)
	require.EqualValues(t, 2, s.metrics.unsent.Load())
	require.Len(t, w.all, 1, "lines are written together")
	text := lines(bytes.NewBufferString(w.all[0]))
	require.Regexp(t, `^02:00:00:00:00:00 .*offered.*\n02:00:00:00:00:01 .*offered.*\n`+
		`warning: 02:00:00:00:00:00: answer not sent: .*\nwarning: 02:00:00:00:00:01: answer not sent: .*$`, text)
}

// A broadcast is answered by the address on its sender's network.
func TestAsked(t *testing.T) {
	i := &Iface{Addrs: []netip.Prefix{netip.MustParsePrefix("10.77.0.2/24"), netip.MustParsePrefix("10.79.0.2/24")}}
	for _, c := range []struct{ dst, from, want string }{
		{"10.79.0.2", "10.77.0.50", "10.79.0.2"},
		{"255.255.255.255", "0.0.0.0", "10.77.0.2"},
		{"255.255.255.255", "10.77.0.50", "10.77.0.2"},
		{"255.255.255.255", "10.79.0.50", "10.79.0.2"},
		{"10.79.0.255", "10.79.0.50", "10.79.0.2"},
		{"239.77.0.1", "10.79.0.50", "10.79.0.2"},
		{"255.255.255.255", "192.168.1.1", "10.77.0.2"},
	} {
		require.Equal(t, c.want, i.asked(netip.MustParseAddr(c.dst), netip.MustParseAddr(c.from)).String(), "%s from %s", c.dst, c.from)
	}
}
