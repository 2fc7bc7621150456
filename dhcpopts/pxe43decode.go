package dhcpopts

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// DecodePXE reads option 43 as a PXE client does. It returns the sub-options as
// they stand (offsets from the start of data), the typed view of those it could
// read, and the first thing that is wrong as a [*SyntaxError]. A missing inner
// 255 is no error: measured clients do not need it, and [PXEClosed] tells.
func DecodePXE(data []byte) (PXE, []Option, error) {
	f := readField(data, 0, len(data), "", "option 43 sub-option")
	var p PXE
	first := f.err
	for _, sub := range f.options {
		if len(sub.Data) < sub.Length {
			continue
		}
		if err := p.read(sub); err != nil && first == nil {
			first = err
		}
	}
	if first != nil {
		return p, f.options, first
	}
	return p, f.options, nil
}

// PXEClosed reports whether option 43 ends in sub-option 255.
func PXEClosed(data []byte) bool {
	return readField(data, 0, len(data), "", "").end >= 0
}

// read takes one sub-option into the typed view.
func (p *PXE) read(sub Option) *SyntaxError {
	d := sub.Data
	if want, ok := pxeLength(sub.Code); ok && len(d) != want {
		return pxeFault(sub, 0, "length %d, must be %d", len(d), want)
	}
	switch sub.Code {
	case PXEDiscoveryControl:
		control := d[0]
		p.DiscoveryControl = &control
	case PXEMulticast:
		p.Multicast = netip.AddrFrom4([4]byte(d))
	case PXEBootServers:
		return p.readServers(sub)
	case PXEBootMenu:
		return p.readMenu(sub)
	case PXEMenuPrompt:
		if len(d) == 0 {
			return pxeFault(sub, 0, "empty, must have a timeout")
		}
		p.Prompt = &Prompt{Timeout: d[0], Text: string(d[1:])}
	case PXEBootItem:
		p.Item = &BootItem{Type: binary.BigEndian.Uint16(d), Layer: binary.BigEndian.Uint16(d[2:])}
	}
	return nil
}

func (p *PXE) readServers(sub Option) *SyntaxError {
	for at := 0; at < len(sub.Data); {
		d := sub.Data[at:]
		if len(d) < 3 {
			return pxeFault(sub, at, "entry of %d octets, must have type and count", len(d))
		}
		n := int(d[2])
		if 3+4*n > len(d) {
			return pxeFault(sub, at, "count %d needs %d octets (%d left)", n, 4*n, len(d)-3)
		}
		s := BootServer{Type: binary.BigEndian.Uint16(d)}
		for i := range n {
			s.Addrs = append(s.Addrs, netip.AddrFrom4([4]byte(d[3+4*i:])))
		}
		p.Servers = append(p.Servers, s)
		at += 3 + 4*n
	}
	return nil
}

func (p *PXE) readMenu(sub Option) *SyntaxError {
	for at := 0; at < len(sub.Data); {
		d := sub.Data[at:]
		if len(d) < 3 {
			return pxeFault(sub, at, "entry of %d octets, must have type and length", len(d))
		}
		n := int(d[2])
		if 3+n > len(d) {
			return pxeFault(sub, at, "text length %d runs past end (%d left)", n, len(d)-3)
		}
		p.Menu = append(p.Menu, MenuItem{Type: binary.BigEndian.Uint16(d), Text: string(d[3 : 3+n])})
		at += 3 + n
	}
	return nil
}

func pxeFault(sub Option, at int, format string, args ...any) *SyntaxError {
	offset := sub.Offset + 2 + at
	text := fmt.Sprintf(format, args...)
	return faultAt(FaultValue, sub.Code, offset, "option 43 sub-option %d (%s) at byte %d: %s", sub.Code, PXESubName(sub.Code), offset, text)
}

// PXESubName names a sub-option of option 43: "boot menu".
func PXESubName(code uint8) string {
	if info, ok := pxeTable[code]; ok {
		return info.Name
	}
	return "unknown"
}

// pxeLength is the length that a sub-option's kind fixes.
func pxeLength(code uint8) (int, bool) {
	switch pxeTable[code].Kind {
	case KindU8:
		return 1, true
	case KindU16LE:
		return 2, true
	case KindIP, KindItem:
		return 4, true
	}
	return 0, false
}
