package dnsmasq

import (
	"bytes"
	"errors"
	"net/netip"

	"pxekit/dhcpopts"
)

// Sizes of a reply (dhcp-protocol.h).
const (
	headLen    = 240   // up to the options, the cookie among it
	packetLen  = 548   // without option 57
	maxPacket  = 16384 // DHCP_PACKET_MAX
	minReply   = 300
	headersLen = 28 // IP and UDP, which option 57 counts
)

// packet is a reply in the making, laid out as dnsmasq does it, so that what
// does not fit is dropped, spilled or garbled in the same way (rfc2131.c,
// free_space).
type packet struct {
	siaddr    netip.Addr
	sname     [64]byte
	file      [128]byte
	opts      []byte
	end       int  // first octet of opts that may not be used
	noSpill   bool // file and sname are not for options
	malformed bool // a length octet wrapped
}

func newPacket(maxSize uint16) *packet {
	size := packetLen
	if maxSize >= headersLen {
		size = min(max(int(maxSize)-headersLen, packetLen), maxPacket)
	}
	return &packet{opts: make([]byte, size-headLen), end: size - headLen}
}

// skip finds the end of the options in an area.
func skip(area []byte) int {
	i := 0
	for i+1 < len(area) && area[i] != 0 {
		i += int(area[i+1]) + 2
	}
	return min(i, len(area))
}

// put writes an option where there is room, or drops it. The length octet of
// more than 255 octets wraps, the value does not.
func (p *packet) put(code int, value []byte) {
	area, i := p.room(len(value))
	if area == nil {
		return
	}
	area[i], area[i+1] = byte(code), byte(len(value))
	copy(area[i+2:], value)
	p.malformed = p.malformed || len(value) > 255
}

// room finds n octets in the options field, else in file and sname.
func (p *packet) room(n int) (area []byte, at int) {
	at = skip(p.opts)
	if at+n+3 < p.end {
		return p.opts, at
	}
	spill := p.overload()
	if spill < 0 && p.mayspill() && at+2 < len(p.opts) {
		p.opts[at], p.opts[at+1] = dhcpopts.OptOverload, 1
		spill = at + 2
	}
	if spill < 0 {
		return nil, 0
	}
	for bit, area := range [][]byte{p.file[:], p.sname[:]} {
		flag := byte(1 << bit)
		if area[0] == 0 && !p.noSpill {
			p.opts[spill] |= flag
		}
		if p.opts[spill]&flag != 0 {
			if at := skip(area); at+n+3 < len(area) {
				return area, at
			}
		}
	}
	return nil, 0
}

func (p *packet) mayspill() bool { return !p.noSpill && (p.file[0] == 0 || p.sname[0] == 0) }

// overload finds option 52's value; -1: not there.
func (p *packet) overload() int {
	for i := 0; i+2 < len(p.opts) && p.opts[i] != 0; i += int(p.opts[i+1]) + 2 {
		if p.opts[i] == dhcpopts.OptOverload {
			return i + 2
		}
	}
	return -1
}

// text copies a header field: cut, and closed by a NUL.
func text(field []byte, s string) {
	clear(field)
	copy(field[:len(field)-1], s)
}

// finish closes the areas and returns the options field as sent.
func (p *packet) finish(agent []byte) []byte {
	if i := p.overload(); i >= 0 {
		for bit, area := range [][]byte{p.file[:], p.sname[:]} {
			if at := skip(area); p.opts[i]&(1<<bit) != 0 && at < len(area) {
				area[at] = dhcpopts.OptEnd
			}
		}
	}
	field := append(bytes.Clone(p.opts[:skip(p.opts)]), agent...)
	field = append(field, dhcpopts.OptEnd)
	for len(field) < minReply-headLen {
		field = append(field, 0)
	}
	return field
}

// answer reads the packet back as a client would. The error is for an options
// field that cannot be read.
func (p *packet) answer(field []byte) (dhcpopts.Answer, error) {
	a := dhcpopts.Answer{
		SIAddr: p.siaddr,
		SName:  bytes.TrimRight(p.sname[:], "\x00"),
		File:   bytes.TrimRight(p.file[:], "\x00"),
	}
	areas := [][]byte{field}
	if i := p.overload(); i >= 0 {
		for bit, area := range [][]byte{p.file[:], p.sname[:]} {
			if p.opts[i]&(1<<bit) != 0 {
				areas = append(areas, area)
			}
		}
	}
	if p.malformed {
		return a, errors.New("the length octet of an option wrapped: what follows is read as garbage")
	}
	for _, area := range areas {
		a.Options = append(a.Options, tlvs(area)...)
	}
	return a, nil
}

// tlvs reads the options of an area, lease options left out.
func tlvs(area []byte) []dhcpopts.Option {
	var all []dhcpopts.Option
	for i := 0; i+1 < len(area) && area[i] != dhcpopts.OptEnd; {
		if area[i] == dhcpopts.OptPad {
			i++
			continue
		}
		n := int(area[i+1])
		value := area[i+2 : min(i+2+n, len(area))]
		if !dhcpopts.Lease(area[i]) {
			all = append(all, dhcpopts.Option{Code: area[i], Data: bytes.Clone(value)})
		}
		i += 2 + n
	}
	return all
}
