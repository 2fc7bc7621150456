package dhcpopts

import "net/netip"

// Stage is how far a machine has come: its own firmware asks first, and iPXE,
// once loaded, asks again.
type Stage string

// The stages; the zero value stands for either.
const (
	AnyStage   Stage = ""
	FirstStage Stage = "first"
	IPXEStage  Stage = "ipxe"
)

// Message types (RFC 2132 section 9.6).
const (
	Discover = 1
	Offer    = 2
	Request  = 3
	Decline  = 4
	Ack      = 5
	NAK      = 6
	Release  = 7
	Inform   = 8
)

// Client is one request of one machine, in the terms that decide its answer.
// The zero value of a field means that the message does not have it.
type Client struct {
	Name        string     // as it was named: "efi-x64+ipxe"
	Message     uint8      // option 53; 0 stands for Discover
	Port        uint16     // destination port; 0 stands for 67
	Archs       []Arch     // option 93, in order; the first decides
	VendorClass []byte     // option 60
	UserClass   []byte     // option 77 as on the wire: "iPXE" or RFC 3004's "\x04iPXE"
	MAC         []byte     // chaddr, hlen octets
	MachineID   []byte     // option 97 as on the wire: type octet and UUID
	RequestList []uint8    // option 55; nil: none
	HostName    []byte     // option 12
	MaxSize     uint16     // option 57; 0: none
	CIAddr      netip.Addr // an address the client holds
	GIAddr      netip.Addr // relay
	Unicast     bool       // the broadcast flag is clear
	Options     []Option   // further options, such as 175 of iPXE
}

// Stage tells iPXE from firmware: user class "iPXE" in either wire form
// (RFC 3004's, and the bare one that iPXE really sends), or option 175.
func (c Client) Stage() Stage {
	if c.HasUserClass("iPXE") {
		return IPXEStage
	}
	if _, ok := c.Option(OptIPXE); ok {
		return IPXEStage
	}
	return FirstStage
}

// HasUserClass reports whether option 77 is class, bare or as the first of RFC
// 3004's counted strings.
func (c Client) HasUserClass(class string) bool {
	u := string(c.UserClass)
	return u == class || len(u) > len(class) && int(u[0]) == len(class) && u[1:1+len(class)] == class
}

// Option returns a value among the further options.
func (c Client) Option(code uint8) ([]byte, bool) {
	for _, o := range c.Options {
		if o.Code == code {
			return o.Data, true
		}
	}
	return nil, false
}

// Arch is the type that decides: the first of option 93, and bios when there is
// no option 93 at all (PXE 2.1 came before it).
func (c Client) Arch() Arch {
	if len(c.Archs) == 0 {
		return BIOS
	}
	return c.Archs[0]
}
