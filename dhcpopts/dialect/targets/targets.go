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
	dialect.Once(dnsmasq.Target),
	infoblox.Target,
	dialect.Once(appliance.Windows),
	appliance.Relay,
	dialect.Once(appliance.RouterOS),
	dialect.Once(appliance.OpenWrt),
	dialect.Once(appliance.PfSenseISC),
	dialect.Once(appliance.PfSenseKea),
	dialect.Once(appliance.OPNsenseISC),
	dialect.Once(appliance.OPNsenseKea),
	dialect.Once(appliance.OPNsenseDnsmasq),
	dialect.Once(appliance.Cisco),
	dialect.Once(appliance.Junos),
	dialect.Once(appliance.VyOS),
	appliance.EdgeOS,
	dialect.Once(appliance.FortiOS),
	dialect.Once(appliance.Huawei),
	dialect.Once(appliance.Comware),
	dialect.Once(appliance.ArubaOS),
	dialect.Once(appliance.AOSCX),
	dialect.Once(appliance.Meraki),
	dialect.Once(appliance.UniFi),
	dialect.Once(appliance.Technitium),
	dialect.Once(appliance.BloxOne),
	dialect.Once(appliance.Libvirt),
	appliance.PaloAlto,
	dialect.Once(appliance.Udhcpd),
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
