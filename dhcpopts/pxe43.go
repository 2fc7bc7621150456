package dhcpopts

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
)

// PXE is option 43 as PXE clients read it (PXE 2.1, table 2-1). A nil field is
// not sent.
type PXE struct {
	DiscoveryControl *uint8       // sub-option 6: bits 0 to 3
	Multicast        netip.Addr   // sub-option 7
	Servers          []BootServer // sub-option 8
	Menu             []MenuItem   // sub-option 9
	Prompt           *Prompt      // sub-option 10
	Item             *BootItem    // sub-option 71
}

// BootServer is an entry of sub-option 8; no Addrs: any server of the type.
type BootServer struct {
	Type  uint16
	Addrs []netip.Addr
}

// MenuItem is an entry of sub-option 9. Type 0 is local boot. Text has at most
// 255 octets.
type MenuItem struct {
	Type uint16
	Text string
}

// Prompt is sub-option 10. Timeout in seconds: 0 takes the first item at once,
// 255 shows the menu and waits.
type Prompt struct {
	Timeout uint8
	Text    string
}

// BootItem is sub-option 71, what a client picked.
type BootItem struct{ Type, Layer uint16 }

// Sub-options of option 43 (PXE 2.1, table 2-1).
const (
	PXEDiscoveryControl = 6
	PXEMulticast        = 7
	PXEBootServers      = 8
	PXEBootMenu         = 9
	PXEMenuPrompt       = 10
	PXEBootItem         = 71
)

// Bits of sub-option 6.
const (
	PXENoBroadcast = 1 << iota // no broadcast discovery
	PXENoMulticast             // no multicast discovery
	PXEListOnly                // only servers of sub-option 8
	PXEBootNow                 // take the boot file of the offer: no prompt, menu or discovery
)

// optionMax is the longest value one length octet can count.
const optionMax = 255

// Validate reports what of p does not fit its fields: an address that is not
// IPv4, a text or a list too long for one length octet. Since clients read a
// single instance of option 43, the whole has to fit one too.
func (p PXE) Validate() error {
	if p.Multicast.IsValid() && !p.Multicast.Is4() {
		return fmt.Errorf("multicast address %s is not IPv4", p.Multicast)
	}
	for _, s := range p.Servers {
		for _, a := range s.Addrs {
			if !a.Is4() {
				return fmt.Errorf("boot server type %d: address %q is not IPv4", s.Type, a)
			}
		}
	}
	for _, sub := range p.subOptions() {
		if len(sub.Data) > optionMax {
			return fmt.Errorf("option 43 sub-option %d (%s) is %d octets long, the most is %d",
				sub.Code, PXESubName(sub.Code), len(sub.Data), optionMax)
		}
	}
	for _, m := range p.Menu {
		if len(m.Text) > optionMax {
			return fmt.Errorf("menu text %q is %d octets long, the most is %d", m.Text, len(m.Text), optionMax)
		}
	}
	if n := len(EncodePXE(p)); n > optionMax {
		return fmt.Errorf("option 43 is %d octets long, clients read %d at most", n, optionMax)
	}
	return nil
}

// LocalOnly reports whether menu and prompt lead to no boot server: all items are
// local boot. A Raspberry Pi takes its text from such a menu.
func (p PXE) LocalOnly() bool {
	remote := func(m MenuItem) bool { return m.Type != 0 }
	return len(p.Menu) > 0 && p.Prompt != nil && !slices.ContainsFunc(p.Menu, remote)
}

// EncodePXE writes option 43, sub-options in ascending order and closed by 255.
// Empty p gives nil. A sub-option that [PXE.Validate] refuses for its length is
// left out, so that no length octet ever wraps.
func EncodePXE(p PXE) []byte {
	var b []byte
	for _, sub := range p.subOptions() {
		if len(sub.Data) <= optionMax {
			b = appendTLV(b, sub.Code, sub.Data)
		}
	}
	if b == nil {
		return nil
	}
	return append(b, OptEnd)
}

// subOptions lists p's sub-options, of any length.
func (p PXE) subOptions() (subs []Option) {
	add := func(code uint8, data []byte) { subs = append(subs, Option{Code: code, Data: data}) }
	if p.DiscoveryControl != nil {
		add(PXEDiscoveryControl, []byte{*p.DiscoveryControl})
	}
	if p.Multicast.Is4() {
		add(PXEMulticast, p.Multicast.AsSlice())
	}
	if len(p.Servers) > 0 {
		add(PXEBootServers, encodeServers(p.Servers))
	}
	if len(p.Menu) > 0 {
		add(PXEBootMenu, encodeMenu(p.Menu))
	}
	if p.Prompt != nil {
		add(PXEMenuPrompt, append([]byte{p.Prompt.Timeout}, p.Prompt.Text...))
	}
	if p.Item != nil {
		item := binary.BigEndian.AppendUint16(nil, p.Item.Type)
		add(PXEBootItem, binary.BigEndian.AppendUint16(item, p.Item.Layer))
	}
	return subs
}

// encodeServers writes {type u16, count u8, addresses} entries. A count that
// would wrap makes the sub-option far too long anyway, which leaves it out.
func encodeServers(servers []BootServer) (b []byte) {
	for _, s := range servers {
		b = binary.BigEndian.AppendUint16(b, s.Type)
		b = append(b, uint8(len(s.Addrs)))
		for _, a := range s.Addrs {
			v4 := [4]byte{}
			if a.Is4() {
				v4 = a.As4()
			}
			b = append(b, v4[:]...)
		}
	}
	return b
}

// encodeMenu writes {type u16, length u8, text} entries.
func encodeMenu(menu []MenuItem) (b []byte) {
	for _, m := range menu {
		b = binary.BigEndian.AppendUint16(b, m.Type)
		b = append(append(b, uint8(len(m.Text))), m.Text...)
	}
	return b
}
