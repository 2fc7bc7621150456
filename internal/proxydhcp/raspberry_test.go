package proxydhcp

import (
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

// pi is the boot ROM's DISCOVER as the Raspberry Pi documentation prints it.
func pi(mac, machineID string) dhcpopts.Client {
	return dhcpopts.Client{
		Archs: []dhcpopts.Arch{dhcpopts.BIOS}, VendorClass: []byte("PXEClient:Arch:00000:UNDI:002001"),
		MAC: []byte(mac), MachineID: []byte(machineID), Unicast: true,
		RequestList: []uint8{43, 60, 67, 128, 129, 130, 131, 132, 133, 134, 135, 66},
		Options:     []dhcpopts.Option{{Code: dhcpopts.OptInterfaceID, Data: []byte{1, 2, 1}}},
	}
}

var (
	pi3 = pi("\xb8\x27\xeb\x28\xf6\x6d", "\x00"+strings.Repeat("D", 16))
	pi4 = pi("\xdc\xa6\x32\x27\x76\xbc", "\x00RPi4\x11\x31\xc0\x00\x32\x27\x76\xbc\x9f\xfe\xfd\xef")
)

// piPlan boots only what its rules say, in their order.
func piPlan(rules ...plan.Rule) Policy {
	p := &plan.Plan{Server: local, NUL: plan.NUL{Mode: plan.NULAuto}, Via: plan.ViaBoth, Rules: rules}
	return Policy{Cases: p.Cases(), Strategy: Auto}
}

func forArch(a dhcpopts.Arch, file string) plan.Rule {
	return plan.Rule{Match: plan.Match{Archs: []plan.ArchRef{{Arch: a}}}, File: file}
}

// The offer to a Pi, to the octet: the text in option 43 and nothing of "boot now".
func TestGoldenPi(t *testing.T) {
	for _, c := range []struct {
		name   string
		client dhcpopts.Client
		menu   string
	}{
		{"Pi 4", pi4, "09140000" + "11" + hex.EncodeToString([]byte("Raspberry Pi Boot"))},
		{"Pi 3 B miscounts", pi3, "09170000" + "14" + hex.EncodeToString([]byte("Raspberry Pi Boot   "))},
	} {
		d := Decide(now, event(c.client, 67), piPlan(forArch(dhcpopts.RPiBoot, "bootcode.bin")), Machine{}, "")
		require.Equal(t, "Raspberry Pi boot ROM: offered bootcode.bin (rule 1), 2s later", d.Why, c.name)
		p, to := sent(t, d)
		require.Equal(t, everyone, to)
		require.Equal(t, local, p.SIAddr)
		require.Equal(t, "060103"+c.menu+"0a0400505845"+"ff", hex.EncodeToString(value(p, 43)), c.name)
		require.Equal(t, "PXEClient", text(p, 60))
		require.Equal(t, "10.99.0.2", text(p, 66), "no NUL: a Pi may dislike it")
		require.Equal(t, string(c.client.MachineID), text(p, 97))
		require.Equal(t, 2*time.Second, d.Replies[0].Delay)
	}
}

func TestWhichRuleTakesAPi(t *testing.T) {
	menu := forArch(dhcpopts.BIOS, "bootcode.bin")
	menu.PXE = &plan.PXE{PXE: dhcpopts.PXE{Menu: []dhcpopts.MenuItem{{Text: "own"}}}}
	for _, c := range []struct {
		name   string
		policy Policy
		file   string // "" is silence
		menu   string
	}{
		{"its own", piPlan(forArch(dhcpopts.BIOS, "pxelinux.0"), forArch(dhcpopts.RPiBoot, "start4.elf")), "start4.elf", piText},
		{"any machine's", piPlan(plan.Rule{File: "start4.elf"}), "start4.elf", piText},
		{"one for BIOS with a file that is no PC's", piPlan(forArch(dhcpopts.BIOS, "bootcode.bin")), "bootcode.bin", piText},
		{"one for BIOS with a PC's program", piPlan(forArch(dhcpopts.BIOS, `boot\x64\wdsnbp.com`)), "", ""},
		{"none", piPlan(forArch(dhcpopts.EFIX64, "bootx64.efi")), "", ""},
		{"one with an option 43 of its own", piPlan(menu), "bootcode.bin", "\x00\x00\x03own"},
	} {
		d := Decide(now, event(pi4, 67), c.policy, Machine{}, "")
		if c.file == "" {
			require.Empty(t, d.Replies, c.name)
			require.Equal(t, "no rule for Raspberry Pi boot ROM", d.Why)
			continue
		}
		p, _ := sent(t, d)
		require.Equal(t, c.file, string(p.FileName()), c.name)
		require.Contains(t, text(p, 43), c.menu, c.name)
	}
}

// A Pi asks again by nature, never asks port 4011, and the filters see what it is.
func TestPiStrategy(t *testing.T) {
	p := piPlan(forArch(dhcpopts.RPiBoot, "bootcode.bin"))
	for _, s := range []Strategy{Auto, Direct, BINL} {
		p.Strategy = s
		d := Decide(now, event(pi4, 67), p, Machine{Strategy: Direct, Offered: now, Address: true}, BINL)
		require.Equal(t, Direct, d.Machine.Strategy, s)
		require.Empty(t, d.Refusal)
	}
	deny, err := ParseSelector("rpiboot")
	require.NoError(t, err)
	p.Filter.Deny = []Selector{deny}
	require.Equal(t, "Raspberry Pi boot ROM: left alone, denied by rpiboot", Decide(now, event(pi4, 67), p, Machine{}, "").Why)
}

// A Pi uses an offered address without asking for it, so it keeps it.
func TestPiInPool(t *testing.T) {
	p := withPool(t)
	p.Cases = piPlan(forArch(dhcpopts.RPiBoot, "bootcode.bin")).Cases
	d := Decide(now, event(pi3, 67), p, Machine{}, "")
	require.Equal(t, "Raspberry Pi boot ROM: offered 10.99.0.100 and bootcode.bin (rule 1), 2s later", d.Why)
	require.Equal(t, now.Add(leaseTime), d.Grant.Until)
	offer, _ := sent(t, d)
	require.Contains(t, text(offer, 43), piText)
}
