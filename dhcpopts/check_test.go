package dhcpopts_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

func ids(found []dhcpopts.Finding) []string {
	all := []string{}
	for _, f := range found {
		all = append(all, f.ID)
	}
	return all
}

func TestCheckOption(t *testing.T) {
	for _, c := range []struct {
		code  uint8
		value string
		want  string // "ID ID"
		fix   string
	}{
		{67, wds, "", ""},
		{67, `boot\x64\wdsnbp.com`, "", ""},
		{67, `\\srv\share\pxeboot.n12`, "", ""},
		{67, "http://192.0.2.10/boot.ipxe", "", ""},
		{67, "EFI/BOOT/bootx64.efi", "", ""},
		{67, "bootx64.efi", "", ""},
		{67, "bootmgfw.efi", "", ""},
		{67, "", "PXK010", ""},
		{67, "\x00", "PXK010", ""},
		{67, "boot.efi\x00junk", "PXK026", ""},
		{67, "boot.efi\x00\x00", "", ""},
		{67, "boot.efi\r\n", "PXK012", "boot.efi"},
		{67, "boot.efi ", "PXK013", "boot.efi"},
		{67, " boot.efi\x00", "PXK013", "boot.efi"},
		{67, `"boot.efi"`, "PXK014", "boot.efi"},
		{67, "'boot.efi'", "PXK014", "boot.efi"},
		{67, "netboot.xyz.efi\xff\x00", "PXK015", ""},
		{67, "größe.efi", "PXK016", ""},
		{67, "b\xf6t.efi", "PXK016", ""},
		{67, `boot\\x64\\wdsnbp.com`, "PXK017", `boot\x64\wdsnbp.com`},
		{67, `\\srv\\share\\x.efi`, "PXK017", `\\srv\share\x.efi`},
		{67, "bootdwdsnbp.com", "PXK018", `boot\x64\wdsnbp.com`},
		{67, "bootx64wdsnbp.com\x00", "PXK018", `boot\x64\wdsnbp.com`},
		{67, `bootx64\wdsnbp.com`, "PXK018", `boot\x64\wdsnbp.com`},
		{67, `BootDWDSNBP.com`, "PXK018", `Boot\x64\WDSNBP.com`},
		{67, `boot\wdsnbp.com`, "", ""},
		{67, `pxe\x64\wdsnbp.com`, "", ""},
		{67, "smsbootx64wdsmgfw.efi", "PXK018", `smsboot\x64\wdsmgfw.efi`},
		{67, "boot\x86pxeboot.n12", "PXK016 PXK018", `boot\x86\pxeboot.n12`},
		{67, "smsbootCEN00001x64wdsnbp.com", "PXK018", ""},
		{67, "bootd\bootmgfw.efi", "PXK012 PXK018", `boot\x64\bootmgfw.efi`},
		{67, "a\tftp.efi", "PXK012 PXK018", `a\tftp.efi`},
		{67, "http://192.0.2.10/a b", "PXK023", ""},
		{66, "192.0.2.10", "", ""},
		{66, "192.0.2.10\x00", "", ""},
		{66, "\xc0\x00\x02\x0a", "PXK031", "192.0.2.10"},
		{66, "wds1", "PXK032", ""},
		{66, "192.0.2.10 ", "PXK034", "192.0.2.10"},
		{60, "PXEClient", "", ""},
		{60, "pxeclient", "PXK049", "PXEClient"},
		{60, "MSFT 5.0", "", ""},
		{43, "\x06\x01\x08\xff", "", ""},
		{43, "\x06\x01\x08", "PXK044", ""},
		{43, "\x06\x02\x08\xff", "PXK043", ""},
		{43, "\x01\x04\xe0\x00\x01\x02\x02\x02\x00\x01\x03\x02\x00\x01\x04\x01\x01\x05\x01\x01\xff", "PXK042", ""},
		{43, "\x06\x01\x03\x09\x04\x00\x01\x01a\x0a\x02\x00p\xff", "PXK045", ""},
		{43, "\x06\x01\x00\x09\x04\x00\x01\x01a\x0a\x02\x00p\xff", "PXK046", ""},
		{43, "\x06\x01\x03\x09\x14\x00\x00\x11Raspberry Pi Boot\x0a\x04\x00PXE\xff", "", ""},
		{43, "\x06\x01\x03\x08\x03\x00\x01\x00\xff", "PXK047", ""},
		{43, "\x47\x04\x00\x01\x00\x00\xff", "", ""},
		{93, "\x00\x07", "", ""},
		{93, "\x00\x07\x00", "PXK060", ""},
		{93, "", "PXK060", ""},
		{97, strings.Repeat("\x00", 17), "", ""},
		{97, strings.Repeat("\x00", 16), "PXK061", ""},
		{57, "\x02\x40", "", ""},
		{57, "\x01\x00", "PXK063", ""},
		{57, "\x01", "PXK009", ""},
		{150, "\x0a\x00\x00", "PXK009", ""},
	} {
		found := dhcpopts.CheckOption(c.code, []byte(c.value))
		require.Equal(t, strings.Fields(c.want), ids(found), "%d %q", c.code, c.value)
		if c.want != "" {
			require.Equal(t, c.fix, found[len(found)-1].Fix, "%q", c.value)
			require.NotContains(t, found[0].Message, "%!")
		}
	}
}

// offer builds a reply; h is siaddr, yiaddr and file in one.
func offer(t *testing.T, options string, edit ...func([]byte)) *dhcpopts.Packet {
	b := damaged("\x35\x01\x02"+options, edit...)
	p, _ := dhcpopts.Parse(b)
	return p
}

var (
	lease  = at(16, "\x0a\x4d\x00\x64") // yiaddr: an offer of an address, not a proxy's
	server = at(20, "\xc0\x00\x02\x0a") // siaddr 192.0.2.10
	named  = at(108, "p.efi")
)

func TestCheckReply(t *testing.T) {
	const pxe = "\x3c\x09PXEClient"
	const http = "\x3c\x0aHTTPClient"
	const now = "\x2b\x04\x06\x01\x08\xff"
	for name, c := range map[string]struct {
		packet *dhcpopts.Packet
		want   string
	}{
		"good proxy offer":      {offer(t, pxe+now+"\x43\x06p.efi\x00\xff", server, named), ""},
		"good DHCP offer":       {offer(t, "\x42\x0a192.0.2.10\x43\x06p.efi\x00\xff", lease, server, named), ""},
		"good HTTP offer":       {offer(t, http+"\x43\x17http://192.0.2.10/x.efi\xff", lease), ""},
		"file differs":          {offer(t, "\x43\x06q.efi\x00\xff", lease, server, named), "PXK024"},
		"67 before others":      {offer(t, pxe+"\x43\x05p.efi"+now+"\xff", server, named), "PXK011"},
		"the same with address": {offer(t, pxe+"\x43\x05p.efi"+now+"\xff", lease, server, named), ""},
		"67 last":               {offer(t, pxe+now+"\x43\x05p.efi\xff", server, named), ""},
		"two 67":                {offer(t, "\x43\x02a\x00\x43\x02b\x00\xff", lease, server), "PXK026 PXK027 PXK007"},
		"only 66":               {offer(t, "\x42\x0a192.0.2.10\x43\x06p.efi\x00\xff", lease), "PXK030 PXK027"},
		"no server":             {offer(t, "\x43\x06p.efi\x00\xff", lease), "PXK030 PXK027"},
		"other 66":              {offer(t, "\x42\x0a192.0.2.11\x43\x06p.efi\x00\xff", lease, server), "PXK033 PXK027"},
		"60 left over":          {offer(t, pxe+"\x43\x06p.efi\x00\xff", lease, server), "PXK040 PXK027"},
		"WDS":                   {offer(t, pxe+"\xff", server), "PXK040"},
		"6=8 without file":      {offer(t, pxe+now+"\xff", server), "PXK041"},
		"43 without 60":         {offer(t, now+"\x43\x06p.efi\x00\xff", lease, server), "PXK048 PXK027"},
		"other vendor's 43":     {offer(t, "\x2b\x03\xf1\x01\x00\xff", lease), ""},
		"URL for PXE":           {offer(t, pxe+now+"\x43\x0etftp://a/x.efi\xff", server), "PXK019"},
		"plain path for HTTP":   {offer(t, http+"\x43\x05p.efi\xff", lease, server), "PXK020"},
		"URL for nobody":        {offer(t, "\x43\x17http://192.0.2.10/x.efi\xff", lease), "PXK021"},
		"URL by name":           {offer(t, http+"\x43\x10http://srv/x.efi\xff", lease), "PXK022"},
		"URL by name and DNS":   {offer(t, http+"\x06\x04\x0a\x00\x00\x01\x43\x10http://srv/x.efi\xff", lease), ""},
		"overload":              {offer(t, "\x34\x01\x01\xff", lease, server, at(108, "\x43\x02x\x00\xff")), "PXK008"},
		"full file":             {offer(t, "\xff", lease, server, at(108, strings.Repeat("f", 128))), "PXK025"},
		"hidden":                {offer(t, "\xff", lease, server, at(108, "a\x00b")), "PXK026"},
		"trailing":              {offer(t, "\xff\x00x", lease), "PXK006"},
		"twice":                 {offer(t, "\x0c\x01a\x0c\x01b\xff", lease), "PXK007"},
		"no end":                {offer(t, "", lease), "PXK003"},
		"past end":              {offer(t, "\x0c\x09a", lease), "PXK004"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, strings.Fields(c.want), ids(dhcpopts.Check(c.packet)))
		})
	}
}

func TestCheckWDSOfferIsMild(t *testing.T) {
	found := dhcpopts.Check(offer(t, "\x3c\x09PXEClient\xff", server))
	require.Equal(t, dhcpopts.Info, found[0].Severity)
	require.Contains(t, found[0].Message, "192.0.2.10 on port 4011")
}

func TestCheckRequest(t *testing.T) {
	c, err := dhcpopts.ParseClient("efi-x64,archs=6")
	require.NoError(t, err)
	found := dhcpopts.Check(c.Packet(1))
	require.Equal(t, []string{"PXK062"}, ids(found))
	require.Positive(t, found[0].Place.Offset)
	for _, c := range dhcpopts.StandardClients() {
		require.Empty(t, dhcpopts.Check(c.Packet(1)), c.Name)
	}
	nak, err := dhcpopts.Parse(damaged("\x35\x01\x06\xff", named))
	require.NoError(t, err)
	require.Empty(t, dhcpopts.Check(nak), "a NAK offers nothing")
	short, _ := dhcpopts.Parse(make([]byte, 10))
	require.Equal(t, []string{"PXK001"}, ids(dhcpopts.Check(short)))
	bootp, _ := dhcpopts.Parse(make([]byte, 300))
	require.Equal(t, []string{"PXK002"}, ids(dhcpopts.Check(bootp)))
	long, _ := dhcpopts.Parse(damaged("\xff", at(2, "\xff")))
	require.Equal(t, []string{"PXK005"}, ids(dhcpopts.Check(long)))
}

// TestCheckCorpus: messages that machines really booted by have no errors; the
// one capture of a boot that failed has the error that failed it.
func TestCheckCorpus(t *testing.T) {
	errors := map[string]string{}
	for _, m := range corpus(t) {
		p, _ := dhcpopts.Parse(m.payload)
		for _, f := range dhcpopts.Check(p) {
			_, known := dhcpopts.RuleByID(f.ID)
			require.True(t, known, f.ID)
			require.NotContains(t, f.Message, "%!", m.from)
			if strings.HasSuffix(m.from, ".pcap") && f.Severity == dhcpopts.Error {
				errors[m.from] = f.ID
			}
		}
	}
	require.Equal(t, map[string]string{"ovmf-x64-4011-silent.pcap": "PXK040"}, errors)
}

func FuzzCheck(f *testing.F) {
	for _, c := range damagedCases {
		f.Add(c.payload)
	}
	for _, m := range corpus(f)[:50] {
		f.Add(m.payload)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, _ := dhcpopts.Parse(b)
		for _, found := range dhcpopts.Check(p) {
			require.Equal(t, found.Message, string(dhcpopts.ParseSafeText(dhcpopts.SafeText([]byte(found.Message)))))
			require.False(t, strings.ContainsFunc(found.Message, func(r rune) bool { return r < ' ' || r == 0x7f }), found.Message)
		}
		for _, o := range dhcpopts.Explain(p).Options {
			dhcpopts.CheckOption(o.Code, o.Data)
			require.False(t, strings.ContainsFunc(o.Text, func(r rune) bool { return r < ' ' || r == 0x7f }), o.Text)
		}
	})
}
