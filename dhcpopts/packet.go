package dhcpopts

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"slices"
)

// Sizes and places in a DHCP message (RFC 2131 figure 1).
const (
	headerSize  = 236
	chaddrAt    = 28
	snameAt     = 44
	fileAt      = 108
	cookieSize  = 4
	optionsAt   = headerSize + cookieSize
	minimumSize = 300 // BOOTP's, which relays and old clients insist on (RFC 1542 section 2.1)
)

// magicCookie opens the options field (RFC 2131 section 3).
var magicCookie = []byte{99, 130, 83, 99}

// FlagBroadcast in Header.Flags asks for a broadcast answer.
const FlagBroadcast = 0x8000

// Header is the fixed part of a message as it stands on the wire. A zero
// address is 0.0.0.0.
type Header struct {
	Op, HType, HLen, Hops          uint8
	XID                            uint32
	Secs, Flags                    uint16
	CIAddr, YIAddr, SIAddr, GIAddr netip.Addr
	CHAddr                         [16]byte
	SName                          [64]byte
	File                           [128]byte
}

// Packet is a parsed message. It keeps every octet: [Packet.Bytes] returns
// exactly what was parsed.
type Packet struct {
	Header
	Size     int            // octets of the message; below 236 the capture ends inside the header
	Cookie   bool           // the magic cookie is there; without it the message is plain BOOTP
	Options  []Option       // in reading order: options field, then file, then sname under overload; without pads and END
	Overload uint8          // option 52: bit 0 file, bit 1 sname hold options
	End      int            // offset of the END that closes the options field; -1 without one
	Trailing []byte         // what stands after END, or could not be read as options
	Faults   []*SyntaxError // all that is wrong with the format, in reading order
}

// MAC returns the hardware address, hlen octets and at most 16.
func (h *Header) MAC() []byte {
	return h.CHAddr[:min(int(h.HLen), len(h.CHAddr))]
}

// Get returns an option's value, several instances joined in reading order
// (RFC 3396 section 7), and whether the message has it. It may be the packet's
// own memory.
func (p *Packet) Get(code uint8) (value []byte, ok bool) {
	for _, o := range p.Options {
		switch {
		case o.Code != code:
		case ok:
			value = append(value, o.Data...)
		default: // clipped: to append makes a copy
			value, ok = slices.Clip(o.Data), true
		}
	}
	return value, ok
}

// All returns the instances of an option in reading order.
func (p *Packet) All(code uint8) (all []Option) {
	for _, o := range p.Options {
		if o.Code == code {
			all = append(all, o)
		}
	}
	return all
}

// MessageType returns option 53, 0 without it.
func (p *Packet) MessageType() uint8 {
	if v, _ := p.Get(OptMessageType); len(v) > 0 {
		return v[0]
	}
	return 0
}

// FileName is the boot file name of the header, up to its first NUL; nil when
// the field holds options instead.
func (p *Packet) FileName() []byte {
	if p.Overload&1 != 0 {
		return nil
	}
	return upToNUL(p.File[:])
}

// ServerName is the server name of the header, up to its first NUL; nil when
// the field holds options instead.
func (p *Packet) ServerName() []byte {
	if p.Overload&2 != 0 {
		return nil
	}
	return upToNUL(p.SName[:])
}

func upToNUL(b []byte) []byte {
	name, _, _ := bytes.Cut(b, []byte{0})
	return name
}

func trimZeros(b []byte) []byte { return bytes.TrimRight(b, "\x00") }

// Answer is the boot part of a reply: lease options are left out, sname and
// file are the raw fields. What an overloaded field holds stays there raw, as
// iPXE, which knows no overload, sees it.
func (p *Packet) Answer() Answer {
	a := Answer{
		SIAddr: p.SIAddr,
		SName:  bytes.Clone(trimZeros(p.SName[:])),
		File:   bytes.Clone(trimZeros(p.File[:])),
	}
	for _, o := range p.Options {
		if o.In == InOptions && !Lease(o.Code) {
			a.Options = append(a.Options, Option{Code: o.Code, Data: o.Data})
		}
	}
	return a
}

// Client reads a request. Its values are the packet's own memory.
func (p *Packet) Client() Client {
	get := func(code uint8) []byte { v, _ := p.Get(code); return v }
	c := Client{
		Message:     p.MessageType(),
		VendorClass: get(OptClass),
		UserClass:   get(OptUserClass),
		MAC:         slices.Clip(p.MAC()),
		MachineID:   get(OptMachineID),
		RequestList: get(OptRequestList),
		HostName:    get(OptHostName),
		CIAddr:      specified(p.CIAddr),
		GIAddr:      specified(p.GIAddr),
		Unicast:     p.Flags&FlagBroadcast == 0,
	}
	for arch := get(OptClientArch); len(arch) >= 2; arch = arch[2:] {
		c.Archs = append(c.Archs, Arch(binary.BigEndian.Uint16(arch)))
	}
	if size := get(OptMaxSize); len(size) == 2 {
		c.MaxSize = binary.BigEndian.Uint16(size)
	}
	c.Options = p.further()
	return c
}

// further lists the options that a Client has no field for.
func (p *Packet) further() (list []Option) {
	count := 0
	for _, o := range p.Options {
		if !clientField(o.Code) {
			count++
		}
	}
	if count == 0 {
		return nil
	}
	list = make([]Option, 0, count)
	for _, o := range p.Options {
		if !clientField(o.Code) {
			list = append(list, Option{Code: o.Code, Data: o.Data})
		}
	}
	return list
}

// clientField reports whether a Client has a field for an option.
func clientField(code uint8) bool {
	switch code {
	case OptMessageType, OptClass, OptUserClass, OptMachineID, OptRequestList, OptHostName, OptClientArch, OptMaxSize:
		return true
	}
	return false
}

func specified(a netip.Addr) netip.Addr {
	if a.IsUnspecified() {
		return netip.Addr{}
	}
	return a
}
