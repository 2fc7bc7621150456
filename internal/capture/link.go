package capture

import (
	"fmt"
	"net/netip"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// links are the link types that are read: name and first layer.
var links = map[layers.LinkType]struct {
	name  string
	first gopacket.LayerType
}{
	layers.LinkTypeEthernet:  {"ethernet", layers.LayerTypeEthernet},
	layers.LinkTypeLinuxSLL:  {"linux-sll", layers.LayerTypeLinuxSLL},
	layers.LinkTypeLinuxSLL2: {"linux-sll2", layers.LayerTypeLinuxSLL2},
	layers.LinkTypeNull:      {"null", layers.LayerTypeLoopback},
	layers.LinkTypeLoop:      {"loop", layers.LayerTypeLoopback},
	layers.LinkTypeRaw:       {"raw", layerTypeIP},
	layers.LinkTypeIPv4:      {"raw", layers.LayerTypeIPv4},
	layers.LinkTypeIPv6:      {"raw", layers.LayerTypeIPv6},
	12:                       {"raw", layerTypeIP}, // DLT_RAW of most BSDs
	14:                       {"raw", layerTypeIP}, // DLT_RAW of OpenBSD
}

// layerTypeIP stands for "IPv4 or IPv6, by the first nibble"; raw IP captures
// do not say which.
const layerTypeIP = gopacket.LayerType(0)

func supported(l layers.LinkType) bool {
	_, ok := links[l]
	return ok
}

// decoder takes frames apart without allocating: its layers are used again.
type decoder struct {
	parsers map[gopacket.LayerType]*gopacket.DecodingLayerParser
	found   []gopacket.LayerType
	eth     layers.Ethernet
	tag     vlanTags
	sll     layers.LinuxSLL
	sll2    layers.LinuxSLL2
	loop    layers.Loopback
	ip4     layers.IPv4
	ip6     layers.IPv6
	udp     layers.UDP
}

// vlanTags is layers.Dot1Q that remembers every tag of a frame: QinQ has two.
type vlanTags struct {
	layers.Dot1Q
	ids []uint16
}

func (v *vlanTags) DecodeFromBytes(data []byte, df gopacket.DecodeFeedback) error {
	err := v.Dot1Q.DecodeFromBytes(data, df)
	v.ids = append(v.ids, v.VLANIdentifier)
	return err
}

// decode reads a frame down to UDP. Frames of other protocols give a Frame
// without UDP and without Problem.
func (d *decoder) decode(link layers.LinkType, data []byte) Frame {
	kind, ok := links[link]
	if !ok {
		return Frame{Problem: unsupported(link).Error()}
	}
	first := kind.first
	if first == layerTypeIP {
		first = ipVersion(data)
	}
	p := d.parser(first)
	d.tag.ids = d.tag.ids[:0]
	err := p.DecodeLayers(data, &d.found)
	f := Frame{Link: kind.name, Truncated: p.Truncated}
	for _, id := range d.tag.ids {
		f.Link += fmt.Sprintf(" vlan %d", id)
	}
	for _, layer := range d.found {
		switch layer {
		case layers.LayerTypeIPv4:
			f.Src, f.Dst = addr(d.ip4.SrcIP), addr(d.ip4.DstIP)
			if d.ip4.FragOffset != 0 || d.ip4.Flags&layers.IPv4MoreFragments != 0 {
				f.Problem = "IP fragment; fragments are not put together"
			}
		case layers.LayerTypeIPv6:
			f.Src, f.Dst = addr(d.ip6.SrcIP), addr(d.ip6.DstIP)
		case layers.LayerTypeUDP:
			f.UDP, f.SPort, f.DPort, f.Payload = true, uint16(d.udp.SrcPort), uint16(d.udp.DstPort), d.udp.Payload
		}
	}
	if err != nil && !f.UDP {
		f.Problem = err.Error()
	}
	return f
}

// parser returns the chain that starts at a layer, made on first use.
func (d *decoder) parser(first gopacket.LayerType) *gopacket.DecodingLayerParser {
	if p := d.parsers[first]; p != nil {
		return p
	}
	p := gopacket.NewDecodingLayerParser(first, &d.eth, &d.tag, &d.sll, &d.sll2, &d.loop, &d.ip4, &d.ip6, &d.udp)
	p.IgnoreUnsupported = true
	if d.parsers == nil {
		d.parsers = map[gopacket.LayerType]*gopacket.DecodingLayerParser{}
	}
	d.parsers[first] = p
	return p
}

func ipVersion(data []byte) gopacket.LayerType {
	if len(data) > 0 && data[0]>>4 == 6 {
		return layers.LayerTypeIPv6
	}
	return layers.LayerTypeIPv4
}

func addr(ip []byte) netip.Addr {
	a, _ := netip.AddrFromSlice(ip)
	return a
}
