package plan

import "pxekit/dhcpopts"

// IDs of the plan's findings.
const (
	ruleControl   = "PXK100"
	ruleLineEnd   = "PXK101"
	ruleBlank     = "PXK102"
	ruleQuote     = "PXK103"
	ruleDoubled   = "PXK104"
	ruleSlash     = "PXK105"
	ruleHeader    = "PXK106"
	ruleLong      = "PXK107"
	ruleURL       = "PXK108"
	rulePath      = "PXK109"
	ruleHTTPS     = "PXK110"
	ruleArch      = "PXK111"
	ruleShim      = "PXK112"
	ruleName      = "PXK113"
	ruleLoop      = "PXK114"
	ruleNoStage   = "PXK115"
	ruleShadow    = "PXK116"
	ruleNoServer  = "PXK117"
	ruleMark      = "PXK118"
	rulePrompt    = "PXK119"
	ruleBit3      = "PXK120"
	ruleTypes     = "PXK121"
	ruleSName     = "PXK122"
	ruleOwn43     = "PXK123"
	ruleNoID      = "PXK124"
	ruleTwice     = "PXK125"
	ruleScript    = "PXK126"
	ruleNoFile    = "PXK127"
	ruleDiscovery = "PXK128"
	ruleServed    = "PXK130"
	ruleUnproven  = "PXK131"
)

// Rules are the findings about plans, PXK100 to PXK199.
var Rules = []dhcpopts.FindingRule{
	{ID: ruleControl, Severity: dhcpopts.Error, Title: "control character in a value",
		Why: "Firmware sends the octet to the server as it is, so no file matches; in a plan file it is mostly what double quotes made of a backslash. PXE clients end the name at a NUL.",
		Ref: "measured: iPXE and edk2 pass every octet up to the first NUL"},
	{ID: ruleLineEnd, Severity: dhcpopts.Error, Title: "line end in a value",
		Why: "CR and LF go into the file request unseen: the screen hides them and says file not found.",
		Ref: "measured: S08, iPXE and edk2 ask for the name with LF; H09, edk2 ignores an offer with LF in its URL"},
	{ID: ruleBlank, Severity: dhcpopts.Warning, Title: "blank at the end or start of a value",
		Why: "The blank becomes part of the file's name; in a URL it makes UEFI HTTP boot ignore the offer without a word.",
		Ref: "measured: S09, S25; H09"},
	{ID: ruleQuote, Severity: dhcpopts.Warning, Title: "quote in a value",
		Why: "Quotes are not taken away by anyone on the way: the client asks for a file with quotes in its name.",
		Ref: "measured: S10"},
	{ID: ruleDoubled, Severity: dhcpopts.Warning, Title: "doubled backslash in a value",
		Why: "A plan holds the name as the client must send it; escaping for a server is done when its config is written. Two backslashes reach the TFTP server as two. A UNC name begins with two.",
		Ref: "measured: iPXE and edk2 send doubled backslashes unchanged"},
	{ID: ruleSlash, Severity: dhcpopts.Warning, Title: "forward slash in a path on a Windows server",
		Why: "WDS's boot programs derive the names of further files from this path, with backslashes.",
		Ref: "Microsoft: WDS boot programs, paths below RemoteInstall"},
	{ID: ruleHeader, Severity: dhcpopts.Warning, Title: "boot file too long for the header field",
		Why: "The field file has 128 octets with its closing NUL: a longer name travels in option 67 alone, and clients that read the header get none.",
		Ref: "RFC 2131 section 2, table 1"},
	{ID: ruleLong, Severity: dhcpopts.Error, Title: "value longer than an option",
		Why: "An option holds 255 octets. A longer one is split (RFC 3396), and boot firmware takes the first part for the whole.",
		Ref: "RFC 3396; measured: iPXE and edk2 use the first of two options 67"},
	{ID: ruleURL, Severity: dhcpopts.Error, Title: "URL for firmware that boots by TFTP",
		Why: "PXE firmware asks the boot server's TFTP service for a file with the URL as its name. Only iPXE follows URLs.",
		Ref: "measured: S21"},
	{ID: rulePath, Severity: dhcpopts.Error, Title: "path for firmware that boots by HTTP",
		Why: "UEFI HTTP boot ignores an offer whose boot file is not a URL, without a message.",
		Ref: "UEFI specification, HTTP Boot; measured: H11"},
	{ID: ruleHTTPS, Severity: dhcpopts.Info, Title: "http URL for UEFI HTTP boot",
		Why: "Some firmware is built or set to take https URLs only, and then ignores http.",
		Ref: "edk2 NetworkPkg, PcdAllowHttpConnections"},
	{ID: ruleArch, Severity: dhcpopts.Error, Title: "boot file of another architecture",
		Why: "Firmware loads the file and cannot run it: PXE-E79, an unsupported image, or a hang.",
		Ref: "the well-known names of boot programs"},
	{ID: ruleShim, Severity: dhcpopts.Warning, Title: "shims of two architectures in one folder",
		Why: "shim fetches revocations and certificates from its own folder under names without an architecture, and GRUB reads one grub.cfg there.",
		Ref: "measured: shim asks for revocations_sku.efi, revocations_sbat.efi and shim_certificate_0.efi in the folder of the boot file"},
	{ID: ruleName, Severity: dhcpopts.Warning, Title: "host name where firmware needs an address",
		Why: "PXE firmware does not resolve names; UEFI HTTP boot does so only with a DNS server in option 6.",
		Ref: "measured: T04, T05, H08"},
	{ID: ruleLoop, Severity: dhcpopts.Error, Title: "iPXE is sent to iPXE",
		Why: "iPXE asks DHCP again once it runs, gets itself, and so on without end.",
		Ref: "ipxe.org, chainloading; ipxe/ipxe#908"},
	{ID: ruleNoStage, Severity: dhcpopts.Warning, Title: "iPXE without a rule for what it boots",
		Why: "iPXE asks DHCP again once it runs and meets the rule that loaded it: it loops, unless it carries a script of its own.",
		Ref: "ipxe.org, chainloading; ipxe/ipxe#908"},
	{ID: ruleShadow, Severity: dhcpopts.Warning, Title: "rule that no machine reaches",
		Why: "The first match wins, and an earlier rule takes every machine of this one.",
		Ref: "plan.yaml: the first match wins"},
	{ID: ruleNoServer, Severity: dhcpopts.Warning, Title: "no boot server",
		Why: "Without siaddr edk2 asks the DHCP server itself for the file, and iPXE boots nothing.",
		Ref: "measured: T01"},
	{ID: ruleMark, Severity: dhcpopts.Error, Title: "{server} without a server",
		Why: "The name would go out with nothing in the place of the address.",
		Ref: "plan.yaml: {server} is the rule's server"},
	{ID: rulePrompt, Severity: dhcpopts.Error, Title: "boot menu without prompt, or prompt without menu",
		Why: "A client that is not told to take the boot file (discovery control, bit 3) needs both: PXE-E74.",
		Ref: "PXE 2.1 table 2-1; Intel PXE-E74"},
	{ID: ruleBit3, Severity: dhcpopts.Error, Title: "discovery control bit 3 without a boot file",
		Why: "Bit 3 says that the boot file is in the offer; edk2 stops with PXE-E21.",
		Ref: "measured: P06"},
	{ID: ruleTypes, Severity: dhcpopts.Error, Title: "boot menu type used twice",
		Why: "The client names its choice by the type alone, so the second entry boots the first.",
		Ref: "PXE 2.1 table 2-1, sub-options 9 and 71"},
	{ID: ruleSName, Severity: dhcpopts.Error, Title: "server name too long for the header field",
		Why: "The field sname has 64 octets with its closing NUL.",
		Ref: "RFC 2131 section 2, table 1"},
	{ID: ruleOwn43, Severity: dhcpopts.Warning, Title: "option 43 given twice",
		Why: "The rule's own option 43 takes the place of the one from pxe.",
		Ref: "plan.yaml: own options replace derived ones"},
	{ID: ruleNoID, Severity: dhcpopts.Error, Title: "host without mac or uuid",
		Why: "It would take every machine, before all rules.",
		Ref: "plan.yaml: hosts are single machines"},
	{ID: ruleTwice, Severity: dhcpopts.Warning, Title: "host listed twice",
		Why: "The first match wins, the second entry is never used.",
		Ref: "plan.yaml: the first match wins"},
	{ID: ruleScript, Severity: dhcpopts.Error, Title: "iPXE script for firmware",
		Why: "Only iPXE runs scripts: firmware takes the text for a program and fails.",
		Ref: "ipxe.org, scripting"},
	{ID: ruleNoFile, Severity: dhcpopts.Warning, Title: "rule without a boot file",
		Why: "The machine gets a server and no name: PXE-E53, or it asks port 4011.",
		Ref: "edk2 UefiPxeBcDxe, PXE-E53"},
	{ID: ruleDiscovery, Severity: dhcpopts.Error, Title: "boot server discovery with nowhere to look",
		Why: "Broadcast and multicast discovery are off, or only listed servers count, and none is listed: PXE-E77, PXE-E99.",
		Ref: "PXE 2.1 table 2-1, sub-options 6 and 8; measured: P32"},
	{ID: ruleServed, Severity: dhcpopts.Info, Title: "who gets a boot file",
		Why: "A boot file without an architecture goes to the machines that its well-known name fits, else to every PXE client.",
		Ref: "the well-known names of boot programs"},
	{ID: ruleUnproven, Severity: dhcpopts.Info, Title: "boot file name not verified",
		Why: "No document of the project was found that names this file for this architecture.",
		Ref: "the preset's own source"},
}

// finding builds a finding of a rule.
func finding(id string, pos Pos, message, hint string) dhcpopts.Finding {
	f := dhcpopts.Finding{ID: id, Message: message, Hint: hint,
		Place: dhcpopts.Place{File: pos.File, Line: pos.Line, Column: pos.Column}}
	for _, r := range Rules {
		if r.ID == id {
			f.Severity = r.Severity
		}
	}
	return f
}
