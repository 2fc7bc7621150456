package dhcpopts

import "slices"

// Rules is the table of findings about bytes, in order of ID. Findings about
// plans begin at PXK100, and stand in package plan. docs/findings.md has the
// same rows.
var Rules = []FindingRule{
	{"PXK001", Error, "the message ends inside its header", "No client reads it; a capture may have been cut.", "RFC 2131 section 2"},
	{"PXK002", Warning, "no magic cookie", "The message is plain BOOTP: it has no options, and DHCP clients ignore it.", "RFC 2131 section 3"},
	{"PXK003", Error, "no END (option 255)", "edk2 drops the message without a word, and so boots nothing; iPXE takes it.", "measured, edk2 2022.11; Dhcp4Dxe DhcpIterateBufferOptions"},
	{"PXK004", Error, "an option runs past the end of its field", "edk2 drops the whole message; other clients lose the option.", "measured, edk2 2022.11; Dhcp4Dxe DhcpIterateBufferOptions"},
	{"PXK005", Warning, "hardware address longer than its field", "chaddr has 16 octets; servers and clients cut the address each in their way.", "RFC 2131 section 2"},
	{"PXK006", Info, "octets after END", "Clients stop at END: what follows is never read.", "RFC 2132 section 3.2"},
	{"PXK007", Warning, "an option stands in the message twice", "RFC 3396 joins the values, but iPXE and edk2 read the first alone.", "RFC 3396 section 7; measured, iPXE and edk2 2022.11"},
	{"PXK008", Warning, "overload with a boot file", "iPXE knows no option 52 and takes the raw field file, option octets and all, for the name.", "measured, iPXE 2019"},
	{"PXK009", Warning, "a value is not built as its option wants", "Its readers ignore it or read something else.", "RFC 2132"},

	{"PXK010", Error, "empty option 67", "edk2 reads on into the next option and asks for a name made of its octets; it never falls back to the header.", "measured, edk2 2022.11"},
	{"PXK011", Warning, "option 67 without NUL before other options in a proxy offer", "edk2 writes a NUL over the code of the next option, and loses all that follow when it reads the offer again.", "measured, edk2 2022.11; NetworkPkg/UefiPxeBcDxe"},
	{"PXK012", Error, "control character in the boot file name", "Firmware asks for it unchanged: no file has that name. CR and LF come from a file that was pasted or redirected.", "measured, iPXE and edk2 2022.11"},
	{"PXK013", Warning, "blank at the end of the boot file name", "Firmware asks for it unchanged, and its screen does not show it.", "measured, iPXE and edk2 2022.11"},
	{"PXK014", Warning, "quotes around the boot file name", "Firmware asks for the quotes too: the server's syntax wants none here.", "measured, iPXE and edk2 2022.11"},
	{"PXK015", Error, "octet 255 in the boot file name", "It is an END that became part of the value: the name is longer than its file's.", "netbootxyz/netboot.xyz#1198"},
	{"PXK016", Warning, "octets beyond ASCII in the boot file name", "They pass unchanged; server and file system have to agree on the encoding.", "measured, iPXE and edk2 2022.11"},
	{"PXK017", Warning, "doubled backslash in the boot file name", "Firmware asks for both; the doubling was meant for a config that does not take it.", "measured, iPXE and edk2 2022.11"},
	{"PXK018", Error, "backslashes of the boot file name are lost", "ISC dhcpd reads \\x64 as the letter d and drops other backslashes; a shell drops them all. The file is not found, and WDS says TFTP access violation.", "measured, ISC dhcpd 4.4.3"},
	{"PXK019", Warning, "URL in an answer to PXE clients", "iPXE follows it; edk2's PXE asks its server for a file of that name.", "measured, iPXE and edk2 2022.11"},
	{"PXK020", Error, "plain path in an answer to HTTP boot", "edk2 ignores the offer without a word.", "measured, edk2 2022.11"},
	{"PXK021", Info, "URL without option 60 HTTPClient", "UEFI HTTP boot ignores the offer; iPXE takes it.", "measured, edk2 2022.11; UEFI specification, HTTP Boot"},
	{"PXK022", Warning, "URL with a host name and no option 6", "UEFI HTTP boot never asks for the address of the name, and never sends its REQUEST.", "measured, edk2 2022.11"},
	{"PXK023", Error, "the URL is not one", "edk2's parser rejects blanks and control characters and ignores the offer without a word.", "measured, edk2 2022.11"},
	{"PXK024", Warning, "header file and option 67 differ", "iPXE takes the header, edk2 takes 67.", "measured, iPXE and edk2 2022.11"},
	{"PXK025", Warning, "header field without closing NUL", "Readers run on into the next field, or cut the last octet.", "RFC 2131 table 1"},
	{"PXK026", Warning, "octets hidden behind a NUL", "Firmware stops at the first NUL: what follows is never used.", "measured, iPXE and edk2 2022.11"},
	{"PXK027", Info, "boot file in option 67 alone", "shim 15.8 looks for its next file beside the name in the header, and some ROMs read no other.", "rhboot/shim#710, reported"},

	{"PXK030", Error, "a boot file and no server in siaddr", "Neither iPXE nor edk2 reads 66, 150 or sname: iPXE boots nothing, edk2 asks the DHCP server itself.", "measured, iPXE and edk2 2022.11"},
	{"PXK031", Error, "option 66 holds a raw address", "66 is text: four octets are read as a name of four characters.", "RFC 2132 section 9.4"},
	{"PXK032", Info, "option 66 holds a host name", "Many ROMs have no DNS; an address always works.", "not verified on vendor ROMs"},
	{"PXK033", Warning, "siaddr and option 66 name different servers", "iPXE and edk2 ask siaddr; ROMs that read 66 ask the other.", "measured, iPXE and edk2 2022.11"},
	{"PXK034", Warning, "blank or control character in option 66", "ROMs that read 66 do not find the server.", "measured to be ignored by iPXE and edk2 2022.11"},

	{"PXK040", Error, "option 60 PXEClient without option 43", "It promises a boot server on port 4011: edk2 asks there, and stops with PXE-E16 (others: PXE-E55) when nobody answers. BIOS clients may boot all the same.", "measured, iPXE and edk2 2022.11; Microsoft KB 259670"},
	{"PXK041", Error, "discovery control 8 without a boot file", "edk2 stops with PXE-E21.", "measured, edk2 2022.11"},
	{"PXK042", Error, "option 43 with MTFTP sub-options 1 to 5", "edk2 takes the offer for PXE 1.1 multicast and drops it whole.", "NetworkPkg/UefiPxeBcDxe/PxeBcDhcp4.c"},
	{"PXK043", Error, "option 43 is broken", "Clients read it up to the fault or drop the offer.", "PXE 2.1 table 2-1"},
	{"PXK044", Info, "option 43 without closing 255", "iPXE and edk2 do not need it; older ROMs may.", "measured, iPXE and edk2 2022.11"},
	{"PXK045", Error, "discovery control allows no server", "Broadcast and multicast are forbidden, or only listed servers allowed, and sub-option 8 lists none: PXE-E99, PXE-E77.", "measured, iPXE and edk2 2022.11"},
	{"PXK046", Warning, "multicast discovery without an address", "Bit 1 of discovery control allows multicast but sub-option 7 is missing: edk2 stops with PXE-E99, others with PXE-E76.", "measured, edk2 2022.11"},
	{"PXK047", Warning, "option 43 without menu or prompt", "Without bit 3 of discovery control clients want sub-options 9 and 10: PXE-E74.", "Intel PXE error codes"},
	{"PXK048", Warning, "PXE option 43 without option 60 PXEClient", "Clients read 43 only when option 60 begins with PXEClient.", "measured, iPXE and edk2 2022.11"},
	{"PXK049", Error, "option 60 in the wrong case", "Clients compare with PXEClient and HTTPClient letter by letter, and ignore the offer.", "measured, iPXE and edk2 2022.11"},

	{"PXK060", Error, "option 93 is not a list of 16-bit types", "Servers do not recognise the architecture and choose the wrong file or none.", "RFC 4578 section 2.1"},
	{"PXK061", Warning, "option 97 is not type 0 and a UUID", "Servers that know machines by UUID do not recognise it.", "RFC 4578 section 2.3"},
	{"PXK062", Warning, "options 60 and 93 name different architectures", "Servers that match one choose another file than those that match the other.", "RFC 4578 section 2.1; PXE 2.1"},
	{"PXK063", Warning, "option 57 below 576", "Every client takes 576 octets; a server that obeys has no room for boot options.", "RFC 2132 section 9.10"},
}

// RuleByID returns a row of the table.
func RuleByID(id string) (FindingRule, bool) {
	i := slices.IndexFunc(Rules, func(r FindingRule) bool { return r.ID == id })
	if i < 0 {
		return FindingRule{}, false
	}
	return Rules[i], true
}
