package plan

import "pxekit/dhcpopts"

// Architectures as the presets name them.
var (
	bios     = []dhcpopts.Arch{dhcpopts.BIOS}
	efiIA32  = []dhcpopts.Arch{dhcpopts.EFIIA32}
	efiX64   = []dhcpopts.Arch{dhcpopts.EFIX64}
	efiARM64 = []dhcpopts.Arch{dhcpopts.EFIARM64}
	httpX64  = []dhcpopts.Arch{dhcpopts.HTTPX64}
)

// The documents that several rules cite.
const (
	srcWDS    = "Microsoft Learn, \"Advanced troubleshooting for PXE boot issues in Configuration Manager\" and WDS boot programs"
	srcFOG    = "FOG documentation 1.6, installation/network-setup/dhcp-server-settings"
	srcXYZ    = "netboot.xyz README, Bootloader Downloads"
	srcDebian = "Debian netboot.tar.gz of the installer, debian-installer/<architecture>/"
	srcMkNet  = "GRUB manual, \"Booting GRUB from the network\"; names printed by grub-mknetdir"
	srcUEFI   = "UEFI specification section 3.5.1.1, removable media boot file names, lower case since old edk2 refuses .EFI (edk2 #9006)"
	srcSUSE   = "dhcpd.conf files for SUSE media; SUSE's Deployment Guide could not be compared"
	srcRHEL   = "Red Hat, Performing an advanced RHEL 8 installation, \"Configuring the DHCPv4 server for HTTP and PXE boot\""
	srcLayout = "the project's folder layout"
)

const (
	noteWDS = "Microsoft supports IP helpers (relay targets) for WDS and Configuration Manager, not DHCP options 60, 66 and 67: " +
		"options bypass the server's own choice of boot program; see generate relay"
	noteShim = "shim comes first so that Secure Boot works; it fetches GRUB from the folder it was loaded from"
	noteGRUB = "GRUB takes its server from the DHCP answer, also when a proxyDHCP named the file: set next-server on the DHCP server"
)

// presets is the list; the names are those of each project's current documents.
// What no document names is an extra, taken only when asked for.
var presets = []Preset{
	{
		Name: "wds", Title: "Windows Deployment Services", Needs: []string{"server"},
		Notes: []string{noteWDS, "WDS refuses boot.wim of Windows 11 and Windows Server 2025 media: deprecated by Microsoft"},
		Rules: []PresetRule{
			{Archs: bios, File: `boot\x64\wdsnbp.com`, Verified: true, Source: srcWDS},
			{Archs: efiX64, File: `boot\x64\wdsmgfw.efi`, Verified: true, Source: srcWDS},
			{Archs: efiIA32, File: `boot\x86\wdsmgfw.efi`, Extra: "x86", Source: srcLayout},
			{Archs: efiARM64, File: `boot\arm64\wdsmgfw.efi`, Extra: "arm64", Source: srcLayout},
		},
	},
	{
		Name: "configmgr", Title: "Microsoft Configuration Manager distribution point", Needs: []string{"server"},
		Notes: []string{noteWDS, `the PXE responder without WDS also has its programs under smsboot\<package>\x64\`},
		Rules: []PresetRule{
			{Archs: bios, File: `smsboot\x64\wdsnbp.com`, Verified: true, Source: srcWDS},
			{Archs: efiX64, File: `smsboot\x64\wdsmgfw.efi`, Verified: true, Source: srcWDS},
			{Archs: efiIA32, File: `smsboot\x86\wdsmgfw.efi`, Extra: "x86", Source: srcLayout},
			{Archs: efiARM64, File: `smsboot\arm64\wdsmgfw.efi`, Extra: "arm64", Source: srcLayout},
		},
	},
	{
		Name: "winpe", Title: "Windows PE from a plain TFTP server", Needs: []string{"server"},
		Notes: []string{
			`pxeboot.n12 fetches bootmgr.exe beside it, then boot\BCD and what the BCD names: keep Microsoft's folder layout`,
			"the TFTP server must take backslashes and names in any case",
		},
		Rules: []PresetRule{
			{Archs: bios, File: `boot\pxeboot.n12`, Verified: true, Source: "Microsoft Learn, \"Configure a PXE server to load Windows PE\""},
			{Archs: efiX64, File: `boot\bootmgfw.efi`, Verified: true, Source: "Microsoft WDS boot programs: bootmgfw.efi is the boot manager of UEFI machines"},
		},
	},
	{
		Name: "pxelinux", Title: "PXELINUX and its UEFI sister SYSLINUX", Needs: []string{"server"},
		Notes: []string{"each program needs its own ldlinux file beside it: ldlinux.c32, ldlinux.e32, ldlinux.e64", "SYSLINUX is not signed: Secure Boot refuses it"},
		Rules: []PresetRule{
			{Archs: bios, File: "pxelinux.0", Verified: true, Source: "Syslinux wiki, PXELINUX"},
			{Archs: efiIA32, File: "efi32/syslinux.efi", Verified: true, Source: "Debian syslinux-efi, /usr/lib/SYSLINUX.EFI/efi32"},
			{Archs: efiX64, File: "efi64/syslinux.efi", Verified: true, Source: "Debian syslinux-efi, /usr/lib/SYSLINUX.EFI/efi64"},
		},
	},
	{
		Name: "grub", Title: "GRUB as grub-mknetdir lays it out", Needs: []string{"server"},
		Notes: []string{"these images are not signed: under Secure Boot take a distribution's preset", noteGRUB},
		Rules: []PresetRule{
			{Archs: bios, File: "boot/grub/i386-pc/core.0", Verified: true, Source: srcMkNet},
			{Archs: efiIA32, File: "boot/grub/i386-efi/core.efi", Verified: true, Source: srcMkNet},
			{Archs: efiX64, File: "boot/grub/x86_64-efi/core.efi", Verified: true, Source: srcMkNet},
			{Archs: efiARM64, File: "boot/grub/arm64-efi/core.efi", Verified: true, Source: srcMkNet},
		},
	},
	{
		Name: "grub-debian", Title: "Debian installer, netboot.tar.gz", Needs: []string{"server"},
		Notes: []string{noteShim, noteGRUB},
		Rules: []PresetRule{
			{Archs: bios, File: "pxelinux.0", Verified: true, Source: srcDebian},
			{Archs: efiX64, File: "debian-installer/amd64/bootnetx64.efi", Verified: true, Source: srcDebian},
			{Archs: efiARM64, File: "debian-installer/arm64/bootnetaa64.efi", Extra: "arm64", Source: srcDebian},
		},
	},
	{
		Name: "grub-ubuntu", Title: "Ubuntu server installer", Needs: []string{"server"},
		Notes: []string{noteShim + "; bootx64.efi is shim under the name of Ubuntu's guide", noteGRUB},
		Rules: []PresetRule{
			{Archs: bios, File: "pxelinux.0", Verified: true, Source: "Ubuntu Server documentation, how to netboot the server installer on amd64"},
			{Archs: efiX64, File: "bootx64.efi", Verified: true, Source: "Ubuntu Server documentation, how to netboot the server installer on amd64"},
		},
	},
	{
		Name: "grub-fedora", Title: "Fedora installer", Needs: []string{"server"},
		Notes: []string{noteShim, noteGRUB},
		Rules: []PresetRule{
			{Archs: bios, File: "pxelinux.0", Verified: true, Source: "Syslinux wiki, PXELINUX"},
			{Archs: efiX64, File: "uefi/shimx64.efi", Source: "many dhcpd.conf files for Fedora; its own guide could not be read"},
		},
	},
	{
		Name: "grub-rhel", Title: "Red Hat Enterprise Linux installer", Needs: []string{"server"},
		Notes: []string{noteShim + "; BOOTX64.EFI of the media is shim", noteGRUB},
		Rules: []PresetRule{
			{Archs: bios, File: "pxelinux/pxelinux.0", Verified: true, Source: srcRHEL},
			{Archs: efiX64, File: "redhat/EFI/BOOT/BOOTX64.EFI", Verified: true, Source: srcRHEL},
			{Archs: httpX64, File: "http://{server}/redhat/EFI/BOOT/BOOTX64.EFI", Verified: true, Source: srcRHEL},
			{Archs: efiARM64, File: "redhat/EFI/BOOT/BOOTAA64.EFI", Extra: "arm64", Source: srcLayout},
		},
	},
	{
		Name: "grub-suse", Title: "SUSE Linux Enterprise and openSUSE installer", Needs: []string{"server"},
		Notes: []string{noteShim + "; bootx64.efi of SUSE's media is shim", noteGRUB},
		Rules: []PresetRule{
			{Archs: bios, File: "bios/x86/pxelinux.0", Source: srcSUSE},
			{Archs: efiX64, File: "EFI/x86/bootx64.efi", Source: srcSUSE},
			{Archs: efiARM64, File: "EFI/armv8/bootaa64.efi", Source: srcSUSE},
		},
	},
	{
		Name: "ipxe", Title: "iPXE, then your script", Needs: []string{"server", "ipxe"},
		Notes: []string{"iPXE itself gets the script's URL: without that rule it would load itself for ever"},
		Rules: []PresetRule{
			{Stage: dhcpopts.IPXEStage, File: "{ipxe}", Verified: true, Source: "ipxe.org/howto/chainloading"},
			{Archs: bios, File: "undionly.kpxe", Verified: true, Source: "ipxe.org/howto/chainloading"},
			{Archs: efiX64, File: "snponly.efi", Verified: true, Source: "ipxe.org, build targets: snponly.efi boots over the firmware's own driver"},
			{Archs: efiIA32, File: "i386-efi/snponly.efi", Extra: "x86", Source: srcLayout},
			{Archs: efiARM64, File: "arm64-efi/snponly.efi", Extra: "arm64", Source: srcLayout},
		},
	},
	{
		Name: "netboot.xyz", Title: "netboot.xyz's own iPXE", Needs: []string{"server"},
		Notes: []string{"its iPXE carries its own script and needs a way to the internet"}, OwnScript: true,
		Rules: []PresetRule{
			{Archs: bios, File: "netboot.xyz.kpxe", Verified: true, Source: srcXYZ},
			{Archs: efiX64, File: "netboot.xyz.efi", Verified: true, Source: srcXYZ},
			{Archs: efiARM64, File: "netboot.xyz-arm64.efi", Verified: true, Source: srcXYZ},
		},
	},
	{
		Name: "fog", Title: "FOG Project", Needs: []string{"server"}, OwnScript: true,
		Notes: []string{
			"FOG's iPXE finds its script itself: compiled in for BIOS, autoexec.ipxe beside the file for UEFI",
			"fog+secureboot takes the signed chain that FOG now recommends for x64 and arm64",
		},
		Rules: []PresetRule{
			{Archs: efiX64, File: "secureboot/snponly-shimx64.efi", Extra: "secureboot", Verified: true, Source: srcFOG},
			{Archs: efiARM64, File: "secureboot/arm64-efi/snponly-shimaa64.efi", Extra: "secureboot", Verified: true, Source: srcFOG},
			{Archs: bios, File: "undionly.kkpxe", Verified: true, Source: srcFOG},
			{Archs: efiIA32, File: "i386-efi/snponly.efi", Verified: true, Source: srcFOG},
			{Archs: efiX64, File: "snponly.efi", Verified: true, Source: srcFOG},
			{Archs: efiARM64, File: "arm64-efi/snponly.efi", Verified: true, Source: srcFOG},
		},
	},
	{
		Name: "http", Title: "UEFI HTTP boot", Needs: []string{"server"},
		Notes: []string{"the server must answer HEAD with Content-Length; https needs its CA enrolled in the firmware"},
		Rules: []PresetRule{
			{Archs: httpX64, File: "http://{server}/bootx64.efi", Verified: true, Source: srcUEFI},
			{Archs: []dhcpopts.Arch{dhcpopts.HTTPIA32}, File: "http://{server}/bootia32.efi", Verified: true, Source: srcUEFI},
			{Archs: []dhcpopts.Arch{19}, File: "http://{server}/bootaa64.efi", Verified: true, Source: srcUEFI},
		},
	},
}
