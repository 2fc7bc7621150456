package dhcpopts

import (
	"fmt"
	"slices"
)

// Parameter request lists (option 55).
var (
	// FullRequestList is that of Intel's BIOS ROM; it has 43, 60, 66 and 67.
	FullRequestList = []uint8{
		1, 2, 3, 5, 6, 11, 12, 13, 15, 16, 17, 18, 22, 23, 28, 40, 41, 42, 43, 50, 51, 54, 58, 59, 60, 66, 67, 97,
		128, 129, 130, 131, 132, 133, 134, 135,
	}
	// ShortRequestList asks for no boot option at all: netmask and router.
	ShortRequestList = []uint8{1, 3}

	edk2RequestList = []uint8{
		1, 2, 3, 4, 5, 6, 12, 13, 15, 17, 18, 22, 23, 28, 40, 41, 42, 43, 50, 51, 54, 58, 59, 60, 66, 67, 97,
		128, 129, 130, 131, 132, 133, 134, 135,
	}
	edk2HTTPRequestList = []uint8{
		1, 2, 3, 4, 5, 6, 12, 13, 15, 17, 18, 22, 23, 28, 40, 41, 42, 43, 50, 51, 54, 58, 59, 60, 235, 67, 97,
	}
	ipxeRequestList = []uint8{
		1, 3, 6, 7, 12, 15, 17, 26, 43, 60, 66, 67, 119, 128, 129, 130, 131, 132, 133, 134, 135, 175, 203,
	}
	windowsRequestList = []uint8{1, 3, 6, 15, 31, 33, 43, 44, 46, 47, 119, 121, 249, 252}
)

// What every measured firmware says: option 57 of an Ethernet frame less IP and
// UDP headers, and an all-zero UUID where the machine has none.
const firmwareMaxSize = 1472

var (
	standardMAC    = []byte{2, 0, 0, 0, 0, 1} // locally administered
	zeroMachineID  = make([]byte, 17)
	windowsClass   = []byte("MSFT 5.0")
	ipxeUserClass  = []byte("iPXE") // four bare octets, not RFC 3004's counted form
	biosFeatures   = ipxeFeatures(0x17, 0x22, 0x13, 0x11, 0x27, 0x19, 0x29, 0x10, 0x21, 0x15, 0x18, 0x12)
	efiFeatures    = ipxeFeatures(0x17, 0x24, 0x13, 0x11, 0x27, 0x29, 0x15, 0x12)
	laptopHostName = []byte("laptop")
)

// ipxeFeatures is option 175 of a request: the card's bus id (a virtio card),
// iPXE's version, and the features it was built with.
func ipxeFeatures(features ...uint8) []byte {
	b := []byte{177, 5, 1, 0x1a, 0xf4, 0x10, 0x00, 235, 3, 1, 0, 0}
	for _, f := range features {
		version := byte(1)
		if f == 0x10 { // the PXE API for loaded programs is at version 2
			version = 2
		}
		b = append(b, f, 1, version)
	}
	return b
}

// Firmware is the DISCOVER of real firmware of an architecture: edk2's for UEFI
// and HTTP types, a BIOS ROM's otherwise, with the octets of captured messages.
func Firmware(a Arch) Client {
	c := Client{
		Name:        a.String(),
		Archs:       []Arch{a},
		VendorClass: fmt.Appendf(nil, "%s:Arch:%05d:UNDI:%s", a.Class(), uint16(a), undi(a)),
		MAC:         slices.Clone(standardMAC),
		MachineID:   slices.Clone(zeroMachineID),
		RequestList: slices.Clone(edk2RequestList),
		MaxSize:     firmwareMaxSize,
		Options:     []Option{{Code: OptInterfaceID, Data: []byte{1, 3, 0}}},
	}
	switch {
	case a == BIOS:
		c.RequestList = slices.Clone(FullRequestList)
		c.Options[0].Data = []byte{1, 2, 1}
	case a.HTTP():
		c.RequestList = slices.Clone(edk2HTTPRequestList)
	}
	return c
}

// undi is the UNDI version in option 60: three digits major, three minor.
func undi(a Arch) string {
	if a == BIOS {
		return "002001"
	}
	return "003000"
}

// WithIPXE is the machine once iPXE runs on it: bare user class, option 175,
// iPXE's own request list and client identifier.
func (c Client) WithIPXE() Client {
	c.UserClass = slices.Clone(ipxeUserClass)
	c.RequestList = slices.Clone(ipxeRequestList)
	c.Unicast = true
	features, nii := efiFeatures, []byte{1, 3, 10}
	if c.Arch() == BIOS {
		features, nii = biosFeatures, []byte{1, 2, 1}
	} else {
		c.VendorClass = fmt.Appendf(nil, "%s:Arch:%05d:UNDI:003010", ClassPXE, uint16(c.Arch()))
	}
	c.Options = []Option{
		{Code: OptInterfaceID, Data: nii},
		{Code: OptIPXE, Data: slices.Clone(features)},
		{Code: OptClientID, Data: append([]byte{1}, c.MAC...)},
	}
	c.Name += "+ipxe"
	return c
}

// Laptop is a machine that does not boot from the network: Windows asking for
// an address.
func Laptop() Client {
	return Client{
		Name:        "laptop",
		VendorClass: slices.Clone(windowsClass),
		MAC:         slices.Clone(standardMAC),
		RequestList: slices.Clone(windowsRequestList),
		HostName:    slices.Clone(laptopHostName),
		Unicast:     true,
		Options:     []Option{{Code: OptClientID, Data: append([]byte{1}, standardMAC...)}},
	}
}

// StandardClients lists the kinds of client that a network meets: firmware of
// the common architectures (x64 also as type 9 and as the list 7,0), HTTP boot,
// iPXE on both, with either form of its user class, and machines that must get
// nothing.
func StandardClients() []Client {
	var all []Client
	for _, spec := range []string{
		"bios", "efi-ia32", "efi-x64", "efi-bc", "efi-x64,archs=7/0", "efi-arm64", "http-x64",
		"bios+ipxe", "efi-x64+ipxe", "efi-x64+ipxe,counted-user-class=iPXE", "laptop", "laptop,vendor-class=none",
	} {
		c, err := ParseClient(spec)
		if err != nil {
			panic(err) // a constant of this list is wrong
		}
		all = append(all, c)
	}
	return all
}
