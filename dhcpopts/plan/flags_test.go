package plan

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

func TestFirstExample(t *testing.T) {
	p, findings, err := FromFlags(Flags{Server: "192.0.2.10", Files: []string{`boot\x64\wdsnbp.com`}, Scope: []string{"10.77.0.0/24"}})
	require.NoError(t, err)
	require.Len(t, findings, 1)
	require.Equal(t, dhcpopts.Info, findings[0].Severity)
	require.Contains(t, findings[0].Message, "goes to bios, by its name")
	bios := dhcpopts.Client{VendorClass: []byte("PXEClient:Arch:00000:UNDI:002001"), Archs: []dhcpopts.Arch{0}}
	a, origin, ok := p.Answer(bios)
	require.True(t, ok)
	require.Equal(t, "rule 1", origin)
	require.Equal(t, "192.0.2.10", a.SIAddr.String())
	file, _ := a.Get(67)
	require.Equal(t, "boot\\x64\\wdsnbp.com\x00", string(file))
	_, _, ok = p.Answer(dhcpopts.Client{VendorClass: []byte("PXEClient:Arch:00007:UNDI:003000"), Archs: []dhcpopts.Arch{7}})
	require.False(t, ok, "a UEFI machine must not get a BIOS program")
	_, _, ok = p.Answer(dhcpopts.Client{VendorClass: []byte("MSFT 5.0")})
	require.False(t, ok)
}
