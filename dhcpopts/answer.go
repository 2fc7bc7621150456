package dhcpopts

import (
	"bytes"
	"net/netip"
	"slices"
)

// Answer is the boot part of a DHCP reply, exact to the byte: what a server
// tells one client about where its boot file is.
type Answer struct {
	SIAddr  netip.Addr // next server; the zero Addr and 0.0.0.0 are the same
	SName   []byte     // header field sname (64 octets) without its trailing zeros
	File    []byte     // header field file (128 octets) without its trailing zeros
	Options []Option   // in wire order; duplicates are real
}

// Empty reports whether the answer says nothing about booting.
func (a Answer) Empty() bool {
	return !a.HasServer() && len(a.SName) == 0 && len(a.File) == 0 && len(a.Options) == 0
}

// Boots reports whether the answer leads to anything. siaddr alone does not:
// dnsmasq sends its own address to everyone. Nor does option 12: Kea and dnsmasq
// tell a client its own name.
func (a Answer) Boots() bool {
	return len(a.SName) > 0 || len(a.File) > 0 || slices.ContainsFunc(a.Options, func(o Option) bool { return o.Code != OptHostName })
}

// HasServer reports whether siaddr names a server.
func (a Answer) HasServer() bool { return a.SIAddr.IsValid() && !a.SIAddr.IsUnspecified() }

// Get returns the value of an option and whether the answer has it. Several
// instances are joined in wire order (RFC 3396 section 7).
func (a Answer) Get(code uint8) (value []byte, ok bool) {
	for _, o := range a.Options {
		if o.Code == code {
			value, ok = append(value, o.Data...), true
		}
	}
	return value, ok
}

// Instances counts how often an option stands in the answer.
func (a Answer) Instances(code uint8) (n int) {
	for _, o := range a.Options {
		if o.Code == code {
			n++
		}
	}
	return n
}

// Equal reports whether two answers mean the same bytes: header fields, and for
// each code the same instances in the same order. The order of different codes
// is each server's own affair and is not compared.
func (a Answer) Equal(b Answer) bool {
	if a.HasServer() != b.HasServer() || a.HasServer() && a.SIAddr != b.SIAddr {
		return false
	}
	if !bytes.Equal(a.SName, b.SName) || !bytes.Equal(a.File, b.File) || len(a.Options) != len(b.Options) {
		return false
	}
	for _, o := range a.Options {
		if !sameInstances(a.Options, b.Options, o.Code) {
			return false
		}
	}
	return true
}

func sameInstances(a, b []Option, code uint8) bool {
	var x, y [][]byte
	for _, o := range a {
		if o.Code == code {
			x = append(x, o.Data)
		}
	}
	for _, o := range b {
		if o.Code == code {
			y = append(y, o.Data)
		}
	}
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if !bytes.Equal(x[i], y[i]) {
			return false
		}
	}
	return true
}

// Lease reports whether an option is about the address lease and not about
// booting: subnet mask, routers, DNS, broadcast address, lease time, message
// type, server identifier, renewal and rebinding time. Answers leave these out.
func Lease(code uint8) bool {
	switch code {
	case 1, 3, 6, 28, 51, OptMessageType, OptServerID, 58, 59:
		return true
	}
	return false
}
