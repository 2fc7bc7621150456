package dhcpopts

// Tables of sub-options. Kinds that stand in no table of options are those of
// PXE: see pxe43.go.

// pxeTable names the sub-options of option 43 (PXE 2.1 table 2-1). The MTFTP
// ports are little-endian (Intel's PXE header).
var pxeTable = indexOptions([]OptionInfo{
	{1, "MTFTP multicast address", KindIP, "PXE 2.1 table 2-1"},
	{2, "MTFTP client port", KindU16LE, "PXE 2.1 table 2-1"},
	{3, "MTFTP server port", KindU16LE, "PXE 2.1 table 2-1"},
	{4, "MTFTP timeout", KindU8, "PXE 2.1 table 2-1"},
	{5, "MTFTP delay", KindU8, "PXE 2.1 table 2-1"},
	{PXEDiscoveryControl, "discovery control", KindU8, "PXE 2.1 table 2-1"},
	{PXEMulticast, "discovery multicast address", KindIP, "PXE 2.1 table 2-1"},
	{PXEBootServers, "boot servers", KindServers, "PXE 2.1 table 2-1"},
	{PXEBootMenu, "boot menu", KindMenu, "PXE 2.1 table 2-1"},
	{PXEMenuPrompt, "menu prompt", KindPrompt, "PXE 2.1 table 2-1"},
	{11, "multicast addresses allocated", KindBytes, "PXE 2.1 table 2-1"},
	{12, "credential types", KindBytes, "PXE 2.1 table 2-1"},
	{64, "boot loader's own", KindOpaque, "PXE 2.1 table 2-1"},
	{65, "boot loader's own", KindOpaque, "PXE 2.1 table 2-1"},
	{66, "boot loader's own", KindOpaque, "PXE 2.1 table 2-1"},
	{67, "boot loader's own", KindOpaque, "PXE 2.1 table 2-1"},
	{68, "boot loader's own", KindOpaque, "PXE 2.1 table 2-1"},
	{69, "boot loader's own", KindOpaque, "PXE 2.1 table 2-1"},
	{70, "boot loader's own", KindOpaque, "PXE 2.1 table 2-1"},
	{PXEBootItem, "boot item", KindItem, "PXE 2.1 table 2-1"},
})

// relayTable names the sub-options of option 82.
var relayTable = indexOptions([]OptionInfo{
	{1, "circuit id", KindOpaque, "RFC 3046 3.1"},
	{2, "remote id", KindOpaque, "RFC 3046 3.2"},
	{4, "DOCSIS device class", KindU32, "RFC 3256"},
	{5, "link selection", KindIP, "RFC 3527"},
	{6, "subscriber id", KindText, "RFC 3993"},
	{7, "RADIUS attributes", KindBytes, "RFC 4014"},
	{8, "authentication", KindBytes, "RFC 4030"},
	{9, "vendor-specific information", KindBytes, "RFC 4243"},
	{10, "relay agent flags", KindU8, "RFC 5010"},
	{11, "server identifier override", KindIP, "RFC 5107"},
	{12, "relay agent identifier", KindOpaque, "RFC 6925"},
	{13, "access technology type", KindBytes, "RFC 7839"},
	{14, "access network name", KindText, "RFC 7839"},
	{15, "access point name", KindText, "RFC 7839"},
	{16, "access point BSSID", KindBytes, "RFC 7839"},
	{17, "operator identifier", KindBytes, "RFC 7839"},
	{18, "operator realm", KindText, "RFC 7839"},
	{19, "relay source port", KindU16, "RFC 8357"},
	{151, "virtual subnet selection", KindBytes, "RFC 6607"},
	{152, "virtual subnet selection control", KindBytes, "RFC 6607"},
})

// ipxeTable names the sub-options of option 175. 16 to 79 mark features that
// are built in; the value is the feature's version.
var ipxeTable = indexOptions([]OptionInfo{
	{1, "priority", KindU8, ipxeDHCP},
	{8, "keep-san", KindFlag, ipxeDHCP},
	{9, "skip-san-boot", KindFlag, ipxeDHCP},
	{16, "feature PXE extensions", KindU8, ipxeFeature},
	{17, "feature iSCSI", KindU8, ipxeFeature},
	{18, "feature AoE", KindU8, ipxeFeature},
	{19, "feature HTTP", KindU8, ipxeFeature},
	{20, "feature HTTPS", KindU8, ipxeFeature},
	{21, "feature TFTP", KindU8, ipxeFeature},
	{22, "feature FTP", KindU8, ipxeFeature},
	{23, "feature DNS", KindU8, ipxeFeature},
	{24, "feature bzImage", KindU8, ipxeFeature},
	{25, "feature Multiboot", KindU8, ipxeFeature},
	{26, "feature SLAM", KindU8, ipxeFeature},
	{27, "feature SRP", KindU8, ipxeFeature},
	{32, "feature NBI", KindU8, ipxeFeature},
	{33, "feature PXE", KindU8, ipxeFeature},
	{34, "feature ELF", KindU8, ipxeFeature},
	{35, "feature COMBOOT", KindU8, ipxeFeature},
	{36, "feature EFI", KindU8, ipxeFeature},
	{37, "feature FCoE", KindU8, ipxeFeature},
	{38, "feature VLAN", KindU8, ipxeFeature},
	{39, "feature menu", KindU8, ipxeFeature},
	{40, "feature SDI", KindU8, ipxeFeature},
	{41, "feature NFS", KindU8, ipxeFeature},
	{81, "scriptlet", KindText, ipxeDHCP},
	{85, "syslogs", KindText, ipxeDHCP},
	{90, "trust", KindBytes, ipxeDHCP},
	{91, "cert", KindBytes, ipxeDHCP},
	{92, "privkey", KindBytes, ipxeDHCP},
	{93, "crosscert", KindText, ipxeDHCP},
	{176, "no-pxedhcp", KindFlag, ipxeDHCP},
	{177, "busid", KindBytes, ipxeDHCP},
	{178, "use-cached", KindFlag, ipxeDHCP},
	{188, "san-filename", KindText, ipxeDHCP},
	{189, "san-drive", KindU8, ipxeDHCP},
	{190, "username", KindText, ipxeDHCP},
	{191, "password", KindText, ipxeDHCP},
	{192, "reverse-username", KindText, ipxeDHCP},
	{193, "reverse-password", KindText, ipxeDHCP},
	{235, "version", KindBytes, ipxeDHCP},
})

const (
	ipxeDHCP    = "iPXE src/include/ipxe/dhcp.h"
	ipxeFeature = "iPXE src/include/ipxe/features.h"
)

// wdsTable names the items of option 250 (Microsoft's WDS PXE provider sample,
// wdsbp.h).
var wdsTable = indexOptions([]OptionInfo{
	{1, "architecture", KindArchs, "wdsbp.h"},
	{2, "next action", KindU8, "wdsbp.h"},
	{3, "poll interval", KindU16, "wdsbp.h"},
	{4, "poll retry count", KindU16, "wdsbp.h"},
	{5, "request id", KindU32, "wdsbp.h"},
	{6, "message", KindText, "wdsbp.h"},
	{7, "version query", KindOpaque, "wdsbp.h"},
	{8, "server version", KindU32, "wdsbp.h"},
	{9, "referral server", KindIP, "wdsbp.h"},
	{11, "PXE client prompt", KindU8, "wdsbp.h"},
	{12, "PXE prompt done", KindU8, "wdsbp.h"},
	{13, "boot program version", KindU16, "wdsbp.h"},
	{14, "action done", KindU8, "wdsbp.h"},
	{15, "allow server selection", KindU8, "wdsbp.h"},
	{16, "server features", KindU32, "wdsbp.h"},
	{252, "boot configuration file", KindText, "wdsbp.h"},
})

// SubOptions returns the table of an option whose value is a list of
// sub-options: 43 as PXE, 82, 175 and 250; nil for the others.
func SubOptions(code uint8) map[uint8]OptionInfo {
	return subTable(LookupOption(code).Kind)
}

func subTable(kind Kind) map[uint8]OptionInfo {
	switch kind {
	case KindPXE:
		return pxeTable
	case KindRelay:
		return relayTable
	case KindIPXE:
		return ipxeTable
	case KindWDS:
		return wdsTable
	}
	return nil
}

// indexOptions makes a table's rows found by their code.
func indexOptions(table []OptionInfo) map[uint8]OptionInfo {
	index := make(map[uint8]OptionInfo, len(table))
	for _, info := range table {
		index[info.Code] = info
	}
	return index
}
