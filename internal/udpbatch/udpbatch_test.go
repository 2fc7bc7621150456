package udpbatch

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// A socket of IPv4, and one of both as systemd opens by a port alone: what comes
// says where it came, what goes leaves by the address it names, and a batch is
// in order.
func TestConn(t *testing.T) {
	for _, network := range []string{"udp4", "udp"} {
		t.Run(network, func(t *testing.T) {
			udp, err := net.ListenUDP(network, nil)
			require.NoError(t, err)
			defer udp.Close()
			k, err := New(udp)
			require.NoError(t, err)
			port := udp.LocalAddr().(*net.UDPAddr).Port
			for _, at := range []string{"127.0.0.1", "127.0.0.2"} {
				exchange(t, k, at, port)
			}
		})
	}
}

// exchange asks an address more often than a batch has places, and takes the
// answers.
func exchange(t *testing.T, k *Conn, at string, port int) {
	t.Helper()
	client, err := net.DialUDP("udp4", nil, &net.UDPAddr{IP: net.ParseIP(at), Port: port})
	require.NoError(t, err)
	defer client.Close()
	const questions = Most + 3
	for i := range questions {
		_, err := fmt.Fprint(client, "question ", i)
		require.NoError(t, err)
	}
	var answers []Message
	for len(answers) < questions {
		came, err := k.Read()
		require.NoError(t, err)
		for _, m := range came {
			require.Equal(t, fmt.Sprint("question ", len(answers)), string(m.Payload))
			require.Equal(t, netip.MustParseAddr(at), m.Local)
			require.Equal(t, client.LocalAddr().String(), m.Remote.String())
			require.Equal(t, 1, m.Index, "the loopback")
			m.Payload = fmt.Append(nil, "answer ", len(answers))
			answers = append(answers, m)
		}
	}
	for left := slices.Clone(answers); len(left) > 0; {
		n, err := k.Write(left)
		require.NoError(t, err)
		left = left[n:]
	}
	buf := make([]byte, 100)
	for i := range questions {
		n, err := client.Read(buf) // a connected socket takes answers from at alone
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint("answer ", i), string(buf[:n]))
	}
}

// The error is that of the first message that did not leave, and those before it
// have. What is too long is cut by Read.
func TestFaults(t *testing.T) {
	udp, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	defer udp.Close()
	k, err := New(udp)
	require.NoError(t, err)
	to := netip.MustParseAddrPort(udp.LocalAddr().String())
	good := Message{Payload: []byte("good"), Remote: to, Local: to.Addr()}
	bad := good
	bad.Remote = netip.AddrPortFrom(to.Addr(), 0)
	sent, err := k.Write([]Message{good, bad, good})
	require.Equal(t, 1, sent)
	if err == nil { // Linux tells of it at the next call
		sent, err = k.Write([]Message{bad, good})
		require.Zero(t, sent)
	}
	require.Error(t, err)
	long := good
	long.Payload = make([]byte, MaxMessage+1)
	_, err = k.Write([]Message{long})
	require.NoError(t, err)
	cut := 0
	for cut != MaxMessage {
		came, err := k.Read()
		require.NoError(t, err)
		cut = len(came[len(came)-1].Payload)
		require.LessOrEqual(t, cut, MaxMessage)
	}
	require.NoError(t, udp.Close())
	_, err = k.Read()
	require.ErrorIs(t, err, net.ErrClosed)
}

// A message without a payload is one too.
func TestEmptyPayload(t *testing.T) {
	udp, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	defer udp.Close()
	k, err := New(udp)
	require.NoError(t, err)
	to := netip.MustParseAddrPort(udp.LocalAddr().String())
	sent, err := k.Write([]Message{{Remote: to, Local: to.Addr()}})
	require.NoError(t, err)
	require.Equal(t, 1, sent)
	came, err := k.Read()
	require.NoError(t, err)
	require.Len(t, came, 1)
	require.Empty(t, came[0].Payload)
}
