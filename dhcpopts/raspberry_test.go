package dhcpopts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

func TestRaspberryPi(t *testing.T) {
	bios := dhcpopts.Firmware(dhcpopts.BIOS)
	change := func(edit func(*dhcpopts.Client)) dhcpopts.Client { c := bios; edit(&c); return c }
	mac := []byte{0xb8, 0x27, 0xeb, 0x28, 0xf6, 0x6d}
	for name, c := range map[string]struct {
		client dhcpopts.Client
		want   bool
	}{
		"PC":                                   {bios, false},
		"Pi 3":                                 {change(func(c *dhcpopts.Client) { c.MAC = mac }), true},
		"Pi 5 with a MAC of its owner's":       {change(func(c *dhcpopts.Client) { c.MachineID = []byte("\x00RPi5\x04\x41\xd0\x00\x01\x02\x03\x04abcd") }), true},
		"says what it is":                      {dhcpopts.Firmware(dhcpopts.RPiBoot), true},
		"no option 93":                         {change(func(c *dhcpopts.Client) { c.MAC, c.Archs = mac, nil }), true},
		"option 97 cut short":                  {change(func(c *dhcpopts.Client) { c.MachineID = []byte("\x00RPi4") }), false},
		"another's MAC that only begins alike": {change(func(c *dhcpopts.Client) { c.MAC = []byte{0xb8, 0x27, 0xec, 1, 2, 3} }), false},
		"its UEFI":                             {change(func(c *dhcpopts.Client) { c.MAC, c.Archs = mac, []dhcpopts.Arch{dhcpopts.EFIARM64} }), false},
		"its Linux":                            {change(func(c *dhcpopts.Client) { c.MAC, c.VendorClass, c.Archs = mac, []byte("dhcpcd-9"), nil }), false},
		"iPXE":                                 {change(func(c *dhcpopts.Client) { c.MAC, c.UserClass = mac, []byte("iPXE") }), false},
	} {
		require.Equal(t, c.want, c.client.RaspberryPi(), name)
	}
}
