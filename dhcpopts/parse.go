package dhcpopts

import (
	"bytes"
	"encoding/binary"
	"net/netip"
)

// Parse reads a DHCP or BOOTP message, the payload of its UDP datagram. It
// returns all it could read and, where the format is broken, the first fault as
// a [*SyntaxError]; Packet.Faults has all of them. The packet shares no memory
// with b.
func Parse(b []byte) (*Packet, error) { return View(bytes.Clone(b)) }

// View is Parse without the copy: the packet's options are b's own memory, good
// as long as that holds the message.
func View(b []byte) (*Packet, error) {
	p := &Packet{Size: len(b), End: -1}
	p.Header.get(b)
	if len(b) < headerSize {
		p.fault(faultAt(FaultShort, 0, len(b), "message ends at byte %d, inside its header of %d", len(b), headerSize))
		return p, p.Faults[0]
	}
	if int(p.HLen) > len(p.CHAddr) {
		p.fault(faultAt(FaultHLen, 0, 2, "hlen at byte 2: %d, but chaddr has %d octets", p.HLen, len(p.CHAddr)))
	}
	p.readOptions(b)
	if len(p.Faults) > 0 {
		return p, p.Faults[0]
	}
	return p, nil
}

func (p *Packet) fault(err *SyntaxError) {
	if err != nil {
		p.Faults = append(p.Faults, err)
	}
}

// get reads the header; octets that b does not have are zero.
func (h *Header) get(b []byte) {
	var raw [headerSize]byte
	copy(raw[:], b)
	h.Op, h.HType, h.HLen, h.Hops = raw[0], raw[1], raw[2], raw[3]
	h.XID = binary.BigEndian.Uint32(raw[4:])
	h.Secs = binary.BigEndian.Uint16(raw[8:])
	h.Flags = binary.BigEndian.Uint16(raw[10:])
	for i, a := range h.addrs() {
		*a = netip.AddrFrom4([4]byte(raw[12+4*i:]))
	}
	copy(h.CHAddr[:], raw[chaddrAt:])
	copy(h.SName[:], raw[snameAt:])
	copy(h.File[:], raw[fileAt:])
}

// put writes the header; an address that is not IPv4 becomes 0.0.0.0.
func (h *Header) put(b []byte) {
	b[0], b[1], b[2], b[3] = h.Op, h.HType, h.HLen, h.Hops
	binary.BigEndian.PutUint32(b[4:], h.XID)
	binary.BigEndian.PutUint16(b[8:], h.Secs)
	binary.BigEndian.PutUint16(b[10:], h.Flags)
	for i, a := range h.values() {
		if a.Is4() {
			octets := a.As4()
			copy(b[12+4*i:], octets[:])
		}
	}
	copy(b[chaddrAt:], h.CHAddr[:])
	copy(b[snameAt:], h.SName[:])
	copy(b[fileAt:], h.File[:])
}

// addrs lists the address fields in wire order.
func (h *Header) addrs() [4]*netip.Addr {
	return [4]*netip.Addr{&h.CIAddr, &h.YIAddr, &h.SIAddr, &h.GIAddr}
}

// values are the addresses themselves: to read those, a header need not move to
// the heap.
func (h *Header) values() [4]netip.Addr {
	return [4]netip.Addr{h.CIAddr, h.YIAddr, h.SIAddr, h.GIAddr}
}

// readOptions reads the options field and, under overload, file and sname, in
// that order (RFC 2131 section 4.1).
func (p *Packet) readOptions(b []byte) {
	if !p.readCookie(b) {
		p.Trailing = b[headerSize:]
		return
	}
	f := readField(b, optionsAt, len(b), InOptions, "option")
	p.Options, p.End, p.Trailing = f.options, f.end, b[f.rest:]
	p.fault(f.err)
	if f.err == nil && f.end < 0 {
		p.fault(faultAt(FaultNoEnd, OptEnd, len(b), "no END (option 255) before the message ends at byte %d", len(b)))
	}
	if v, _ := p.Get(OptOverload); len(v) > 0 {
		p.Overload = v[0] & 3
	}
	if p.Overload&1 != 0 {
		p.readOverload(b, fileAt, headerSize, InFile)
	}
	if p.Overload&2 != 0 {
		p.readOverload(b, snameAt, fileAt, InSName)
	}
}

func (p *Packet) readCookie(b []byte) bool {
	got := b[headerSize:min(len(b), optionsAt)]
	p.Cookie = bytes.Equal(got, magicCookie)
	switch {
	case p.Cookie:
	case len(got) < cookieSize:
		p.fault(faultAt(FaultCookie, 0, headerSize, "no magic cookie: message ends at byte %d: plain BOOTP", len(b)))
	default:
		p.fault(faultAt(FaultCookie, 0, headerSize, "magic cookie at byte %d: % x, must be % x: plain BOOTP", headerSize, got, magicCookie))
	}
	return p.Cookie
}

func (p *Packet) readOverload(b []byte, from, to int, in Area) {
	f := readField(b, from, to, in, "option in "+string(in))
	p.Options = append(p.Options, f.options...)
	p.fault(f.err)
	if f.err == nil && f.end < 0 {
		p.fault(faultAt(FaultNoEnd, OptEnd, to, "no END (option 255) in the overloaded field %s before byte %d", in, to))
	}
}

// Bytes writes a parsed packet again, octet for octet. Pads need no record:
// they are the zeros between the options.
func (p *Packet) Bytes() []byte {
	b := make([]byte, max(p.Size, headerSize))
	p.Header.put(b)
	if p.Cookie {
		copy(b[headerSize:], magicCookie)
	}
	for _, o := range p.Options {
		if o.In == InOptions {
			b[o.Offset], b[o.Offset+1] = o.Code, uint8(o.Length)
			copy(b[o.Offset+2:], o.Data)
		}
	}
	if p.End >= 0 {
		b[p.End] = OptEnd
	}
	copy(b[len(b)-len(p.Trailing):], p.Trailing)
	return b[:p.Size]
}

// ParseOptions reads options that stand alone, without a message around them.
// Offsets count from the first octet. closed says that END follows; without it
// the octets may be a part of a message. The error is a [*SyntaxError].
func ParseOptions(b []byte) (options []Option, closed bool, err error) {
	f := readField(bytes.Clone(b), 0, len(b), InOptions, "option")
	if f.err != nil {
		err = f.err
	}
	return f.options, f.end >= 0, err
}
