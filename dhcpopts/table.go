package dhcpopts

// Kind says how an option's value is built, and so how it reads as text.
type Kind string

// The kinds of value.
const (
	KindBytes     Kind = "bytes"        // no structure that this module knows
	KindOpaque    Kind = "opaque"       // text or octets, as the sender likes
	KindText      Kind = "text"         // text without length octet
	KindIP        Kind = "ip"           // one IPv4 address
	KindIPs       Kind = "ip list"      // IPv4 addresses
	KindU8        Kind = "u8"           // number of one octet
	KindU16       Kind = "u16"          // number of two octets, big-endian
	KindU16LE     Kind = "u16le"        // number of two octets, little-endian: PXE's MTFTP ports
	KindU16s      Kind = "u16 list"     // numbers of two octets
	KindU32       Kind = "u32"          // number of four octets
	KindI32       Kind = "i32"          // signed number of four octets
	KindFlag      Kind = "flag"         // 0 or 1
	KindEmpty     Kind = "empty"        // no value: being there is the message
	KindCodes     Kind = "option list"  // option numbers
	KindArchs     Kind = "arch list"    // architecture types
	KindMessage   Kind = "message"      // message type
	KindOverload  Kind = "overload"     // which header fields hold options
	KindUNDI      Kind = "undi"         // interface type and version
	KindMachineID Kind = "machine id"   // type 0 and a UUID, or other octets
	KindClientID  Kind = "client id"    // hardware type and address, or other octets
	KindUserClass Kind = "user class"   // RFC 3004's counted strings, or iPXE's bare one
	KindRoutes    Kind = "routes"       // prefixes and routers, RFC 3442
	KindPXE       Kind = "pxe"          // PXE sub-options
	KindRelay     Kind = "relay"        // relay agent sub-options
	KindIPXE      Kind = "ipxe"         // iPXE sub-options
	KindWDS       Kind = "wds"          // items of a WDS boot program
	KindServers   Kind = "boot servers" // PXE sub-option 8
	KindMenu      Kind = "boot menu"    // 9
	KindPrompt    Kind = "menu prompt"  // 10
	KindItem      Kind = "boot item"    // 71
)

// OptionInfo is a row of the option table, or of a table of sub-options.
type OptionInfo struct {
	Code uint8
	Name string
	Kind Kind
	Ref  string // where it is defined
}

// options are all that IANA's registry "BOOTP Vendor Extensions and DHCP
// Options" assigns, and those of its tentative and private ranges that boot
// machines.
var options = []OptionInfo{
	{1, "subnet mask", KindIP, "RFC 2132 3.3"},
	{2, "time offset", KindI32, "RFC 2132 3.4"},
	{3, "router", KindIPs, "RFC 2132 3.5"},
	{4, "time server", KindIPs, "RFC 2132 3.6"},
	{5, "name server", KindIPs, "RFC 2132 3.7"},
	{6, "domain name server", KindIPs, "RFC 2132 3.8"},
	{7, "log server", KindIPs, "RFC 2132 3.9"},
	{8, "quotes server", KindIPs, "RFC 2132 3.10"},
	{9, "LPR server", KindIPs, "RFC 2132 3.11"},
	{10, "Impress server", KindIPs, "RFC 2132 3.12"},
	{11, "resource location server", KindIPs, "RFC 2132 3.13"},
	{12, "host name", KindText, "RFC 2132 3.14"},
	{13, "boot file size", KindU16, "RFC 2132 3.15"},
	{14, "merit dump file", KindText, "RFC 2132 3.16"},
	{15, "domain name", KindText, "RFC 2132 3.17"},
	{16, "swap server", KindIP, "RFC 2132 3.18"},
	{17, "root path", KindText, "RFC 2132 3.19"},
	{18, "extensions path", KindText, "RFC 2132 3.20"},
	{19, "IP forwarding", KindFlag, "RFC 2132 4.1"},
	{20, "non-local source routing", KindFlag, "RFC 2132 4.2"},
	{21, "policy filter", KindIPs, "RFC 2132 4.3"},
	{22, "maximum datagram reassembly size", KindU16, "RFC 2132 4.4"},
	{23, "default IP time to live", KindU8, "RFC 2132 4.5"},
	{24, "path MTU aging timeout", KindU32, "RFC 2132 4.6"},
	{25, "path MTU plateau table", KindU16s, "RFC 2132 4.7"},
	{26, "interface MTU", KindU16, "RFC 2132 5.1"},
	{27, "all subnets are local", KindFlag, "RFC 2132 5.2"},
	{28, "broadcast address", KindIP, "RFC 2132 5.3"},
	{29, "perform mask discovery", KindFlag, "RFC 2132 5.4"},
	{30, "mask supplier", KindFlag, "RFC 2132 5.5"},
	{31, "perform router discovery", KindFlag, "RFC 2132 5.6"},
	{32, "router solicitation address", KindIP, "RFC 2132 5.7"},
	{33, "static route", KindIPs, "RFC 2132 5.8"},
	{34, "trailer encapsulation", KindFlag, "RFC 2132 6.1"},
	{35, "ARP cache timeout", KindU32, "RFC 2132 6.2"},
	{36, "Ethernet encapsulation", KindFlag, "RFC 2132 6.3"},
	{37, "TCP default time to live", KindU8, "RFC 2132 7.1"},
	{38, "TCP keepalive interval", KindU32, "RFC 2132 7.2"},
	{39, "TCP keepalive garbage", KindFlag, "RFC 2132 7.3"},
	{40, "NIS domain", KindText, "RFC 2132 8.1"},
	{41, "NIS servers", KindIPs, "RFC 2132 8.2"},
	{42, "NTP servers", KindIPs, "RFC 2132 8.3"},
	{43, "vendor-specific information", KindPXE, "RFC 2132 8.4"},
	{44, "NetBIOS name server", KindIPs, "RFC 2132 8.5"},
	{45, "NetBIOS datagram distribution server", KindIPs, "RFC 2132 8.6"},
	{46, "NetBIOS node type", KindU8, "RFC 2132 8.7"},
	{47, "NetBIOS scope", KindText, "RFC 2132 8.8"},
	{48, "X Window font server", KindIPs, "RFC 2132 8.9"},
	{49, "X Window display manager", KindIPs, "RFC 2132 8.10"},
	{50, "requested IP address", KindIP, "RFC 2132 9.1"},
	{51, "IP address lease time", KindU32, "RFC 2132 9.2"},
	{52, "option overload", KindOverload, "RFC 2132 9.3"},
	{53, "DHCP message type", KindMessage, "RFC 2132 9.6"},
	{54, "server identifier", KindIP, "RFC 2132 9.7"},
	{55, "parameter request list", KindCodes, "RFC 2132 9.8"},
	{56, "message", KindText, "RFC 2132 9.9"},
	{57, "maximum DHCP message size", KindU16, "RFC 2132 9.10"},
	{58, "renewal time", KindU32, "RFC 2132 9.11"},
	{59, "rebinding time", KindU32, "RFC 2132 9.12"},
	{60, "vendor class identifier", KindText, "RFC 2132 9.13"},
	{61, "client identifier", KindClientID, "RFC 2132 9.14"},
	{62, "NetWare/IP domain name", KindText, "RFC 2242 2"},
	{63, "NetWare/IP information", KindBytes, "RFC 2242 3"},
	{64, "NIS+ domain", KindText, "RFC 2132 8.11"},
	{65, "NIS+ servers", KindIPs, "RFC 2132 8.12"},
	{66, "TFTP server name", KindText, "RFC 2132 9.4"},
	{67, "bootfile name", KindText, "RFC 2132 9.5"},
	{68, "mobile IP home agent", KindIPs, "RFC 2132 8.13"},
	{69, "SMTP server", KindIPs, "RFC 2132 8.14"},
	{70, "POP3 server", KindIPs, "RFC 2132 8.15"},
	{71, "NNTP server", KindIPs, "RFC 2132 8.16"},
	{72, "WWW server", KindIPs, "RFC 2132 8.17"},
	{73, "finger server", KindIPs, "RFC 2132 8.18"},
	{74, "IRC server", KindIPs, "RFC 2132 8.19"},
	{75, "StreetTalk server", KindIPs, "RFC 2132 8.20"},
	{76, "StreetTalk directory assistance server", KindIPs, "RFC 2132 8.21"},
	{77, "user class", KindUserClass, "RFC 3004"},
	{78, "SLP directory agent", KindBytes, "RFC 2610 3"},
	{79, "SLP service scope", KindBytes, "RFC 2610 4"},
	{80, "rapid commit", KindEmpty, "RFC 4039 4"},
	{81, "client FQDN", KindBytes, "RFC 4702"},
	{82, "relay agent information", KindRelay, "RFC 3046"},
	{83, "iSNS", KindBytes, "RFC 4174"},
	{85, "NDS servers", KindIPs, "RFC 2241 2"},
	{86, "NDS tree name", KindText, "RFC 2241 3"},
	{87, "NDS context", KindText, "RFC 2241 4"},
	{88, "BCMCS controller domain names", KindBytes, "RFC 4280 4.1"},
	{89, "BCMCS controller addresses", KindIPs, "RFC 4280 4.3"},
	{90, "authentication", KindBytes, "RFC 3118"},
	{91, "client last transaction time", KindU32, "RFC 4388 6.1"},
	{92, "associated IP", KindIPs, "RFC 4388 6.1"},
	{93, "client system architecture", KindArchs, "RFC 4578 2.1"},
	{94, "client network interface identifier", KindUNDI, "RFC 4578 2.2"},
	{95, "LDAP", KindText, "RFC 3679"},
	{97, "client machine identifier", KindMachineID, "RFC 4578 2.3"},
	{98, "user authentication protocol", KindText, "RFC 2485"},
	{99, "civic location", KindBytes, "RFC 4776"},
	{100, "POSIX time zone", KindText, "RFC 4833"},
	{101, "TZ database time zone", KindText, "RFC 4833"},
	{108, "IPv6-only preferred", KindU32, "RFC 8925"},
	{109, "DHCP 4o6 softwire source address", KindBytes, "RFC 8539"},
	{112, "NetInfo parent server address", KindIPs, "RFC 3679"},
	{113, "NetInfo parent server tag", KindText, "RFC 3679"},
	{114, "captive portal", KindText, "RFC 8910"},
	{116, "auto-configure", KindU8, "RFC 2563"},
	{117, "name service search", KindU16s, "RFC 2937"},
	{118, "subnet selection", KindIP, "RFC 3011"},
	{119, "domain search", KindBytes, "RFC 3397"},
	{120, "SIP servers", KindBytes, "RFC 3361"},
	{121, "classless static route", KindRoutes, "RFC 3442"},
	{122, "CableLabs client configuration", KindBytes, "RFC 3495"},
	{123, "GeoConf location", KindBytes, "RFC 6225"},
	{124, "vendor-identifying vendor class", KindBytes, "RFC 3925 3"},
	{125, "vendor-identifying vendor-specific information", KindBytes, "RFC 3925 4"},
	{128, "PXE, undefined", KindOpaque, "RFC 4578 2.4"},
	{129, "PXE, undefined", KindOpaque, "RFC 4578 2.4"},
	{130, "PXE, undefined", KindOpaque, "RFC 4578 2.4"},
	{131, "PXE, undefined", KindOpaque, "RFC 4578 2.4"},
	{132, "PXE, undefined", KindOpaque, "RFC 4578 2.4"},
	{133, "PXE, undefined", KindOpaque, "RFC 4578 2.4"},
	{134, "PXE, undefined", KindOpaque, "RFC 4578 2.4"},
	{135, "PXE, undefined", KindOpaque, "RFC 4578 2.4"},
	{136, "PANA agent", KindIPs, "RFC 5192"},
	{137, "LoST server", KindBytes, "RFC 5223"},
	{138, "CAPWAP access controller", KindIPs, "RFC 5417"},
	{139, "MoS server addresses", KindBytes, "RFC 5678"},
	{140, "MoS domain names", KindBytes, "RFC 5678"},
	{141, "SIP UA configuration service domains", KindBytes, "RFC 6011"},
	{142, "ANDSF server", KindIPs, "RFC 6153"},
	{143, "SZTP redirect", KindBytes, "RFC 8572"},
	{144, "GeoLoc location", KindBytes, "RFC 6225"},
	{145, "forcerenew nonce capable", KindBytes, "RFC 6704"},
	{146, "RDNSS selection", KindBytes, "RFC 6731"},
	{147, "DOTS reference identifier", KindBytes, "RFC 8973"},
	{148, "DOTS address", KindIPs, "RFC 8973"},
	{150, "TFTP server address", KindIPs, "RFC 5859"},
	{151, "status code", KindBytes, "RFC 6926"},
	{152, "base time", KindU32, "RFC 6926"},
	{153, "start time of state", KindU32, "RFC 6926"},
	{154, "query start time", KindU32, "RFC 6926"},
	{155, "query end time", KindU32, "RFC 6926"},
	{156, "DHCP state", KindU8, "RFC 6926"},
	{157, "data source", KindU8, "RFC 6926"},
	{158, "PCP server", KindBytes, "RFC 7291"},
	{159, "port parameters", KindBytes, "RFC 7618"},
	{161, "manufacturer usage description URL", KindText, "RFC 8520"},
	{162, "encrypted DNS", KindBytes, "RFC 9463"},
	{175, "iPXE encapsulated options", KindIPXE, "iPXE src/include/ipxe/dhcp.h"},
	{176, "IP telephone", KindText, "IANA, tentative"},
	{177, "Etherboot or PacketCable", KindOpaque, "IANA, tentative"},
	{203, "iSCSI initiator name", KindText, "iPXE src/include/ipxe/dhcp.h"},
	{208, "PXELINUX magic", KindBytes, "RFC 5071 3"},
	{209, "PXELINUX configuration file", KindText, "RFC 5071 4"},
	{210, "PXELINUX path prefix", KindText, "RFC 5071 5"},
	{211, "PXELINUX reboot time", KindU32, "RFC 5071 6"},
	{212, "6rd", KindBytes, "RFC 5969"},
	{213, "access network domain name", KindBytes, "RFC 5986"},
	{220, "subnet allocation", KindBytes, "RFC 6656"},
	{221, "virtual subnet selection", KindBytes, "RFC 6607"},
	{249, "classless static route of Microsoft", KindRoutes, "MS-DHCPE 2.2.8"},
	{250, "WDS network boot program", KindWDS, "Microsoft wdsbp.h"},
	{252, "WDS boot configuration file", KindText, "Microsoft wdsbp.h"},
}

// optionIndex has a row for each code.
var optionIndex = func() (index [256]OptionInfo) {
	for code := range index {
		index[code] = OptionInfo{uint8(code), "unassigned", KindOpaque, "RFC 3679"}
		if code >= 224 && code != OptEnd {
			index[code] = OptionInfo{uint8(code), "private use", KindOpaque, "RFC 3942"}
		}
	}
	for _, info := range options {
		index[info.Code] = info
	}
	return index
}()

// Options returns the option table in order of code.
func Options() []OptionInfo { return append([]OptionInfo(nil), options...) }

// LookupOption returns a row of the option table. An option that the table does
// not have is named "unassigned", or "private use" from 224 (RFC 3942), and has
// opaque octets.
func LookupOption(code uint8) OptionInfo {
	return optionIndex[code]
}
