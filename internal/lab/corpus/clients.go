package corpus

import (
	"fmt"

	"pxekit/dhcpopts"
)

// The clients of the matrix, without a request list.
var (
	BIOSClient    = pxe("bios", 1, dhcpopts.BIOS)
	IA32Client    = pxe("efi-ia32", 2, dhcpopts.EFIIA32)
	X64Client     = pxe("efi-x64", 3, dhcpopts.EFIX64)
	X64As9Client  = pxe("efi-bc", 4, dhcpopts.EFIBC)
	X64ListClient = pxe("efi-x64,0", 5, dhcpopts.EFIX64, dhcpopts.BIOS)
	ARM64Client   = pxe("efi-arm64", 6, dhcpopts.EFIARM64)
	HTTPClient    = pxe("http-x64", 7, dhcpopts.HTTPX64)
	IPXEBIOS      = ipxe(pxe("bios+ipxe", 8, dhcpopts.BIOS), "iPXE")
	IPXEEFI       = ipxe(pxe("efi-x64+ipxe", 9, dhcpopts.EFIX64), "\x04iPXE")
	NoArchClient  = pxe("bios without 93", 10)
	Laptop        = dhcpopts.Client{Name: "laptop", MAC: mac(11), VendorClass: []byte("MSFT 5.0"), HostName: []byte("laptop")}
	PlainLinux    = dhcpopts.Client{Name: "plain", MAC: mac(12)}
)

// Kinds are the clients of the matrix, one a kind.
func Kinds() []dhcpopts.Client {
	return []dhcpopts.Client{
		BIOSClient, IA32Client, X64Client, X64As9Client, X64ListClient, ARM64Client, HTTPClient, IPXEBIOS, IPXEEFI, NoArchClient, Laptop, PlainLinux,
	}
}

// The request lists of the matrix. Full is edk2's with 66 added, short has
// nothing that boots.
var (
	FullList  = []uint8{1, 2, 3, 5, 6, 11, 12, 13, 15, 16, 17, 18, 22, 23, 28, 40, 41, 42, 43, 50, 51, 54, 58, 59, 60, 66, 67, 97, 128, 129, 130, 131, 132, 133, 134, 135}
	ShortList = []uint8{1, 3}
)

// Clients are all kinds with a full, a short and no request list.
func Clients() []dhcpopts.Client {
	lists := []struct {
		name string
		list []uint8
	}{{"full", FullList}, {"short", ShortList}, {"none", nil}}
	var all []dhcpopts.Client
	for _, l := range lists {
		for _, c := range Kinds() {
			c.Name += " prl=" + l.name
			c.RequestList = l.list
			all = append(all, c)
		}
	}
	return all
}

// Boots reports whether a client boots from the network at all.
func Boots(c dhcpopts.Client) bool { return len(c.MachineID) > 0 }

func pxe(name string, n byte, archs ...dhcpopts.Arch) dhcpopts.Client {
	first := dhcpopts.BIOS
	if len(archs) > 0 {
		first = archs[0]
	}
	id := append([]byte{0}, make([]byte, 15)...)
	return dhcpopts.Client{
		Name: name, Archs: archs, MAC: mac(n), MaxSize: 1260, MachineID: append(id, n),
		VendorClass: fmt.Appendf(nil, "%s:Arch:%05d:UNDI:002001", first.Class(), uint16(first)),
	}
}

func ipxe(c dhcpopts.Client, userClass string) dhcpopts.Client {
	c.UserClass = []byte(userClass)
	return c
}

func mac(n byte) []byte { return []byte{0x52, 0x54, 0x00, 0x77, 0x00, n} }
