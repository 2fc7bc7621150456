package kea

import "slices"

// fieldType is how one field of an option is written in a config and on the wire.
type fieldType uint8

const (
	typeEmpty fieldType = iota
	typeBinary
	typeString
	typeBool
	typeInt8
	typeInt16
	typeInt32
	typeUint8
	typeUint16
	typeUint32
	typeIPv4
	typeIPv6
	typeFQDN
)

// typeNames are the words of "type" in an option-def.
var typeNames = map[string]fieldType{
	"empty": typeEmpty, "binary": typeBinary, "string": typeString, "boolean": typeBool,
	"int8": typeInt8, "int16": typeInt16, "int32": typeInt32,
	"uint8": typeUint8, "uint16": typeUint16, "uint32": typeUint32,
	"ipv4-address": typeIPv4, "ipv6-address": typeIPv6, "fqdn": typeFQDN,
}

// definition is an option-def: several types make a record, an array repeats
// the last.
type definition struct {
	code        uint8
	name        string
	types       []fieldType
	array       bool
	encapsulate string
}

func typesOf(t ...fieldType) []fieldType { return t }

// mainSpace is the option space of DHCPv4 itself, vendorSpace that of option 43.
const (
	mainSpace   = "dhcp4"
	vendorSpace = "vendor-encapsulated-options-space"
)

// lastResort defines option 43 where no config does (LAST_RESORT_V4_OPTION_DEFINITIONS).
var lastResort = definition{43, "vendor-encapsulated-options", typesOf(typeEmpty), false, vendorSpace}

// standard are the definitions of Kea 2.2.0 (src/lib/dhcp/std_option_defs.h),
// but for v4-portparams and option-6rd, which have field types of their own.
var standard = []definition{
	{1, "subnet-mask", typesOf(typeIPv4), false, ""},
	{2, "time-offset", typesOf(typeInt32), false, ""},
	{3, "routers", typesOf(typeIPv4), true, ""},
	{4, "time-servers", typesOf(typeIPv4), true, ""},
	{5, "name-servers", typesOf(typeIPv4), true, ""},
	{6, "domain-name-servers", typesOf(typeIPv4), true, ""},
	{7, "log-servers", typesOf(typeIPv4), true, ""},
	{8, "cookie-servers", typesOf(typeIPv4), true, ""},
	{9, "lpr-servers", typesOf(typeIPv4), true, ""},
	{10, "impress-servers", typesOf(typeIPv4), true, ""},
	{11, "resource-location-servers", typesOf(typeIPv4), true, ""},
	{12, "host-name", typesOf(typeString), false, ""},
	{13, "boot-size", typesOf(typeUint16), false, ""},
	{14, "merit-dump", typesOf(typeString), false, ""},
	{15, "domain-name", typesOf(typeString), false, ""},
	{16, "swap-server", typesOf(typeIPv4), false, ""},
	{17, "root-path", typesOf(typeString), false, ""},
	{18, "extensions-path", typesOf(typeString), false, ""},
	{19, "ip-forwarding", typesOf(typeBool), false, ""},
	{20, "non-local-source-routing", typesOf(typeBool), false, ""},
	{21, "policy-filter", typesOf(typeIPv4), true, ""},
	{22, "max-dgram-reassembly", typesOf(typeUint16), false, ""},
	{23, "default-ip-ttl", typesOf(typeUint8), false, ""},
	{24, "path-mtu-aging-timeout", typesOf(typeUint32), false, ""},
	{25, "path-mtu-plateau-table", typesOf(typeUint16), true, ""},
	{26, "interface-mtu", typesOf(typeUint16), false, ""},
	{27, "all-subnets-local", typesOf(typeBool), false, ""},
	{28, "broadcast-address", typesOf(typeIPv4), false, ""},
	{29, "perform-mask-discovery", typesOf(typeBool), false, ""},
	{30, "mask-supplier", typesOf(typeBool), false, ""},
	{31, "router-discovery", typesOf(typeBool), false, ""},
	{32, "router-solicitation-address", typesOf(typeIPv4), false, ""},
	{33, "static-routes", typesOf(typeIPv4), true, ""},
	{34, "trailer-encapsulation", typesOf(typeBool), false, ""},
	{35, "arp-cache-timeout", typesOf(typeUint32), false, ""},
	{36, "ieee802-3-encapsulation", typesOf(typeBool), false, ""},
	{37, "default-tcp-ttl", typesOf(typeUint8), false, ""},
	{38, "tcp-keepalive-interval", typesOf(typeUint32), false, ""},
	{39, "tcp-keepalive-garbage", typesOf(typeBool), false, ""},
	{40, "nis-domain", typesOf(typeString), false, ""},
	{41, "nis-servers", typesOf(typeIPv4), true, ""},
	{42, "ntp-servers", typesOf(typeIPv4), true, ""},
	{44, "netbios-name-servers", typesOf(typeIPv4), true, ""},
	{45, "netbios-dd-server", typesOf(typeIPv4), true, ""},
	{46, "netbios-node-type", typesOf(typeUint8), false, ""},
	{47, "netbios-scope", typesOf(typeString), false, ""},
	{48, "font-servers", typesOf(typeIPv4), true, ""},
	{49, "x-display-manager", typesOf(typeIPv4), true, ""},
	{50, "dhcp-requested-address", typesOf(typeIPv4), false, ""},
	{51, "dhcp-lease-time", typesOf(typeUint32), false, ""},
	{52, "dhcp-option-overload", typesOf(typeUint8), false, ""},
	{53, "dhcp-message-type", typesOf(typeUint8), false, ""},
	{54, "dhcp-server-identifier", typesOf(typeIPv4), false, ""},
	{55, "dhcp-parameter-request-list", typesOf(typeUint8), true, ""},
	{56, "dhcp-message", typesOf(typeString), false, ""},
	{57, "dhcp-max-message-size", typesOf(typeUint16), false, ""},
	{58, "dhcp-renewal-time", typesOf(typeUint32), false, ""},
	{59, "dhcp-rebinding-time", typesOf(typeUint32), false, ""},
	{60, "vendor-class-identifier", typesOf(typeString), false, ""},
	{61, "dhcp-client-identifier", typesOf(typeBinary), false, ""},
	{62, "nwip-domain-name", typesOf(typeString), false, ""},
	{63, "nwip-suboptions", typesOf(typeBinary), false, ""},
	{64, "nisplus-domain-name", typesOf(typeString), false, ""},
	{65, "nisplus-servers", typesOf(typeIPv4), true, ""},
	{66, "tftp-server-name", typesOf(typeString), false, ""},
	{67, "boot-file-name", typesOf(typeString), false, ""},
	{68, "mobile-ip-home-agent", typesOf(typeIPv4), true, ""},
	{69, "smtp-server", typesOf(typeIPv4), true, ""},
	{70, "pop-server", typesOf(typeIPv4), true, ""},
	{71, "nntp-server", typesOf(typeIPv4), true, ""},
	{72, "www-server", typesOf(typeIPv4), true, ""},
	{73, "finger-server", typesOf(typeIPv4), true, ""},
	{74, "irc-server", typesOf(typeIPv4), true, ""},
	{75, "streettalk-server", typesOf(typeIPv4), true, ""},
	{76, "streettalk-directory-assistance-server", typesOf(typeIPv4), true, ""},
	{77, "user-class", typesOf(typeBinary), false, ""},
	{78, "slp-directory-agent", typesOf(typeBool, typeIPv4), true, ""},
	{79, "slp-service-scope", typesOf(typeBool, typeString), false, ""},
	{81, "fqdn", typesOf(typeUint8, typeUint8, typeUint8, typeFQDN), false, ""},
	{82, "dhcp-agent-options", typesOf(typeEmpty), false, "dhcp-agent-options-space"},
	{85, "nds-servers", typesOf(typeIPv4), true, ""},
	{86, "nds-tree-name", typesOf(typeString), false, ""},
	{87, "nds-context", typesOf(typeString), false, ""},
	{88, "bcms-controller-names", typesOf(typeFQDN), true, ""},
	{89, "bcms-controller-address", typesOf(typeIPv4), true, ""},
	{90, "authenticate", typesOf(typeBinary), false, ""},
	{91, "client-last-transaction-time", typesOf(typeUint32), false, ""},
	{92, "associated-ip", typesOf(typeIPv4), true, ""},
	{93, "client-system", typesOf(typeUint16), true, ""},
	{94, "client-ndi", typesOf(typeUint8, typeUint8, typeUint8), false, ""},
	{97, "uuid-guid", typesOf(typeUint8, typeBinary), false, ""},
	{98, "uap-servers", typesOf(typeString), false, ""},
	{99, "geoconf-civic", typesOf(typeBinary), false, ""},
	{100, "pcode", typesOf(typeString), false, ""},
	{101, "tcode", typesOf(typeString), false, ""},
	{108, "v6-only-preferred", typesOf(typeUint32), false, ""},
	{112, "netinfo-server-address", typesOf(typeIPv4), true, ""},
	{113, "netinfo-server-tag", typesOf(typeString), false, ""},
	{114, "v4-captive-portal", typesOf(typeString), false, ""},
	{116, "auto-config", typesOf(typeUint8), false, ""},
	{117, "name-service-search", typesOf(typeUint16), true, ""},
	{118, "subnet-selection", typesOf(typeIPv4), false, ""},
	{119, "domain-search", typesOf(typeFQDN), true, ""},
	{124, "vivco-suboptions", typesOf(typeUint32, typeBinary), false, ""},
	{125, "vivso-suboptions", typesOf(typeUint32), false, ""},
	{136, "pana-agent", typesOf(typeIPv4), true, ""},
	{137, "v4-lost", typesOf(typeFQDN), false, ""},
	{138, "capwap-ac-v4", typesOf(typeIPv4), true, ""},
	{141, "sip-ua-cs-domains", typesOf(typeFQDN), true, ""},
	{146, "rdnss-selection", typesOf(typeUint8, typeIPv4, typeIPv4, typeFQDN), true, ""},
	{213, "v4-access-domain", typesOf(typeFQDN), false, ""},
}

func standardByCode(code uint8) (definition, bool) {
	i := slices.IndexFunc(standard, func(d definition) bool { return d.code == code })
	if i < 0 {
		return definition{}, false
	}
	return standard[i], true
}

// defByName finds a name that an expression uses.
func defByName(name string) (definition, bool) {
	i := slices.IndexFunc(standard, func(d definition) bool { return d.name == name })
	if i >= 0 {
		return standard[i], true
	}
	return lastResort, name == lastResort.name
}
