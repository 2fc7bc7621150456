package isc

import (
	"bytes"

	"pxekit/dhcpopts"
)

// area is a part of the message that takes options.
type area struct {
	in      dhcpopts.Area
	size    int // octets there are; 0: not available
	used    int
	options []dhcpopts.Option
}

func (a *area) put(code byte, data []byte) {
	a.options = append(a.options, dhcpopts.Option{Code: code, Data: data, In: a.in})
	a.used += 2 + len(data)
}

// wire is the area's octets, closed by an end octet, without padding.
func (a *area) wire() []byte {
	var b []byte
	for _, o := range a.options {
		b = append(append(b, o.Code, byte(len(o.Data))), o.Data...)
	}
	return append(b, dhcpopts.OptEnd)
}

// buffers are the three areas, in the order in which store_options of
// common/options.c fills them.
type buffers struct{ main, file, sname area }

// newBuffers sizes the areas by the client's maximum message size. file and
// sname take options only where they hold no name, and never for an inform.
func (r *run) newBuffers(fileFree, snameFree bool) *buffers {
	size := minMessage - fixedLen
	if v := r.in[dhcpopts.OptMaxSize]; len(v) == 2 {
		size = min(max(int(bigEndian(v)), minMessage), maxMessage) - fixedLen
	}
	b := &buffers{main: area{in: dhcpopts.InOptions, size: size - cookieLen}}
	b.file.in, b.sname.in = dhcpopts.InFile, dhcpopts.InSName
	if r.client.Message == dhcpopts.Inform {
		return b
	}
	if fileFree {
		b.file.size = fileField
	}
	if snameFree {
		b.sname.size = snameField
	}
	return b
}

// overload is the value of option 52: 1 file, 2 sname; 0 when neither is used.
func (b *buffers) overload() (v byte) {
	if b.file.used > 0 {
		v |= 1
	}
	if b.sname.used > 0 {
		v |= 2
	}
	return v
}

// store writes an option, in pieces where it has more than 255 octets or fits
// no area whole. What does not fit at all is left out.
func (b *buffers) store(code byte, data []byte, last bool) {
	before := *b
	split := len(data) > 255
	for len(data) > 0 {
		a, n := b.place(len(data), last, split)
		if a == nil {
			*b = before
			return
		}
		split = split || n < len(data)
		n = min(n, len(data), 255)
		a.put(code, bytes.Clone(data[:n]))
		data = data[n:]
	}
}

// place finds room for n octets, whole or, when split is set or nothing else is
// left, for as many as fit. The margins are those of store_options: room for
// option 52 in the main area, for the end octet in the others.
func (b *buffers) place(n int, last, split bool) (*area, int) {
	m := &b.main
	alone := last && b.file.used == 0 && b.sname.used == 0
	switch {
	case split:
	case alone && m.used+2+n < m.size, m.used+2+overloadLen+n < m.size:
		return m, n
	case b.file.size > 0 && b.file.used+3+n < b.file.size:
		return &b.file, n
	case b.sname.size > 0 && b.sname.used+3+n < b.sname.size:
		return &b.sname, n
	}
	switch {
	case m.used+6 < m.size:
		return m, m.size - m.used - 5
	case b.file.size > 0 && b.file.used+4 < b.file.size:
		return &b.file, b.file.size - b.file.used - 3
	case b.sname.size > 0 && b.sname.used+4 < b.sname.size:
		return &b.sname, b.sname.size - b.sname.used - 3
	}
	return nil, 0
}
