package proxydhcp

import (
	"bytes"
	"slices"
	"time"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

// What a Raspberry Pi's boot ROM wants is known from documents alone: Raspberry
// Pi documentation, "Network booting", and raspberrypi/firmware 859, where its
// maker advises a reply that comes two seconds after the DHCP server's. It takes
// an offer by the text in option 43, ignores the file's name, and asks siaddr
// for names of its own.
const (
	piText  = "Raspberry Pi Boot"
	piDelay = 2 * time.Second
)

// ClientOf is the machine that sent a message. A Raspberry Pi's boot ROM counts
// as the type that it should send.
func ClientOf(p *dhcpopts.Packet) dhcpopts.Client {
	c := p.Client()
	if c.RaspberryPi() {
		c.Archs = []dhcpopts.Arch{dhcpopts.RPiBoot}
	}
	return c
}

func isPi(c dhcpopts.Client) bool { return c.Arch() == dhcpopts.RPiBoot }

// asBIOS is the case that takes a Pi as the x86 BIOS it says it is: none for a
// program that is known to be a PC's.
func (p Policy) asBIOS(c dhcpopts.Client) *plan.Case {
	c.Archs = []dhcpopts.Arch{dhcpopts.BIOS}
	found := p.firstOf(c)
	if found == nil {
		return nil
	}
	if archs, _ := plan.Known(FileOf(found.Answer)); slices.Contains(archs, dhcpopts.BIOS) {
		return nil
	}
	return found
}

// piMenu is option 43 as the documentation shows it. The ROM of the Pi 3 B,
// whose option 97 is the letter D throughout, miscounts the text and wants three
// more blanks.
func piMenu(c dhcpopts.Client) []byte {
	text := piText
	if len(c.MachineID) == 17 && bytes.Count(c.MachineID[1:], []byte{'D'}) == 16 {
		text += "   "
	}
	return dhcpopts.EncodePXE(dhcpopts.PXE{
		DiscoveryControl: new(uint8(dhcpopts.PXENoBroadcast | dhcpopts.PXENoMulticast)),
		Menu:             []dhcpopts.MenuItem{{Text: text}},
		Prompt:           &dhcpopts.Prompt{Text: "PXE"},
	})
}
