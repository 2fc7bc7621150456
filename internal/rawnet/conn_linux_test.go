package rawnet_test

import (
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/mdlayher/packet"
	"github.com/stretchr/testify/require"

	"pxekit/internal/lab"
	"pxekit/internal/rawnet"
)

// What another socket of this machine sends is heard by ListenBoth alone, and
// what a socket sends itself by none.
func TestListenBoth(t *testing.T) {
	segment := lab.NewSegment(t)
	here, there := segment.Host(t, "10.77.0.1"), segment.Host(t, "10.77.0.2")
	in, both, other, far := open(t, here, rawnet.Listen), open(t, here, rawnet.ListenBoth), open(t, here, rawnet.Listen), open(t, there, rawnet.Listen)
	for _, x := range []struct {
		from *rawnet.Conn
		text string
	}{{both, "its own"}, {other, "of another"}, {far, "from outside"}} {
		require.NoError(t, x.from.Write(saying(x.text)))
	}
	require.Equal(t, []string{"from outside"}, heard(t, in, 1))
	require.Equal(t, []string{"of another", "from outside"}, heard(t, both, 2))
}

// A VLAN on the interface is another network.
func TestListenBothUntagged(t *testing.T) {
	segment := lab.NewSegment(t)
	both, there := open(t, segment.Host(t, "10.77.0.1"), rawnet.ListenBoth), segment.Host(t, "10.77.0.2")
	untagged := saying("untagged").Frame()
	tagged := slices.Concat(untagged[:12], []byte{0x81, 0, 0, 5}, saying("tagged").Frame()[12:])
	require.NoError(t, there.Do(func() error {
		i, err := net.InterfaceByName(lab.ServerInterface)
		if err != nil {
			return err
		}
		conn, err := packet.Listen(i, packet.Raw, 3, nil)
		if err != nil {
			return err
		}
		defer conn.Close()
		for _, frame := range [][]byte{tagged, untagged} {
			if _, err := conn.WriteTo(frame, &packet.Addr{HardwareAddr: rawnet.Broadcast}); err != nil {
				return err
			}
		}
		return nil
	}))
	require.Equal(t, []string{"untagged"}, heard(t, both, 1))
}

func saying(text string) rawnet.Datagram {
	return rawnet.Datagram{
		SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}, DstMAC: rawnet.Broadcast, Payload: []byte(text),
		Src: netip.MustParseAddrPort("10.77.0.1:67"), Dst: netip.MustParseAddrPort("255.255.255.255:68"),
	}
}

func open(t *testing.T, host *lab.Net, listen func(*net.Interface, ...uint16) (*rawnet.Conn, error)) (c *rawnet.Conn) {
	t.Helper()
	require.NoError(t, host.Do(func() error {
		i, err := net.InterfaceByName(lab.ServerInterface)
		if err == nil {
			c, err = listen(i, 68)
		}
		return err
	}))
	t.Cleanup(func() { c.Close() })
	return c
}

func heard(t *testing.T, c *rawnet.Conn, n int) (texts []string) {
	t.Helper()
	require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Minute)))
	for range n {
		d, err := c.Read(make([]byte, 2048))
		require.NoError(t, err)
		texts = append(texts, string(d.Payload))
	}
	return texts
}
