package kea

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// TestHostName holds what Kea 2.2.0 answers on the wire.
func TestHostName(t *testing.T) {
	for sent, want := range map[string]string{
		"LapTop": "laptop", "a_b c": "abc", "laptop\x00": "laptop", "a\x00b": "ab", "x\x00\x00 ": "x", "\xffab": "ab",
		" x ": "x", "\tx": "x", "-": "-", "x.example.com": "x.example.com", "X.Y.": "x.y.", "Ab.": "ab",
		"_.x": ".x", "a._.b": "a..b", "": "", "_": "", "_.": "", ".x": "", "x..": "", "a..b": "", strings.Repeat("n", 64): "",
	} {
		require.Equal(t, want, hostName([]byte(sent)), "%q", sent)
	}
}

func TestHostNameReplacesConfiguredOne(t *testing.T) {
	configured := []dhcpopts.Option{{Code: dhcpopts.OptHostName, Data: []byte("conf")}}
	require.Equal(t, configured, withHostName(configured, dhcpopts.Client{}))
	got := withHostName(configured, dhcpopts.Client{HostName: []byte("PC")})
	require.Equal(t, []dhcpopts.Option{{Code: dhcpopts.OptHostName, Data: []byte("pc")}}, got)
}
