package capture

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/stretchr/testify/require"
)

var stamp = time.Date(2026, 11, 1, 12, 30, 15, 123456789, time.UTC)

// datagram is an IPv4 UDP packet from 192.0.2.1:67 to 192.0.2.255:68.
func datagram(t testing.TB, payload string, outer ...gopacket.SerializableLayer) []byte {
	ip := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolUDP, SrcIP: net.IP{192, 0, 2, 1}, DstIP: net.IP{192, 0, 2, 255}}
	udp := &layers.UDP{SrcPort: 67, DstPort: 68}
	buf := gopacket.NewSerializeBuffer()
	all := append(outer, ip, udp, gopacket.Payload(payload))
	require.NoError(t, gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true}, all...))
	return buf.Bytes()
}

func ethernet(next layers.EthernetType) *layers.Ethernet {
	return &layers.Ethernet{SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}, DstMAC: net.HardwareAddr{255, 255, 255, 255, 255, 255}, EthernetType: next}
}

func sll(proto uint16) []byte {
	b := []byte{0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0}
	return binary.BigEndian.AppendUint16(b, proto)
}

func sll2(proto uint16) []byte {
	b := binary.BigEndian.AppendUint16(nil, proto)
	return append(b, 0, 0, 0, 0, 0, 2, 0, 1, 4, 6, 2, 0, 0, 0, 0, 1, 0, 0)
}

func TestLinkTypes(t *testing.T) {
	ip := datagram(t, "payload")
	tag := func(id uint16, next layers.EthernetType) *layers.Dot1Q {
		return &layers.Dot1Q{VLANIdentifier: id, Type: next}
	}
	for _, c := range []struct {
		name string
		link layers.LinkType
		data []byte
		want string
	}{
		{"ethernet", layers.LinkTypeEthernet, datagram(t, "payload", ethernet(layers.EthernetTypeIPv4)), "ethernet"},
		{"802.1Q", layers.LinkTypeEthernet, datagram(t, "payload", ethernet(layers.EthernetTypeDot1Q), tag(7, layers.EthernetTypeIPv4)), "ethernet vlan 7"},
		{"QinQ", layers.LinkTypeEthernet, datagram(t, "payload", ethernet(layers.EthernetTypeQinQ), tag(100, layers.EthernetTypeDot1Q), tag(7, layers.EthernetTypeIPv4)), "ethernet vlan 100 vlan 7"},
		{"cooked", layers.LinkTypeLinuxSLL, append(sll(0x0800), ip...), "linux-sll"},
		{"cooked 2", layers.LinkTypeLinuxSLL2, append(sll2(0x0800), ip...), "linux-sll2"},
		{"raw", layers.LinkTypeRaw, ip, "raw"},
		{"raw of BSD", 12, ip, "raw"},
		{"raw IPv4", layers.LinkTypeIPv4, ip, "raw"},
		{"null, little-endian", layers.LinkTypeNull, append([]byte{2, 0, 0, 0}, ip...), "null"},
		{"null, big-endian", layers.LinkTypeNull, append([]byte{0, 0, 0, 2}, ip...), "null"},
		{"loop", layers.LinkTypeLoop, append([]byte{0, 0, 0, 2}, ip...), "loop"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var d decoder
			f := d.decode(c.link, c.data)
			require.True(t, f.UDP, f.Problem)
			require.Equal(t, c.want, f.Link)
			require.Equal(t, "192.0.2.1:67 192.0.2.255:68 payload", f.Src.String()+":67 "+f.Dst.String()+":68 "+string(f.Payload))
			require.Equal(t, []uint16{67, 68}, []uint16{f.SPort, f.DPort})
			again := d.decode(c.link, c.data)
			require.Equal(t, c.want, again.Link, "tags of the frame before are forgotten")
		})
	}
}

func TestOtherLinkTypesAreRefusedByName(t *testing.T) {
	var file bytes.Buffer
	require.NoError(t, pcapgo.NewWriter(&file).WriteFileHeader(65535, layers.LinkTypeIEEE802_11))
	_, err := Open(&file)
	require.ErrorContains(t, err, "link type 105 (802.11) is not read")
}

func TestFragmentsAreNamed(t *testing.T) {
	data := datagram(t, "payload")
	binary.BigEndian.PutUint16(data[6:], 0x2000)
	var d decoder
	f := d.decode(layers.LinkTypeRaw, data)
	require.False(t, f.UDP)
	require.Contains(t, f.Problem, "fragment")
}

// write makes a capture of three frames in a form; nil error on all of them.
func captures(t testing.TB) map[string][]byte {
	frame := datagram(t, "payload", ethernet(layers.EthernetTypeIPv4))
	info := gopacket.CaptureInfo{Timestamp: stamp, CaptureLength: len(frame), Length: len(frame)}
	all := map[string][]byte{}

	pcap := func(w *pcapgo.Writer, b *bytes.Buffer) []byte {
		require.NoError(t, w.WriteFileHeader(65535, layers.LinkTypeEthernet))
		for range 3 {
			require.NoError(t, w.WritePacket(info, frame))
		}
		return bytes.Clone(b.Bytes())
	}
	var b bytes.Buffer
	all["pcap"] = pcap(pcapgo.NewWriter(&b), &b)
	b.Reset()
	all["pcap nanoseconds"] = pcap(pcapgo.NewWriterNanos(&b), &b)
	all["pcap big-endian"] = swapPcap(all["pcap"])
	all["pcap big-endian nanoseconds"] = swapPcap(all["pcap nanoseconds"])

	b.Reset()
	ng, err := pcapgo.NewNgWriter(&b, layers.LinkTypeLinuxSLL)
	require.NoError(t, err)
	second, err := ng.AddInterface(pcapgo.NgInterface{LinkType: layers.LinkTypeEthernet, TimestampResolution: 9, OS: "x"})
	require.NoError(t, err)
	info.InterfaceIndex = second
	for range 3 {
		require.NoError(t, ng.WritePacket(info, frame))
	}
	require.NoError(t, ng.Flush())
	all["pcapng, second interface"] = bytes.Clone(b.Bytes())

	for _, name := range []string{"pcap", "pcapng, second interface"} {
		b.Reset()
		z := gzip.NewWriter(&b)
		_, err := z.Write(all[name])
		require.NoError(t, err)
		require.NoError(t, z.Close())
		all[name+", gzip"] = bytes.Clone(b.Bytes())
	}
	return all
}

// swapPcap turns a little-endian pcap into a big-endian one, field by field.
func swapPcap(in []byte) []byte {
	out := bytes.Clone(in)
	swap := func(at, n int) {
		for i := range n / 2 {
			out[at+i], out[at+n-1-i] = out[at+n-1-i], out[at+i]
		}
	}
	for _, field := range [][2]int{{0, 4}, {4, 2}, {6, 2}, {8, 4}, {12, 4}, {16, 4}, {20, 4}} {
		swap(field[0], field[1])
	}
	for at := 24; at < len(in); {
		for i := range 4 {
			swap(at+4*i, 4)
		}
		at += 16 + int(binary.LittleEndian.Uint32(in[at+8:]))
	}
	return out
}

func TestForms(t *testing.T) {
	for name, data := range captures(t) {
		t.Run(name, func(t *testing.T) {
			require.True(t, Is(data))
			r, err := Open(bytes.NewReader(data))
			require.NoError(t, err)
			for i := 1; i <= 3; i++ {
				f, err := r.Next()
				require.NoError(t, err)
				require.Equal(t, i, f.Index)
				require.Equal(t, "payload", string(f.Payload))
				require.Equal(t, stamp.Truncate(time.Microsecond), f.Time.Truncate(time.Microsecond))
			}
			_, err = r.Next()
			require.Equal(t, io.EOF, err)
		})
	}
}

func TestNanosecondsAreKept(t *testing.T) {
	for _, name := range []string{"pcap nanoseconds", "pcap big-endian nanoseconds", "pcapng, second interface"} {
		r, err := Open(bytes.NewReader(captures(t)[name]))
		require.NoError(t, err)
		f, err := r.Next()
		require.NoError(t, err)
		require.Equal(t, stamp, f.Time, name)
	}
}

// A capture cut anywhere gives what stands before the cut and then an error,
// unless the cut is between two packets; never a panic.
func TestCutCaptures(t *testing.T) {
	const header, record = 24, 16 + 60
	for name, data := range captures(t) {
		for cut := range data {
			whole, err := countFrames(data[:cut])
			require.LessOrEqual(t, whole, 3, name)
			if name == "pcap" && cut >= header {
				require.Equal(t, (cut-header)/record, whole)
				require.Equal(t, (cut-header)%record == 0, err == nil, "cut at %d: %v", cut, err)
			}
		}
	}
	_, err := countFrames(captures(t)["pcap"][:header+record+16])
	require.EqualError(t, err, "capture: packet 2: ends in the middle")
}

func countFrames(data []byte) (n int, err error) {
	r, err := Open(bytes.NewReader(data))
	if err != nil {
		return 0, err
	}
	for {
		if _, err := r.Next(); errors.Is(err, io.EOF) {
			return n, nil
		} else if err != nil {
			return n, err
		}
		n++
	}
}

// The captures of real boots: as many packets as were taken, and the kinds of
// the transfer told apart.
func TestRealBoots(t *testing.T) {
	files, err := filepath.Glob("../../testdata/captures/*.pcap")
	require.NoError(t, err)
	require.Len(t, files, 15)
	for _, name := range files {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		r, err := Open(bytes.NewReader(data))
		require.NoError(t, err)
		var tracker Tracker
		kinds := map[Kind]int{}
		for {
			f, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err)
			require.Empty(t, f.Problem)
			kinds[tracker.Kind(f)]++
		}
		require.GreaterOrEqual(t, kinds[DHCP], 4, name)
		if filepath.Base(name) == "bios-ipxe-proxy.pcap" {
			require.Equal(t, map[Kind]int{DHCP: 5, TFTP: 5, Other: 5}, kinds)
		}
	}
}

func TestWhole(t *testing.T) {
	for _, data := range [][]byte{datagram(t, "payload"), datagram(t, "payload", ethernet(layers.EthernetTypeIPv4)), append(sll(0x0800), datagram(t, "payload")...)} {
		f, ok := Whole(data)
		require.True(t, ok)
		require.Equal(t, "payload", string(f.Payload))
	}
	_, ok := Whole([]byte("boot\\x64\\wdsnbp.com and more that is no frame at all"))
	require.False(t, ok)
}

func FuzzOpen(f *testing.F) {
	for _, data := range captures(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = countFrames(data)
	})
}

// BenchmarkNext reports the time of one packet of a real boot.
func BenchmarkNext(b *testing.B) {
	data, err := os.ReadFile("../../testdata/captures/ovmf-x64-proxy.pcap")
	require.NoError(b, err)
	body := data[24:]
	stream := io.MultiReader(bytes.NewReader(data[:24]), &repeat{body: body})
	r, err := Open(stream)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Next(); err != nil {
			b.Fatal(err)
		}
	}
}

// repeat is a capture's packets without end.
type repeat struct {
	body []byte
	at   int
}

func (r *repeat) Read(p []byte) (int, error) {
	n := copy(p, r.body[r.at:])
	r.at = (r.at + n) % len(r.body)
	return n, nil
}

// TestGzipOfSomethingElse is refused for what it is, not for its length.
func TestGzipOfSomethingElse(t *testing.T) {
	for _, text := range []string{"62 6f", "no capture at all, but long enough for a header"} {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, err := z.Write([]byte(text))
		require.NoError(t, err)
		require.NoError(t, z.Close())
		_, err = Open(&b)
		require.EqualError(t, err, "capture: the gzip file holds no capture")
	}
}
