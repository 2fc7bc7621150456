package rawnet

import (
	"net"
	"net/netip"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/bpf"
)

func sample(port uint16, payload string) Datagram {
	return Datagram{
		SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}, DstMAC: Broadcast,
		Src: netip.MustParseAddrPort("10.99.0.2:67"), Dst: netip.AddrPortFrom(netip.MustParseAddr("255.255.255.255"), port),
		Payload: []byte(payload),
	}
}

// gopacket is the second opinion: it reads what Frame builds, checksums too.
func TestFrame(t *testing.T) {
	for _, payload := range []string{"", "x", "odd", "even", "\xff\xff\xff\xff", string(make([]byte, 1472))} {
		d := sample(68, payload)
		frame := d.Frame()

		back, err := Parse(frame)
		require.NoError(t, err)
		require.Equal(t, d.Src, back.Src)
		require.Equal(t, d.Dst, back.Dst)
		require.Equal(t, d.SrcMAC, back.SrcMAC)
		require.Equal(t, d.DstMAC, back.DstMAC)
		require.Equal(t, payload, string(back.Payload))

		p := gopacket.NewPacket(frame, layers.LayerTypeEthernet, gopacket.Default)
		ip := p.Layer(layers.LayerTypeIPv4).(*layers.IPv4)
		udp := p.Layer(layers.LayerTypeUDP).(*layers.UDP)
		wantIP, wantUDP := ip.Checksum, udp.Checksum
		require.NoError(t, udp.SetNetworkLayerForChecksum(ip))
		buf := gopacket.NewSerializeBuffer()
		require.NoError(t, gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, ip, udp, gopacket.Payload(payload)))
		require.Equal(t, ip.Checksum, wantIP)
		require.Equal(t, udp.Checksum, wantUDP)
		require.Equal(t, frame[etherSize:], buf.Bytes())
	}
}

// The frame's padding to 60 octets is no payload.
func TestParsePadded(t *testing.T) {
	d, err := Parse(append(sample(68, "x").Frame(), make([]byte, 17)...))
	require.NoError(t, err)
	require.Equal(t, "x", string(d.Payload))
}

func TestParseRefuses(t *testing.T) {
	good := sample(68, "payload").Frame()
	for i := range len(good) {
		_, err := Parse(good[:i])
		require.Error(t, err, "cut at %d", i)
	}
	for name, edit := range map[string]func([]byte){
		"ARP":             func(b []byte) { b[13] = 6 },
		"IPv6":            func(b []byte) { b[14] = 0x65 },
		"short header":    func(b []byte) { b[14] = 0x44 },
		"long header":     func(b []byte) { b[14] = 0x4f },
		"TCP":             func(b []byte) { b[23] = 6 },
		"first fragment":  func(b []byte) { b[20] = 0x20 },
		"later fragment":  func(b []byte) { b[21] = 1 },
		"UDP length long": func(b []byte) { b[39] = 200 },
		"UDP length 7":    func(b []byte) { b[39] = 7 },
	} {
		b := append([]byte(nil), good...)
		edit(b)
		_, err := Parse(b)
		require.Error(t, err, name)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sample(68, "payload").Frame())
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := Parse(b)
		if err != nil {
			return
		}
		back, err := Parse(d.Frame())
		require.NoError(t, err)
		require.Equal(t, d, back)
	})
}

func TestFilter(t *testing.T) {
	vm, err := bpf.NewVM(toPorts([]uint16{67, 68, 4011}))
	require.NoError(t, err)
	for port, want := range map[uint16]bool{67: true, 68: true, 4011: true, 69: false, 53: false, 0: false} {
		n, err := vm.Run(sample(port, "x").Frame())
		require.NoError(t, err)
		require.Equal(t, want, n > 0, "port %d", port)
	}
	tcp, fragment := sample(68, "x").Frame(), sample(68, "x").Frame()
	tcp[23], fragment[21] = 6, 1
	for _, b := range [][]byte{tcp, fragment} {
		n, err := vm.Run(b)
		require.NoError(t, err)
		require.Zero(t, n)
	}
}

// A request names its sender and its target as gopacket reads them.
func TestARP(t *testing.T) {
	mac, from, target := net.HardwareAddr{2, 0, 0, 0, 0, 1}, netip.MustParseAddr("10.99.0.2"), netip.MustParseAddr("10.99.0.100")
	frame := arpFrame(mac, from, target)
	arp := gopacket.NewPacket(frame, layers.LayerTypeEthernet, gopacket.Default).Layer(layers.LayerTypeARP).(*layers.ARP)
	require.Equal(t, uint16(layers.ARPRequest), arp.Operation)
	require.Equal(t, []byte(mac), arp.SourceHwAddress)
	require.Equal(t, target.AsSlice(), arp.DstProtAddress)
	got, ok := arpSender(frame)
	require.True(t, ok)
	require.Equal(t, from, got)
	for i := range len(frame) {
		_, ok := arpSender(frame[:i])
		require.False(t, ok)
	}
}
