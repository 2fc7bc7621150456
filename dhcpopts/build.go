package dhcpopts

import (
	"fmt"
	"slices"
)

// Sizes of a UDP datagram that carry a DHCP message.
const (
	ipAndUDP    = 28   // header octets that option 57 counts as well, as ISC dhcpd and dnsmasq read it
	minDatagram = 576  // what every client takes (RFC 2131 section 2)
	maxDatagram = 1500 // edk2 claims 65280 in its REQUEST, but nothing on its way there takes fragments
)

// MessageLimit is how long an answer may be, in octets of the DHCP message, for
// a client that says maxSize in option 57 (0: it does not say).
func MessageLimit(maxSize uint16) int {
	return min(max(int(maxSize), minDatagram), maxDatagram) - ipAndUDP
}

// Encode writes a message: the header, then the options in the order given, but
// 53 first, as relays and old clients expect, and 82 last (RFC 3046 section
// 2.1), END, and zeros up to 300 octets. A value over 255 octets is split (RFC
// 3396). It is an error when the message gets longer than limit (see
// [MessageLimit]; 0: no limit), when an option's code is 0 or 255, or when an
// address of the header is not IPv4.
func Encode(h Header, options []Option, limit int) ([]byte, error) {
	for _, a := range h.values() {
		if a.IsValid() && !a.Is4() {
			return nil, fmt.Errorf("address %s in the header is not IPv4", a)
		}
	}
	for _, o := range options {
		if o.Code == OptPad || o.Code == OptEnd {
			return nil, fmt.Errorf("option %d has no value to send: 0 is the pad and 255 the END", o.Code)
		}
	}
	b := encode(h, options)
	if limit > 0 && len(b) > limit {
		return nil, fmt.Errorf("message is %d octets long, the client takes %d", len(b), limit)
	}
	return b, nil
}

func encode(h Header, options []Option) []byte {
	size := optionsAt + 1
	for _, o := range options {
		size += len(o.Data) + 2*(len(o.Data)/optionMax+1)
	}
	b := make([]byte, headerSize, max(size, minimumSize))
	h.put(b)
	b = append(b, magicCookie...)
	for _, o := range wireOrder(options) {
		b = appendOption(b, o.Code, o.Data)
	}
	b = append(b, OptEnd)
	return b[:max(len(b), minimumSize)] // what is behind a short one is still zero
}

func wireOrder(options []Option) []Option {
	if slices.IsSortedFunc(options, byRank) {
		return options
	}
	sorted := slices.Clone(options)
	slices.SortStableFunc(sorted, byRank)
	return sorted
}

func byRank(a, b Option) int { return rank(a.Code) - rank(b.Code) }

func rank(code uint8) int {
	switch code {
	case OptMessageType:
		return 0
	case OptRelayAgent:
		return 2
	}
	return 1
}

// appendOption appends an option, in several instances when it is longer than
// 255 octets (RFC 3396 section 5).
func appendOption(b []byte, code uint8, value []byte) []byte {
	for len(value) > optionMax {
		b = appendTLV(b, code, value[:optionMax])
		value = value[optionMax:]
	}
	return appendTLV(b, code, value)
}

// EncodeOption writes one option with code and length octets, as [Encode] does.
func EncodeOption(code uint8, value []byte) []byte {
	return appendOption(nil, code, value)
}

// SetFile puts a boot file name into the header. It is an error when the name
// is longer than 127 octets, which leaves no room for the closing NUL (RFC 2131
// table 1).
func (h *Header) SetFile(name []byte) error {
	return setText(h.File[:], name, "file")
}

// SetServerName puts a server name into the header; the most is 63 octets.
func (h *Header) SetServerName(name []byte) error {
	return setText(h.SName[:], name, "sname")
}

func setText(field, text []byte, name string) error {
	if len(text) >= len(field) {
		return fmt.Errorf("%q is %d octets long, header field %s takes %d and a NUL", text, len(text), name, len(field)-1)
	}
	clear(field[copy(field, text):])
	return nil
}
