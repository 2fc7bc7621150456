package proxydhcp

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

// bootNow is option 43 = 06 01 08 ff: discovery control with bit 3, "take the
// boot file of this offer".
var bootNow = dhcpopts.EncodePXE(dhcpopts.PXE{DiscoveryControl: new(uint8(dhcpopts.PXEBootNow))})

// Values of options that most answers have, option 53 by message type. They are
// read and never written.
var (
	classPXE, classHTTP = []byte(dhcpopts.ClassPXE), []byte(dhcpopts.ClassHTTP)
	messageTypes        = [...][1]byte{dhcpopts.Offer: {dhcpopts.Offer}, dhcpopts.Ack: {dhcpopts.Ack}}
)

// usualOptions is how many options most answers stay below.
const usualOptions = 8

// reply begins an answer: header fields of the request, option 54 our address,
// 97 and 82 as they came.
func reply(e Event, c dhcpopts.Client, kind uint8) Reply {
	q := e.Packet
	r := Reply{
		From: e.Port, To: destination(e), Limit: dhcpopts.MessageLimit(c.MaxSize),
		Header: dhcpopts.Header{
			Op: 2, HType: q.HType, HLen: uint8(len(q.MAC())), XID: q.XID, Secs: q.Secs, Flags: q.Flags,
			GIAddr: q.GIAddr, CHAddr: q.CHAddr,
		},
		Options: make([]dhcpopts.Option, 0, usualOptions),
	}
	if kind == dhcpopts.Ack { // an OFFER has none (RFC 2131 table 3)
		r.Header.CIAddr = q.CIAddr
	}
	r.add(dhcpopts.OptMessageType, messageTypes[kind][:])
	r.add(dhcpopts.OptServerID, e.Local.AsSlice())
	for _, code := range []uint8{dhcpopts.OptMachineID, dhcpopts.OptRelayAgent} {
		if v, ok := q.Get(code); ok {
			r.add(code, v)
		}
	}
	for _, class := range [][]byte{classPXE, classHTTP} {
		if bytes.HasPrefix(c.VendorClass, class) {
			r.add(dhcpopts.OptClass, class) // the class alone, not the client's string
		}
	}
	if kind == dhcpopts.Offer && isPi(c) {
		r.Delay = piDelay
	}
	return r
}

// wait says in words how late a reply goes.
func (r *Reply) wait() string {
	if r.Delay == 0 {
		return ""
	}
	return fmt.Sprintf(", %s later", r.Delay)
}

// destination is where an answer goes (RFC 2131 section 4.1; measured): through
// the relay; to the source of a request on port 4011, which is port 4011 for
// edk2 and 68 for iPXE; by unicast to a client that has an address, since iPXE
// ignores a broadcast answer to its discovery; else to everyone.
func destination(e Event) netip.AddrPort {
	switch q := e.Packet; {
	case !q.GIAddr.IsUnspecified():
		return netip.AddrPortFrom(q.GIAddr, ServerPort)
	case e.Port == BINLPort && !e.From.Addr().IsUnspecified():
		return e.From
	case !q.CIAddr.IsUnspecified():
		return netip.AddrPortFrom(q.CIAddr, clientPort)
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{255, 255, 255, 255}), clientPort)
}

func (r *Reply) add(code uint8, value []byte) {
	r.Options = append(r.Options, dhcpopts.Option{Code: code, Data: value})
}

// binl makes an OFFER that says only "ask me on port 4011". The client asks
// siaddr, so that is us, whatever server has the file.
func (r *Reply) binl(e Event) { r.Header.SIAddr = e.Local }

// direct makes an OFFER that is complete in itself.
func (r *Reply) direct(e Event, c dhcpopts.Client, a dhcpopts.Answer) {
	_, own := a.Get(dhcpopts.OptVendor)
	switch {
	case own || r.http():
	case isPi(c):
		r.add(dhcpopts.OptVendor, piMenu(c))
	default:
		r.add(dhcpopts.OptVendor, bootNow)
	}
	r.boot(e, a)
}

func (r *Reply) http() bool {
	return slices.ContainsFunc(r.Options, func(o dhcpopts.Option) bool {
		return o.Code == dhcpopts.OptClass && string(o.Data) == dhcpopts.ClassHTTP
	})
}

// boot puts the plan's answer in. The order is the plan's, 67 last or closed by
// a NUL: edk2 writes a NUL behind it, over whatever follows.
func (r *Reply) boot(e Event, a dhcpopts.Answer) {
	r.Header.SIAddr = e.Local
	if a.HasServer() {
		r.Header.SIAddr = a.SIAddr
	}
	copy(r.Header.SName[:], a.SName)
	copy(r.Header.File[:], a.File)
	for _, o := range a.Options {
		if o.Code != dhcpopts.OptClass {
			r.add(o.Code, o.Data)
		}
	}
}

// Bytes encodes the reply. To a client that takes no message of that length, 66
// and then 67 are left out where the header says the same: firmware reads the
// header when it has no option (measured). It is an error when that is not
// enough.
func (r *Reply) Bytes() ([]byte, error) {
	options := r.Options
	b, err := dhcpopts.Encode(r.Header, options, r.Limit)
	for _, code := range []uint8{dhcpopts.OptTFTPServer, dhcpopts.OptBootFile} {
		if err == nil {
			break
		}
		options = slices.DeleteFunc(slices.Clone(options), func(o dhcpopts.Option) bool { return o.Code == code && r.repeats(o) })
		b, err = dhcpopts.Encode(r.Header, options, r.Limit)
	}
	return b, err
}

// repeats reports whether an option says what the header says.
func (r *Reply) repeats(o dhcpopts.Option) bool {
	said := string(trimNUL(o.Data))
	if o.Code == dhcpopts.OptTFTPServer {
		return said == r.Header.SIAddr.String()
	}
	return said == string(trimNUL(r.Header.File[:]))
}

// withItem echoes the item that a client picked, in place of the menu.
func withItem(options []dhcpopts.Option, item dhcpopts.BootItem) []dhcpopts.Option {
	v := dhcpopts.EncodePXE(dhcpopts.PXE{Item: &item})
	rest := slices.DeleteFunc(slices.Clone(options), func(o dhcpopts.Option) bool { return o.Code == dhcpopts.OptVendor })
	return slices.Insert(rest, 0, dhcpopts.Option{Code: dhcpopts.OptVendor, Data: v})
}

func menuOf(menus []Menu, origin string, kind uint16) (Menu, bool) {
	for _, m := range menus {
		if m.Origin == origin && m.Type == kind {
			return m, true
		}
	}
	return Menu{}, false
}

// answer is the rule's answer with the menu item's file and server.
func (m Menu) answer(a dhcpopts.Answer) dhcpopts.Answer {
	if m.Server.IsValid() {
		a.SIAddr = m.Server
	}
	if m.File == "" {
		return a
	}
	return withFile(a, m.File)
}

// withFile is an answer that names another boot file.
func withFile(a dhcpopts.Answer, file string) dhcpopts.Answer {
	a.File = nil
	if len(file) <= plan.HeaderFileMax {
		a.File = []byte(file)
	}
	a.Options = slices.Clone(a.Options)
	for i, o := range a.Options {
		if o.Code == dhcpopts.OptBootFile {
			a.Options[i].Data = append([]byte(file), 0)
		}
	}
	return a
}

func trimNUL(b []byte) []byte { return bytes.TrimRight(b, "\x00") }

// Fingerprint tells firmware apart by what it says of itself: option 60, 94 and
// the order of what it asks for.
func Fingerprint(p *dhcpopts.Packet) string {
	b := make([]byte, 0, 128)
	for _, code := range []uint8{dhcpopts.OptClass, dhcpopts.OptInterfaceID, dhcpopts.OptRequestList} {
		v := value(p, code)
		b = binary.BigEndian.AppendUint16(b, uint16(len(v)))
		b = append(b, v...)
	}
	return string(b)
}
