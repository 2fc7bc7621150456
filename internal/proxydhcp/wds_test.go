package proxydhcp

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

// wdsRequest is what wdsmgfw.efi sends, of a public log of Configuration Manager.
func wdsRequest(said string) dhcpopts.Client {
	c := dhcpopts.Firmware(dhcpopts.EFIX64)
	c.VendorClass = []byte("PXEClient")
	c.RequestList = []uint8{60, 128, 129, 130, 131, 132, 133, 134, 135}
	return at(with(c, dhcpopts.Request, dhcpopts.Option{Code: dhcpopts.OptWDS, Data: []byte(said)}), leased)
}

const wdsmgfwSays = "\x0c\x01\x00\x0d\x02\x08\x00\x01\x02\x00\x07\x0e\x01\x00\xff"

func wdsPlan(w *plan.WDS, options ...dhcpopts.Option) Policy {
	r := forArch(dhcpopts.EFIX64, `boot\x64\wdsmgfw.efi`)
	r.WDS, r.Options = w, options
	return piPlan(r)
}

// The answer to the boot program's question, to the octet.
func TestGoldenWDS(t *testing.T) {
	const bcd = `\Boot\BCD`
	d := Decide(now, event(wdsRequest(wdsmgfwSays), 4011), wdsPlan(&plan.WDS{File: `boot\x64\bootmgfw.efi`, BCD: bcd}), Machine{}, "")
	require.Equal(t, `UEFI x64: asked port 4011 what comes next, told boot\x64\bootmgfw.efi (rule 1)`, d.Why)
	require.True(t, d.Machine.Asked)
	p, to := sent(t, d)
	require.Equal(t, "10.99.0.50:4011", to)
	require.Equal(t, uint8(dhcpopts.Ack), p.MessageType())
	require.Equal(t, local, p.SIAddr)
	require.Equal(t, `boot\x64\bootmgfw.efi`, string(p.FileName()))
	b, err := d.Replies[0].Bytes()
	require.NoError(t, err)
	want := "350105" + "36040a630002" + "6111" + hex.EncodeToString(make([]byte, 17)) + "3c09505845436c69656e74" +
		"fa07" + "0b0102" + "0e0101" + "ff" +
		"fc0a" + hex.EncodeToString([]byte(bcd)) + "00" +
		"4209" + hex.EncodeToString([]byte("10.99.0.2")) +
		"4316" + hex.EncodeToString([]byte(`boot\x64\bootmgfw.efi`)) + "00" + "ff"
	require.Equal(t, want, hex.EncodeToString(b[240:])[:len(want)])
	require.Empty(t, dhcpopts.Check(p), "decode finds nothing wrong with it")
}

func TestWDSDialogue(t *testing.T) {
	w := &plan.WDS{File: `boot\x64\bootmgfw.efi`}
	own := dhcpopts.Option{Code: dhcpopts.OptWDS, Data: []byte("\x02\x01\x05\xff")}
	store := dhcpopts.Option{Code: dhcpopts.OptWDSBCD, Data: []byte(`\own.bcd`)}
	for _, c := range []struct {
		name   string
		said   string
		policy Policy
		o250   string // "" is silence
		o252   string
	}{
		{"no store named: the boot manager knows its own", wdsmgfwSays, wdsPlan(w), "\x0b\x01\x02\x0e\x01\x01\xff", ""},
		{"its request id is sent back", "\x0d\x02\x08\x00\x05\x04\x00\x00\x00\x02\xff", wdsPlan(w), "\x05\x04\x00\x00\x00\x02\x0b\x01\x02\x0e\x01\x01\xff", ""},
		{"broken items", "\x0d\x09\x08", wdsPlan(w), "\x0b\x01\x02\x0e\x01\x01\xff", ""},
		{"the plan's own options", wdsmgfwSays, wdsPlan(&plan.WDS{File: "a", BCD: "b"}, own, store), string(own.Data), string(store.Data)},
		{"nothing to load next: never the same program again", wdsmgfwSays, wdsPlan(nil), "", ""},
		{"a store alone", wdsmgfwSays, wdsPlan(&plan.WDS{BCD: "b"}), "", ""},
		{"no rule", wdsmgfwSays, piPlan(forArch(dhcpopts.BIOS, "a")), "", ""},
	} {
		d := Decide(now, event(wdsRequest(c.said), 4011), c.policy, Machine{}, "")
		if c.o250 == "" {
			require.Empty(t, d.Replies, c.name)
			require.NotEmpty(t, d.Why)
			continue
		}
		p, _ := sent(t, d)
		require.Equal(t, c.o250, text(p, 250), c.name)
		require.Equal(t, c.o252, text(p, 252), c.name)
	}
	// The firmware's own question gets the boot program, and no dialogue.
	first, _ := sent(t, Decide(now, event(at(with(dhcpopts.Firmware(dhcpopts.EFIX64), dhcpopts.Request), leased), 4011), wdsPlan(w), Machine{}, ""))
	require.Equal(t, `boot\x64\wdsmgfw.efi`, string(first.FileName()))
	require.Empty(t, text(first, 250)+text(first, 252))
}
