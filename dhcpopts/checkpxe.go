package dhcpopts

import "slices"

// pxeReply checks a reply whose option 60 begins with PXEClient.
func (c *checker) pxeReply(p *Packet) {
	vendor := Option{Code: OptVendor, Offset: joined(p, OptClass).Offset}
	if len(p.All(OptVendor)) > 0 {
		vendor = joined(p, OptVendor)
	}
	subs := pxeCodes(vendor.Data)
	name, _ := fileOf(p)
	if !hasPXE10(subs) && !allMTFTP(subs) {
		c.binl(p, vendor.Offset)
	}
	if len(vendor.Data) > 0 {
		c.pxe(vendor, true)
	}
	view, _, _ := DecodePXE(vendor.Data)
	if control := view.DiscoveryControl; control != nil && *control&PXEBootNow != 0 && len(name) == 0 {
		c.add("PXK041", vendor.Offset, "send the boot file in the same message", "discovery control %d says to boot the offered file, and there is none", *control)
	}
}

// binl is an offer that sends the client to port 4011. From a server that gives
// no address this is how WDS works; from one that does, it is mostly an option
// 60 left over.
func (c *checker) binl(p *Packet, at int) {
	if p.MessageType() != Offer {
		return
	}
	f := c.add("PXK040", at, "add option 43 with 06 01 08 ff, or take option 60 away", "option 60 is PXEClient, and option 43 has none of sub-options 6 to 10: clients ask %s on port 4011", askedServer(p))
	if p.YIAddr.IsUnspecified() {
		f.Severity, f.Hint = Info, "this is how WDS offers; it has to answer on port 4011"
	}
}

func askedServer(p *Packet) string {
	if id, _ := p.Get(OptServerID); p.SIAddr.IsUnspecified() && len(id) == 4 {
		return FormatOption(OptServerID, id)
	}
	return p.SIAddr.String()
}

// strayPXE reports an option 43 that looks like PXE's in a reply without option
// 60. Other vendors' options 43 are not ours to judge.
func (c *checker) strayPXE(o Option) {
	if _, _, err := DecodePXE(o.Data); err == nil && slices.Contains(pxeCodes(o.Data), PXEDiscoveryControl) {
		c.add("PXK048", o.Offset, "send option 60 PXEClient with it", "option 43 is %s, but option 60 is not PXEClient", FormatOption(OptVendor, o.Data))
	}
}

// pxe checks option 43 alone; replied says that the rest of a message is there
// too.
func (c *checker) pxe(o Option, replied bool) {
	view, subs, err := DecodePXE(o.Data)
	if err != nil {
		c.add("PXK043", o.Offset, "", "%v", err)
		return
	}
	if !PXEClosed(o.Data) {
		c.add("PXK044", o.Offset, "", "option 43 ends without 255: % x", o.Data)
	}
	codes := codesOf(subs)
	if allMTFTP(codes) && !hasPXE10(codes) {
		c.add("PXK042", o.Offset, "leave sub-options 1 to 5 out", "option 43 has sub-options 1 to 5 and none of 6 to 10")
	}
	if view.Item == nil && (replied || len(subs) > 0) && hasPXE10(codes) {
		c.discovery(o, view)
	}
}

// discovery checks whether a client finds a boot server by option 43.
func (c *checker) discovery(o Option, view PXE) {
	var control uint8
	if view.DiscoveryControl != nil {
		control = *view.DiscoveryControl
	}
	if control&PXEBootNow != 0 || view.LocalOnly() {
		return
	}
	const noCast = PXENoBroadcast | PXENoMulticast
	listed := len(view.Servers) > 0
	switch {
	case !listed && (control&noCast == noCast || control&PXEListOnly != 0):
		c.add("PXK045", o.Offset, "list the servers in sub-option 8", "discovery control is %d and sub-option 8 lists no server", control)
	case control&PXENoMulticast == 0 && !view.Multicast.IsValid():
		c.add("PXK046", o.Offset, "set bit 1 of discovery control, or send sub-option 7", "discovery control is %d and sub-option 7 is missing", control)
	}
	if len(view.Menu) == 0 || view.Prompt == nil {
		c.add("PXK047", o.Offset, "send both, or discovery control 8", "option 43 has no menu (9) or no prompt (10)")
	}
}

func pxeCodes(data []byte) []uint8 {
	_, subs, _ := DecodePXE(data)
	return codesOf(subs)
}

func codesOf(subs []Option) (codes []uint8) {
	for _, s := range subs {
		codes = append(codes, s.Code)
	}
	return codes
}

// hasPXE10 and allMTFTP are edk2's classes of offers (PxeBcDhcp4.c).
func hasPXE10(codes []uint8) bool {
	return slices.ContainsFunc(codes, func(c uint8) bool { return c >= PXEDiscoveryControl && c <= PXEMenuPrompt })
}

func allMTFTP(codes []uint8) bool {
	for c := uint8(1); c <= 5; c++ {
		if !slices.Contains(codes, c) {
			return false
		}
	}
	return true
}
