package serve

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// narrow is a disk that fills up.
type narrow struct {
	bytes.Buffer
	room int
}

var errFull = errors.New("no space left on device")

func (n *narrow) Write(b []byte) (int, error) {
	if n.Len()+len(b) > n.room {
		return 0, errFull
	}
	return n.Buffer.Write(b)
}

func (*narrow) Close() error { return nil }

// A recording has what was seen and sent, to where it went.
func TestRecording(t *testing.T) {
	s, _ := testServer(t, nil)
	s.policies = s.resolve(x64Plan("bootx64.efi"))
	disk := &narrow{room: 1 << 20}
	s.Capture = func() (io.WriteCloser, error) { return disk, nil }
	require.NoError(t, s.record())
	d := datagram{
		payload: dhcpopts.Firmware(dhcpopts.EFIX64).Packet(1).Bytes(), remote: netip.MustParseAddrPort("0.0.0.0:68"),
		local: netip.AddrPortFrom(ourAddr, 67), sentTo: everyone, iface: s.ifaces[0],
	}
	s.handle(&sent{}, d)
	recorded, err := pcapgo.NewReader(&disk.Buffer)
	require.NoError(t, err)
	for _, want := range []string{"0.0.0.0:68 255.255.255.255:67", "10.0.0.2:67 255.255.255.255:68"} {
		b, _, err := recorded.ReadPacketData()
		require.NoError(t, err)
		p := gopacket.NewPacket(b, layers.LayerTypeIPv4, gopacket.Default)
		ip, udp := p.NetworkLayer().NetworkFlow(), p.TransportLayer().TransportFlow()
		require.Equal(t, want, fmt.Sprintf("%s:%s %s:%s", ip.Src(), udp.Src(), ip.Dst(), udp.Dst()))
	}
	_, _, err = recorded.ReadPacketData()
	require.ErrorIs(t, err, io.EOF)
}

// A recording that ends says so once, at the time, and serving goes on.
func TestFullDisk(t *testing.T) {
	s, out := testServer(t, nil)
	s.policies = s.resolve(x64Plan("bootx64.efi"))
	disk := &narrow{room: 1000}
	s.Capture = func() (io.WriteCloser, error) { return disk, nil }
	require.NoError(t, s.record())
	wire := &sent{}
	for range 3 {
		hear(s, wire, dhcpopts.Firmware(dhcpopts.EFIX64), 67)
	}
	require.Len(t, wire.all, 3)
	require.LessOrEqual(t, disk.Len(), disk.room)
	require.Equal(t, 1, bytes.Count(out.Bytes(), []byte("warning: messages are not recorded any more: no space left on device\n")))
	require.ErrorIs(t, s.capture.fault(), errFull)
}
