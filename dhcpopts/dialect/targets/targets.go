// Package targets is the list of all DHCP servers that a plan can be written
// for.
package targets

import (
	"errors"
	"fmt"
	"slices"

	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/appliance"
	"pxekit/dhcpopts/dialect/dnsmasq"
	"pxekit/dhcpopts/dialect/infoblox"
	"pxekit/dhcpopts/dialect/isc"
	"pxekit/dhcpopts/dialect/kea"
)

// All lists the targets in the order they are shown: servers, Infoblox,
// Windows, relays, appliances by maker, and the plan itself.
var All = []dialect.Target{
	isc.Target,
	kea.Target,
	dnsmasq.Target,
	infoblox.Target,
	appliance.Windows,
	appliance.Relay,
	appliance.RouterOS,
	appliance.OpenWrt,
	appliance.PfSenseISC,
	appliance.PfSenseKea,
	appliance.OPNsenseISC,
	appliance.OPNsenseKea,
	appliance.OPNsenseDnsmasq,
	appliance.Cisco,
	appliance.Junos,
	appliance.VyOS,
	appliance.EdgeOS,
	appliance.FortiOS,
	appliance.Huawei,
	appliance.Comware,
	appliance.ArubaOS,
	appliance.AOSCX,
	appliance.Meraki,
	appliance.UniFi,
	appliance.Technitium,
	appliance.BloxOne,
	appliance.Libvirt,
	appliance.PaloAlto,
	appliance.Udhcpd,
	appliance.Networkd,
	planFile,
}

// ErrUnknown is what a [Find] error wraps.
var ErrUnknown = errors.New("unknown target")

// Find returns a target by name. The error wraps [ErrUnknown] and names the
// nearest target when there is a near one.
func Find(name string) (dialect.Target, error) {
	i := slices.IndexFunc(All, func(t dialect.Target) bool { return t.Name == name })
	if i >= 0 {
		return All[i], nil
	}
	if near := nearest(name); near != "" {
		return dialect.Target{}, fmt.Errorf("%w %q, did you mean %q?", ErrUnknown, name, near)
	}
	return dialect.Target{}, fmt.Errorf("%w %q", ErrUnknown, name)
}
