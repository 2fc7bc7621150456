package plan

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// TestHead: the hosts kept and the rules resolve as in the whole plan, also when
// a host that is left out names efi-bc.
func TestHead(t *testing.T) {
	x64, bc := Match{Archs: []ArchRef{{Arch: dhcpopts.EFIX64}}}, Match{MAC: []byte{1, 2, 3, 4, 5, 6}, Archs: []ArchRef{{Arch: dhcpopts.EFIBC}}}
	p := &Plan{Server: netip.MustParseAddr("192.0.2.1"), Rules: []Rule{{Match: x64, File: "r"}}, Hosts: []Rule{{Match: x64, File: "a"}, {Match: bc, File: "b"}}}
	require.Same(t, p, p.Head(2))
	whole, head := p.Cases(), p.Head(1).Cases()
	require.Equal(t, []dhcpopts.Arch{dhcpopts.EFIX64}, whole[2].Cond.Archs)
	require.Equal(t, []Case{whole[0], whole[2]}, head)
	require.Equal(t, p.Cases()[2], p.Head(1).Head(0).Cases()[0])
}
