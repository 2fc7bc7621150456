package dhcpopts

import (
	"bytes"
	"slices"
	"strings"
)

// raspberryMACs are the first octets of Raspberry Pi's hardware addresses (IEEE
// registry).
var raspberryMACs = [][]byte{
	{0x28, 0xcd, 0xc1}, {0x2c, 0xcf, 0x67}, {0x88, 0xa2, 0x9e}, {0xb8, 0x27, 0xeb}, {0xd8, 0x3a, 0xdd}, {0xdc, 0xa6, 0x32}, {0xe4, 0x5f, 0x01},
}

// raspberryID begins option 97 behind its type octet on boards since the Pi 4:
// "RPi4", "RPi5" (Raspberry Pi documentation, DHCP_OPTION97).
const raspberryID = "RPi"

// RaspberryPi reports whether the client is a Raspberry Pi's own boot ROM. It
// says that it is an x86 BIOS (type 0, raspberrypi/firmware 1928), so its option
// 97 or its hardware address has to tell. UEFI and iPXE on such a board are no
// boot ROM.
func (c Client) RaspberryPi() bool {
	if c.Stage() == IPXEStage || !strings.HasPrefix(string(c.VendorClass), ClassPXE) {
		return false
	}
	switch c.Arch() {
	case RPiBoot:
		return true
	case BIOS:
		return len(c.MachineID) == 17 && string(c.MachineID[1:4]) == raspberryID ||
			slices.ContainsFunc(raspberryMACs, func(prefix []byte) bool { return bytes.HasPrefix(c.MAC, prefix) })
	}
	return false
}
