package targets

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts/dialect"
)

func TestFind(t *testing.T) {
	for _, want := range All {
		got, err := Find(want.Name)
		require.NoError(t, err)
		require.Equal(t, want.Name, got.Name)
	}
	for typed, near := range map[string]string{"palo-alto": "paloalto", "PaloAlto": "paloalto", "panos": "paloalto", "zzz": ""} {
		_, err := Find(typed)
		require.ErrorIs(t, err, ErrUnknown)
		if near == "" {
			require.NotContains(t, err.Error(), "did you mean")
			continue
		}
		require.ErrorContains(t, err, near)
	}
}

// TestRows holds what every target owes its callers.
func TestRows(t *testing.T) {
	require.NotEmpty(t, All)
	seen := map[string]bool{}
	for _, target := range All {
		t.Run(target.Name, func(t *testing.T) {
			require.False(t, seen[target.Name], "listed twice")
			seen[target.Name] = true
			require.NotEmpty(t, target.Title)
			require.NotNil(t, target.Write)
			for _, f := range dialect.Features {
				require.Contains(t, target.Support, f)
			}
		})
	}
}

// TestOrder holds the list that users are promised, in its order.
func TestOrder(t *testing.T) {
	var names []string
	for _, target := range All {
		names = append(names, target.Name)
	}
	require.Equal(t, strings.Fields(`isc kea dnsmasq infoblox windows relay routeros openwrt pfsense-isc pfsense-kea
		opnsense-isc opnsense-kea opnsense-dnsmasq cisco junos vyos edgeos fortios huawei comware arubaos aoscx meraki
		unifi technitium bloxone libvirt paloalto udhcpd networkd plan`), names)
}
