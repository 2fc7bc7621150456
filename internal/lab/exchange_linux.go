package lab

import (
	"encoding/binary"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/mdlayher/packet"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// Request is a DHCP message and the way it travels.
type Request struct {
	MAC      net.HardwareAddr // of the sender
	From, To netip.AddrPort   // zero: 0.0.0.0:68 and 255.255.255.255:67
	Message  []byte           // UDP payload; its xid tells replies apart
}

// Every request is repeated until it is answered: a server may be busy, or open
// its socket a moment after it says that it is ready.
const (
	repeatEvery = time.Second
	giveUpAfter = 30 * time.Second
)

var (
	anyClient = netip.MustParseAddrPort("0.0.0.0:68")
	broadcast = netip.MustParseAddrPort("255.255.255.255:67")
	everyone  = net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
)

// Exchange sends all requests at once and waits for a reply to each; replies
// come back in the order of the requests, nil where none came in s.Patience. It
// returns early when the server ends.
func (s *Server) Exchange(t testing.TB, requests []Request) [][]byte {
	t.Helper()
	conn, err := s.net.listen()
	require.NoError(t, err)
	defer conn.Close()
	frames := receive(conn)

	replies := make([][]byte, len(requests))
	waiting := map[uint32]int{}
	for i, r := range requests {
		waiting[xid(r.Message)] = i
	}
	require.Len(t, waiting, len(requests), "two requests share a transaction id")
	send := func() {
		for _, i := range waiting {
			_, err := conn.WriteTo(requests[i].Frame(), &packet.Addr{HardwareAddr: everyone})
			require.NoError(t, err)
		}
	}
	send()
	repeat := time.NewTicker(repeatEvery)
	defer repeat.Stop()
	deadline := time.After(s.Patience)
	for len(waiting) > 0 {
		select {
		case frame, ok := <-frames:
			require.True(t, ok, "the packet socket closed")
			message := payload(frame)
			if i, ok := waiting[xid(message)]; ok {
				replies[i] = message
				delete(waiting, xid(message))
			}
		case <-repeat.C:
			send()
		case <-s.ended:
			return replies
		case <-deadline:
			return replies
		}
	}
	return replies
}

// xid is the transaction id; replies carry the request's (RFC 2131 section 2).
func xid(message []byte) uint32 {
	if len(message) < 8 {
		return 0
	}
	return binary.BigEndian.Uint32(message[4:])
}

// listen opens a packet socket at the client's end.
func (n *Net) listen() (conn *packet.Conn, err error) {
	err = n.client.do(func() error {
		iface, err := net.InterfaceByName(clientInterface)
		if err != nil {
			return err
		}
		conn, err = packet.Listen(iface, packet.Raw, unix.ETH_P_IP, &packet.Config{Filter: toClientPort()})
		return err
	})
	return conn, err
}

// toClientPort passes UDP to port 68 that is not a fragment.
func toClientPort() []bpf.RawInstruction {
	return assemble(
		bpf.LoadAbsolute{Off: 23, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.IPPROTO_UDP, SkipTrue: 6},
		bpf.LoadAbsolute{Off: 20, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: 0x3fff, SkipTrue: 4},
		bpf.LoadMemShift{Off: 14},
		bpf.LoadIndirect{Off: 16, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: 68, SkipTrue: 1},
		bpf.RetConstant{Val: 1 << 16},
		bpf.RetConstant{Val: 0},
	)
}

func assemble(program ...bpf.Instruction) []bpf.RawInstruction {
	filter, err := bpf.Assemble(program)
	if err != nil {
		panic(err) // programs here are constant
	}
	return filter
}

func receive(conn *packet.Conn) <-chan []byte {
	frames := make(chan []byte, 1024)
	go func() {
		defer close(frames)
		for {
			buf := make([]byte, 1<<16)
			n, _, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			frames <- buf[:n]
		}
	}()
	return frames
}

// payload is what UDP carries. Checksums are not verified: on a veth they are
// left to hardware that is not there.
func payload(frame []byte) []byte {
	p := gopacket.NewPacket(frame, layers.LayerTypeEthernet, gopacket.NoCopy)
	if udp, ok := p.Layer(layers.LayerTypeUDP).(*layers.UDP); ok {
		return udp.Payload
	}
	return nil
}

// Frame is the Ethernet frame that carries the message, to the broadcast MAC.
func (r Request) Frame() []byte {
	from, to := r.From, r.To
	if !from.IsValid() {
		from = anyClient
	}
	if !to.IsValid() {
		to = broadcast
	}
	eth := &layers.Ethernet{SrcMAC: r.MAC, DstMAC: everyone, EthernetType: layers.EthernetTypeIPv4}
	ip := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolUDP, SrcIP: from.Addr().AsSlice(), DstIP: to.Addr().AsSlice()}
	udp := &layers.UDP{SrcPort: layers.UDPPort(from.Port()), DstPort: layers.UDPPort(to.Port())}
	_ = udp.SetNetworkLayerForChecksum(ip)
	return serialize(eth, ip, udp, gopacket.Payload(r.Message))
}

func serialize(parts ...gopacket.SerializableLayer) []byte {
	buf := gopacket.NewSerializeBuffer()
	opts := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	if err := gopacket.SerializeLayers(buf, opts, parts...); err != nil {
		panic(err) // only a payload that no length field holds
	}
	return buf.Bytes()
}
