package dhcpopts_test

import (
	"fmt"
	"net/netip"

	"pxekit/dhcpopts"
)

// An answer as it goes out, and what it says.
func Example() {
	h := dhcpopts.Header{Op: 2, HType: 1, HLen: 6, SIAddr: netip.MustParseAddr("192.0.2.10")}
	if err := h.SetFile([]byte(`boot\x64\wdsnbp.com`)); err != nil {
		fmt.Println(err)
	}
	now := uint8(dhcpopts.PXEBootNow)
	b, err := dhcpopts.Encode(h, []dhcpopts.Option{
		{Code: dhcpopts.OptMessageType, Data: []byte{dhcpopts.Offer}},
		{Code: dhcpopts.OptClass, Data: []byte(dhcpopts.ClassPXE)},
		{Code: dhcpopts.OptVendor, Data: dhcpopts.EncodePXE(dhcpopts.PXE{DiscoveryControl: &now})},
		{Code: dhcpopts.OptBootFile, Data: []byte("bootdwdsnbp.com\x00")},
	}, dhcpopts.MessageLimit(0))
	if err != nil {
		fmt.Println(err)
	}

	p, err := dhcpopts.Parse(b)
	if err != nil {
		fmt.Println(err)
	}
	for _, o := range dhcpopts.Explain(p).Options {
		fmt.Printf("%d %s at byte %d: %s\n", o.Code, o.Name, o.Offset, o.Text)
	}
	for _, f := range dhcpopts.Check(p) {
		fmt.Println(f.ID, f.Message)
	}
	// Output:
	// 53 DHCP message type at byte 240: offer
	// 60 vendor class identifier at byte 243: PXEClient
	// 43 vendor-specific information at byte 254: 6 discovery control: 8; end
	// 67 bootfile name at byte 260: bootdwdsnbp.com<00>
	// PXK018 option 67 lost its backslashes: firmware asks for bootdwdsnbp.com
	// PXK024 header field file is boot\x64\wdsnbp.com, option 67 is bootdwdsnbp.com
}

// What a client of a kind sends.
func ExampleParseClient() {
	c, err := dhcpopts.ParseClient("efi-x64+ipxe,mac=52:54:00:12:34:56,prl=1+3+67")
	if err != nil {
		fmt.Println(err)
	}
	for _, o := range c.Packet(1).Options {
		fmt.Println(o.Code, dhcpopts.FormatHex(dhcpopts.HexSpaced, o.Data[:min(len(o.Data), 9)]))
	}
	// Output:
	// 53 01
	// 57 05 c0
	// 93 00 07
	// 94 01 03 0a
	// 60 50 58 45 43 6c 69 65 6e 74
	// 77 69 50 58 45
	// 55 01 03 43
	// 175 b1 05 01 1a f4 10 00 eb 03
	// 61 01 52 54 00 12 34 56
	// 97 00 00 00 00 00 00 00 00 00
}
