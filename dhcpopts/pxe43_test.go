package dhcpopts_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

func ptr[T any](v T) *T { return &v }

var menuPXE = dhcpopts.PXE{
	DiscoveryControl: ptr(uint8(3)),
	Multicast:        netip.MustParseAddr("224.0.1.2"),
	Servers: []dhcpopts.BootServer{
		{Type: 1, Addrs: []netip.Addr{netip.MustParseAddr("10.99.0.3"), netip.MustParseAddr("10.99.0.4")}},
		{Type: 0x8000},
	},
	Menu:   []dhcpopts.MenuItem{{Type: 1, Text: "Install"}, {Type: 0, Text: "Local boot"}},
	Prompt: &dhcpopts.Prompt{Timeout: 10, Text: "F8"},
	Item:   &dhcpopts.BootItem{Type: 1, Layer: 0x8000},
}

func TestEncodePXE(t *testing.T) {
	require.Nil(t, dhcpopts.EncodePXE(dhcpopts.PXE{}))
	require.Equal(t, []byte{6, 1, 8, 255}, dhcpopts.EncodePXE(dhcpopts.PXE{DiscoveryControl: ptr(uint8(8))}))

	b := dhcpopts.EncodePXE(menuPXE)
	require.Equal(t, "\x06\x01\x03"+"\x07\x04\xe0\x00\x01\x02"+
		"\x08\x0e\x00\x01\x02\x0a\x63\x00\x03\x0a\x63\x00\x04\x80\x00\x00"+
		"\x09\x17\x00\x01\x07Install\x00\x00\x0aLocal boot"+
		"\x0a\x03\x0aF8"+"\x47\x04\x00\x01\x80\x00"+"\xff", string(b))
	back, subs, err := dhcpopts.DecodePXE(b)
	require.NoError(t, err)
	require.Equal(t, menuPXE, back)
	require.Len(t, subs, 6)
	require.Equal(t, 9, subs[2].Offset)
	require.True(t, dhcpopts.PXEClosed(b))
	require.False(t, dhcpopts.PXEClosed(b[:len(b)-1]))
}

func TestPXELengthOctetNeverWraps(t *testing.T) {
	long := strings.Repeat("x", 253)
	many := make([]netip.Addr, 300)
	for i := range many {
		many[i] = netip.MustParseAddr("10.0.0.1")
	}
	for name, c := range map[string]struct {
		pxe  dhcpopts.PXE
		want string
	}{
		"menu":       {dhcpopts.PXE{Menu: []dhcpopts.MenuItem{{Type: 1, Text: long}}}, "sub-option 9 (boot menu) is 256 octets long, the most is 255"},
		"menu text":  {dhcpopts.PXE{Menu: []dhcpopts.MenuItem{{Type: 1, Text: long + long}}}, "sub-option 9 (boot menu) is 509 octets long"},
		"prompt":     {dhcpopts.PXE{Prompt: &dhcpopts.Prompt{Text: long + "xx"}}, "sub-option 10 (menu prompt) is 256 octets long"},
		"servers":    {dhcpopts.PXE{Servers: []dhcpopts.BootServer{{Addrs: many}}}, "sub-option 8 (boot servers) is 1203 octets long"},
		"whole":      {dhcpopts.PXE{Menu: []dhcpopts.MenuItem{{Text: long[:200]}}, Prompt: &dhcpopts.Prompt{Text: long[:200]}}, "option 43 is 409 octets long, clients read 255 at most"},
		"ipv6 addr":  {dhcpopts.PXE{Servers: []dhcpopts.BootServer{{Addrs: []netip.Addr{netip.IPv6Loopback()}}}}, `address "::1" is not IPv4`},
		"ipv6 group": {dhcpopts.PXE{Multicast: netip.MustParseAddr("ff02::1")}, "multicast address ff02::1 is not IPv4"},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorContains(t, c.pxe.Validate(), c.want)
			_, _, err := dhcpopts.DecodePXE(dhcpopts.EncodePXE(c.pxe))
			require.NoError(t, err, "what is written is still well formed")
		})
	}
	require.NoError(t, menuPXE.Validate())
}

func TestDecodePXEErrors(t *testing.T) {
	for in, want := range map[string]string{
		"\x06\x02\x08":                     "option 43 sub-option 6 at byte 0: length 2 runs past end (1 left)",
		"\x06\x01\x08\x09":                 "option 43 sub-option 9 at byte 3: no length octet follows",
		"\x00\x06\x02\x08\x08\xff":         "option 43 sub-option 6 (discovery control) at byte 3: length 2, must be 1",
		"\x08\x05\x00\x01\x01\x0a\x00\xff": "option 43 sub-option 8 (boot servers) at byte 2: count 1 needs 4 octets (2 left)",
		"\x08\x02\x00\x01\xff":             "option 43 sub-option 8 (boot servers) at byte 2: entry of 2 octets, must have type and count",
		"\x09\x05\x00\x01\x09ab\xff":       "option 43 sub-option 9 (boot menu) at byte 2: text length 9 runs past end (2 left)",
		"\x09\x01\x00\xff":                 "option 43 sub-option 9 (boot menu) at byte 2: entry of 1 octets, must have type and length",
		"\x0a\x00\xff":                     "option 43 sub-option 10 (menu prompt) at byte 2: empty, must have a timeout",
		"\x47\x02\x00\x01\xff":             "option 43 sub-option 71 (boot item) at byte 2: length 2, must be 4",
	} {
		_, subs, err := dhcpopts.DecodePXE([]byte(in))
		require.EqualError(t, err, want)
		var syntax *dhcpopts.SyntaxError
		require.ErrorAs(t, err, &syntax)
		require.NotEmpty(t, subs)
	}
}

func FuzzPXE(f *testing.F) {
	f.Add(dhcpopts.EncodePXE(menuPXE))
	f.Add([]byte{6, 1, 8, 255})
	f.Add([]byte("\x06\x01\x00\x0a\x04\x00PXE\x09\x14\x00\x00\x11Raspberry Pi Boot\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, _, err := dhcpopts.DecodePXE(data)
		if err != nil || p.Validate() != nil {
			return
		}
		again, _, err := dhcpopts.DecodePXE(dhcpopts.EncodePXE(p))
		require.NoError(t, err)
		require.Equal(t, p, again)
	})
}
