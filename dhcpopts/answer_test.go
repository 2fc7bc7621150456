package dhcpopts

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBoots(t *testing.T) {
	require.False(t, Answer{SIAddr: netip.MustParseAddr("10.77.0.1"), Options: []Option{{Code: OptHostName, Data: []byte("pc")}}}.Boots())
	require.True(t, Answer{File: []byte("a")}.Boots())
	require.True(t, Answer{SName: []byte("a")}.Boots())
	require.True(t, Answer{Options: []Option{{Code: OptBootFile, Data: []byte("a")}}}.Boots())
}
