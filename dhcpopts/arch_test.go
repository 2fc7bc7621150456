package dhcpopts_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

func TestArchs(t *testing.T) {
	require.Len(t, dhcpopts.Archs(), 42)
	names := map[string]bool{}
	for i, a := range dhcpopts.Archs() {
		require.Equal(t, dhcpopts.Arch(i), a)
		require.True(t, a.Registered())
		require.NotEmpty(t, a.Describe())
		require.False(t, names[a.String()], "%s twice", a)
		names[a.String()] = true
		again, exact, err := dhcpopts.ParseArch(a.String())
		require.NoError(t, err)
		require.False(t, exact)
		require.Equal(t, a, again)
	}
}

func TestParseArch(t *testing.T) {
	for text, want := range map[string]dhcpopts.Arch{
		"7": 7, "00011": 11, "x64": 7, "UEFI-x64": 7, "efi-bc": 9, "ia32": 6, "http-x64": 16, "uboot-http-arm64": 24,
		"bios": 0, " riscv64 ": 27, "http-loongarch64": 40, "rpiboot": 41, "65535": 65535,
	} {
		got, exact, err := dhcpopts.ParseArch(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
		require.Equal(t, text[0] >= '0' && text[0] <= '9', exact, text)
	}
	for _, text := range []string{"", "65536", "-1", "x65", "0x7", "efi-"} {
		_, _, err := dhcpopts.ParseArch(text)
		require.Error(t, err, text)
	}
}

func TestArchClass(t *testing.T) {
	http := map[dhcpopts.Arch]bool{15: true, 16: true, 17: true, 18: true, 19: true, 20: true, 23: true, 24: true, 26: true, 28: true, 30: true, 38: true, 40: true}
	for _, a := range dhcpopts.Archs() {
		require.Equal(t, http[a], a.HTTP(), a)
		want := "PXEClient"
		if http[a] {
			want = "HTTPClient"
		}
		require.Equal(t, want, a.Class())
	}
	require.Equal(t, "4660", dhcpopts.Arch(4660).String())
	require.Equal(t, "unregistered type", dhcpopts.Arch(4660).Describe())
	require.False(t, dhcpopts.Arch(42).Registered())
}

func TestAnswerEqual(t *testing.T) {
	ip := netip.MustParseAddr("192.0.2.10")
	base := func() dhcpopts.Answer {
		return dhcpopts.Answer{SIAddr: ip, File: []byte("f"), SName: []byte("s"), Options: []dhcpopts.Option{
			{Code: 66, Data: []byte("a")}, {Code: 67, Data: []byte("b")}, {Code: 67, Data: []byte("c")}}}
	}
	turned := base()
	turned.Options[0], turned.Options[1] = turned.Options[1], turned.Options[0]
	require.True(t, base().Equal(turned), "the order of different codes is free")
	for name, change := range map[string]func(*dhcpopts.Answer){
		"server":    func(a *dhcpopts.Answer) { a.SIAddr = netip.Addr{} },
		"file":      func(a *dhcpopts.Answer) { a.File = nil },
		"sname":     func(a *dhcpopts.Answer) { a.SName = []byte("t") },
		"value":     func(a *dhcpopts.Answer) { a.Options[0].Data = []byte("z") },
		"fewer":     func(a *dhcpopts.Answer) { a.Options = a.Options[:2] },
		"instances": func(a *dhcpopts.Answer) { a.Options[1], a.Options[2] = a.Options[2], a.Options[1] },
		"code":      func(a *dhcpopts.Answer) { a.Options[0].Code = 12 },
	} {
		other := base()
		change(&other)
		require.False(t, base().Equal(other), name)
	}
	zero := dhcpopts.Answer{SIAddr: netip.IPv4Unspecified()}
	require.True(t, zero.Equal(dhcpopts.Answer{}))
	require.True(t, zero.Empty())
	require.Equal(t, 2, base().Instances(67))
	v, ok := base().Get(67)
	require.True(t, ok)
	require.Equal(t, "bc", string(v))
}

func TestPlace(t *testing.T) {
	for want, p := range map[string]dhcpopts.Place{
		"a.conf:3:7":         {File: "a.conf", Line: 3, Column: 7},
		"line 3, column 7":   {Line: 3, Column: 7},
		"packet 2, byte 240": {Packet: 2, Offset: 240},
		"byte 240":           {Offset: 240},
		"":                   {},
	} {
		require.Equal(t, want, p.String())
	}
}
