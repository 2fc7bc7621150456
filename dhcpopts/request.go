package dhcpopts

import (
	"encoding/binary"
	"slices"
)

// Orders in which firmware writes its options, taken from captures: edk2 of
// 2022, and iPXE of 2019. What is in neither follows in the client's order.
var (
	firmwareOrder = []uint8{OptMessageType, OptClientID, OptMaxSize, OptHostName, OptRequestList, OptMachineID, OptInterfaceID, OptClientArch, OptClass, OptUserClass}
	ipxeOrder     = []uint8{OptMessageType, OptMaxSize, OptClientArch, OptInterfaceID, OptClass, OptUserClass, OptRequestList, OptIPXE, OptClientID, OptMachineID}
)

// Packet builds the message that the client sends. Of values that have no place
// in a message, a hardware address loses what is over 16 octets, an address
// that is not IPv4 becomes 0.0.0.0, and options 0 and 255 are left out.
func (c Client) Packet(xid uint32) *Packet {
	h := Header{
		Op: 1, HType: 1, HLen: uint8(min(len(c.MAC), 16)), XID: xid,
		CIAddr: c.CIAddr, GIAddr: c.GIAddr,
	}
	copy(h.CHAddr[:], c.MAC)
	if !c.Unicast {
		h.Flags = FlagBroadcast
	}
	p, _ := Parse(encode(h, c.wireOptions())) // encode writes no faults
	return p
}

// wireOptions lists the options of the request in the order of its firmware.
func (c Client) wireOptions() []Option {
	options := []Option{{Code: OptMessageType, Data: []byte{c.messageType()}}}
	add := func(code uint8, data []byte) {
		if data != nil {
			options = append(options, Option{Code: code, Data: data})
		}
	}
	add(OptClass, c.VendorClass)
	add(OptUserClass, c.UserClass)
	add(OptMachineID, c.MachineID)
	add(OptRequestList, c.RequestList)
	add(OptHostName, c.HostName)
	add(OptClientArch, encodeArchs(c.Archs))
	if c.MaxSize > 0 {
		add(OptMaxSize, binary.BigEndian.AppendUint16(nil, c.MaxSize))
	}
	for _, o := range c.Options {
		if o.Code != OptPad && o.Code != OptEnd {
			options = append(options, Option{Code: o.Code, Data: o.Data})
		}
	}
	order := firmwareOrder
	if c.Stage() == IPXEStage {
		order = ipxeOrder
	}
	slices.SortStableFunc(options, func(a, b Option) int { return place(order, a.Code) - place(order, b.Code) })
	return options
}

func place(order []uint8, code uint8) int {
	if i := slices.Index(order, code); i >= 0 {
		return i
	}
	return len(order)
}

func (c Client) messageType() uint8 {
	if c.Message == 0 {
		return Discover
	}
	return c.Message
}

func encodeArchs(archs []Arch) (b []byte) {
	for _, a := range archs {
		b = binary.BigEndian.AppendUint16(b, uint16(a))
	}
	return b
}
