package targets

import "strings"

// aliases are names that admins use for a target which are no near miss of its
// own.
var aliases = map[string]string{
	"dhcpd": "isc", "isc-dhcp": "isc", "isc-dhcp-server": "isc", "kea-dhcp4": "kea", "nios": "infoblox",
	"microsoft": "windows", "msdhcp": "windows", "wds": "windows", "mikrotik": "routeros", "pfsense": "pfsense-isc",
	"opnsense": "opnsense-kea", "ios": "cisco", "iosxe": "cisco", "juniper": "junos", "ubiquiti": "unifi",
	"edgerouter": "edgeos", "fortigate": "fortios", "vrp": "huawei", "h3c": "comware", "procurve": "arubaos",
	"aruba": "arubaos", "cx": "aoscx", "universal-ddi": "bloxone", "virsh": "libvirt", "pan-os": "paloalto",
	"panos": "paloalto", "busybox": "udhcpd", "systemd": "networkd", "systemd-networkd": "networkd", "iphelper": "relay",
	"ip-helper": "relay",
}

// nearest returns the target a mistyped name most likely means, or "".
func nearest(name string) string {
	name = strings.ToLower(name)
	if to, ok := aliases[name]; ok && known(to) {
		return to
	}
	best, bestDistance := "", 3 // two slips are a typo, three another word
	for _, t := range All {
		if d := distance(name, t.Name); d < bestDistance && d < len(t.Name) {
			best, bestDistance = t.Name, d
		}
	}
	return best
}

func known(name string) bool {
	for _, t := range All {
		if t.Name == name {
			return true
		}
	}
	return false
}

// distance is the Levenshtein distance of two names in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substitute := diagonal
			if a[i] != b[j] {
				substitute++
			}
			diagonal = row[j+1]
			row[j+1] = min(substitute, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
