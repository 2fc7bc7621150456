package dhcpopts_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

func TestExplain(t *testing.T) {
	p, err := dhcpopts.Parse(captured(t, "../testdata/captures/ovmf-x64-proxy.pcap")[0].payload)
	require.NoError(t, err)
	e := dhcpopts.Explain(p)
	require.Equal(t, "discover", e.Kind)
	require.True(t, e.End)
	require.Empty(t, e.Trailing)

	var names, texts []string
	for _, f := range e.Fields {
		names, texts = append(names, f.Name), append(texts, f.Text)
	}
	require.Equal(t, "op htype hlen hops xid secs flags ciaddr yiaddr siaddr giaddr chaddr sname file", strings.Join(names, " "))
	require.Equal(t, []string{"1 (request)", "1 (Ethernet)", "6", "0", "0xd16d49e8", "0", "0x8000 (broadcast)", "0.0.0.0", "0.0.0.0", "0.0.0.0", "0.0.0.0", "52:54:00:09:00:5f", "", ""}, texts)
	require.Equal(t, 108, e.Fields[13].Offset)

	text := map[uint8]dhcpopts.OptionText{}
	for _, o := range e.Options {
		text[o.Code] = o
	}
	require.Equal(t, []string{"architecture 7: x64 UEFI", "UNDI 3.0"}, text[60].Notes)
	require.Equal(t, []string{"7: x64 UEFI"}, text[93].Notes)
	require.Equal(t, []string{"an answer may have 1444 octets"}, text[57].Notes)
	require.Equal(t, "00000000-0000-0000-0000-000000000000", text[97].Text)
}

func TestExplainOption(t *testing.T) {
	for _, c := range []struct {
		code  uint8
		value string
		notes []string
		subs  []string // "name: text (notes)"
	}{
		{67, wds, []string{"closed by a NUL"}, nil},
		{67, "a", []string{"no closing NUL"}, nil},
		{67, "a\x00\x00", []string{"closed by 2 NULs"}, nil},
		{77, "iPXE", []string{"iPXE's bare form, not the counted one of RFC 3004"}, nil},
		{60, "PXEClient", []string{"PXEClient alone: from a server it says that the answer is for PXE or HTTP boot"}, nil},
		{60, "MSFT 5.0", nil, nil},
		{97, "\x00RPi5\x11\x31\xc0\x00\x32\x27\x76\xbc\x9f\xfe\xfd\xef", []string{"begins with RPi5: a Raspberry Pi's boot ROM, which says x86 BIOS in options 60 and 93"}, nil},
		{97, "\x00RPi5", nil, nil},
		{93, "\x00\x09\x00\x00", []string{"9: EFI byte code; x64 UEFI in the text of RFC 4578", "0: x86 BIOS", "the first type decides"}, nil},
		{43, "\x06\x01\x1f\x0a\x01\x00\x08\x03\x80\x00\x00\xff", nil, []string{
			"discovery control: 31 (no broadcast discovery, no multicast discovery, only servers of sub-option 8, boot the offered file at once: no prompt, menu or discovery, bits 4 to 7 must be zero)",
			"menu prompt: 0 (takes the first item at once)",
			"boot servers: 32768 (type 32768: any server that answers)",
		}},
		{43, "\x0a\x02\x0aF\x0a\x02\xffF", nil, []string{"menu prompt: 10 F (waits 10 seconds for F8)", "menu prompt: 255 F (shows the menu and waits)"}},
		{43, "\x06\x09\x08", []string{"option 43 sub-option 6 at byte 0: length 9 runs past end (1 left)"}, []string{"discovery control: 8 (boot the offered file at once: no prompt, menu or discovery)"}},
		{250, "\x02\x01\x03\x0b\x01\x02\xff", nil, []string{"next action: 3 (referral to another server)", "PXE client prompt: 2 (no prompt)"}},
	} {
		text := dhcpopts.ExplainOption(dhcpopts.Option{Code: c.code, Data: []byte(c.value)})
		require.Equal(t, c.notes, text.Notes, "%d %q", c.code, c.value)
		var subs []string
		for _, s := range text.Subs {
			note := " (" + strings.Join(s.Notes, ", ") + ")"
			subs = append(subs, s.Name+": "+s.Text+note)
		}
		require.Equal(t, c.subs, subs)
	}
}

func TestExplainDamaged(t *testing.T) {
	p, _ := dhcpopts.Parse(damaged("\x34\x01\x01\x43\x05ab", at(108, "\x0c\x01x")))
	e := dhcpopts.Explain(p)
	require.Equal(t, "BOOTP reply", e.Kind)
	require.False(t, e.End)
	require.Len(t, e.Faults, 2)
	require.Equal(t, []string{"no closing NUL", "cut: 2 of 5 octets"}, e.Options[1].Notes)
	require.Equal(t, dhcpopts.InFile, e.Options[2].In)
	require.Equal(t, "hex:0c0178", e.Fields[13].Text)
	require.Equal(t, []string{"holds options, as option 52 says"}, e.Fields[13].Notes)

	p, _ = dhcpopts.Parse(damaged("\xff\x00junk\x00")[:100])
	require.Len(t, dhcpopts.Explain(p).Fields, 12, "the fields that are whole: up to chaddr")
	p, _ = dhcpopts.Parse(damaged("\x43\x01a\x43\x01b\xff\x00junk\x00"))
	e = dhcpopts.Explain(p)
	require.Equal(t, "\x00junk", string(e.Trailing))
	require.Contains(t, e.Options[0].Notes, "instance 1 of 2")
}

func TestParseVendorClass(t *testing.T) {
	v, ok := dhcpopts.ParseVendorClass([]byte("PXEClient:Arch:00007:UNDI:003016"))
	require.True(t, ok)
	require.Equal(t, dhcpopts.VendorClass{Class: "PXEClient", Arch: 7, HasArch: true, Major: 3, UNDI: 16}, v)
	v, ok = dhcpopts.ParseVendorClass([]byte("HTTPClient"))
	require.True(t, ok)
	require.Equal(t, dhcpopts.VendorClass{Class: "HTTPClient"}, v)
	v, ok = dhcpopts.ParseVendorClass([]byte("PXEClient:Arch:99999"))
	require.True(t, ok)
	require.False(t, v.HasArch)
	_, ok = dhcpopts.ParseVendorClass([]byte("MSFT 5.0"))
	require.False(t, ok)
}
