// Package corpus holds what every dialect is tested with: hostile boot file
// names, the plans and clients of the test matrix, and the properties that hold
// for each target. For tests only.
package corpus

import (
	"net/netip"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

// Server is the boot server of all plans, Scope their network.
var (
	Server = netip.MustParseAddr("10.77.0.9")
	Scope  = netip.MustParsePrefix("10.77.0.0/24")
)

// Named is a plan with the name a test is told by.
type Named struct {
	Name string
	Plan *plan.Plan
}

// Plans are the plans of the matrix: what admins really set up.
func Plans() []Named {
	return []Named{
		{"wds", with(
			file(`boot\x64\wdsmgfw.efi`, name(dhcpopts.EFIX64)),
			file(`boot\x86\wdsmgfw.efi`, name(dhcpopts.EFIIA32)),
			file(`boot\arm64\wdsmgfw.efi`, name(dhcpopts.EFIARM64)),
			file(`boot\x64\wdsnbp.com`, name(dhcpopts.BIOS)),
		)},
		{"pxelinux", with(
			file("pxelinux.0", name(dhcpopts.BIOS)),
			file("syslinux32.efi", name(dhcpopts.EFIIA32)),
			file("syslinux.efi", name(dhcpopts.EFIX64)),
		)},
		{"grub", with(
			file("bootx64/shimx64.efi", name(dhcpopts.EFIX64)),
			file("bootaa64/shimaa64.efi", name(dhcpopts.EFIARM64)),
			file("http://10.77.0.9/grub/shimx64.efi", name(dhcpopts.HTTPX64)),
			file("grub/i386-pc/core.0", name(dhcpopts.BIOS)),
		)},
		{"ipxe", with(
			plan.Rule{Match: plan.Match{Stage: dhcpopts.IPXEStage}, File: "http://{server}/boot.ipxe?a=1,2&m=${net0/mac}"},
			file("ipxe.efi", name(dhcpopts.EFIX64)),
			file("ipxe-arm64.efi", name(dhcpopts.EFIARM64)),
			file("undionly.kpxe", name(dhcpopts.BIOS)),
		)},
		{"hosts", hosts()},
		{"menu", with(plan.Rule{
			Match: plan.Match{Archs: []plan.ArchRef{name(dhcpopts.BIOS)}}, File: "pxelinux.0",
			PXE: &plan.PXE{PXE: dhcpopts.PXE{DiscoveryControl: new(uint8(8))}},
		})},
	}
}

// hosts is a plan of single machines before general rules: by whole MAC, by MAC
// and architecture, and with a server and options of its own.
func hosts() *plan.Plan {
	p := with(file("pxelinux.0", name(dhcpopts.BIOS)), file("syslinux.efi", name(dhcpopts.EFIX64)))
	p.Hosts = []plan.Rule{
		{Match: plan.Match{MAC: BIOSClient.MAC, Archs: []plan.ArchRef{name(dhcpopts.BIOS)}}, File: `rescue\pxeboot.n12`},
		{Match: plan.Match{MAC: X64Client.MAC}, File: "one/bootx64.efi", Server: netip.MustParseAddr("10.77.0.8"), ServerName: "one.example.net"},
	}
	return p
}

// One is the plan for a single boot file name and one architecture.
func One(bootFile string, arch dhcpopts.Arch) *plan.Plan { return with(file(bootFile, name(arch))) }

func with(rules ...plan.Rule) *plan.Plan {
	return &plan.Plan{Server: Server, Scope: []netip.Prefix{Scope}, NUL: plan.NUL{Mode: plan.NULAuto}, Via: plan.ViaBoth, Rules: rules}
}

func file(bootFile string, archs ...plan.ArchRef) plan.Rule {
	return plan.Rule{Match: plan.Match{Archs: archs}, File: bootFile}
}

func name(a dhcpopts.Arch) plan.ArchRef { return plan.ArchRef{Arch: a} }

// Names are boot file names that one language or another reads in its own way:
// every letter and digit behind a backslash, and every character that some
// config syntax gives a meaning.
func Names() []string {
	return []string{
		`boot\x64\wdsnbp.com`,
		`\Boot\x64\wdsmgfw.efi`,
		`\\srv\share\boot.efi`,
		`\\10.77.0.9\reminst\boot\x86\new\table\root.com`,
		eachBehindBackslash("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"),
		eachBehindBackslash("x41x4ax00", "000", "101377u0041u00e9"),
		`ends in backslash\`,
		`C:\boot\n12`,
		`a,b,c`, `a, b`, `a"b`, `"quoted"`, `a'b`, `'quoted'`, `a''b`, `it's "both"`,
		`a$b$(id)${x}$1`, "a`id`b", `a#b`, `a #b`, `#a`, `a%b%PATH%%20`, `a!b`, `a?b`, `a;b`, `a{b}c`, `a[b]`, `a&b`, `a&quot;b`, `a<b>c`, `a|b`,
		`a=b`, `a:b`, `a//b`, `a/*b*/`, `a b  c`, `a~b^c`, `(a)`, `@a`, `*`, `-dash`, `0x626f6f74`, `62:6f:6f:74`, `12345`, `10.77.0.9`, `true`, `null`, `]]>`,
		"b\u00f6\u00f6t/\u4e2d.efi", // UTF-8
		"b\xf6\xf6t.efi",            // Latin-1
		strings.Repeat("n", 127), strings.Repeat("n", 128), strings.Repeat("n", 254), strings.Repeat("n", 255), strings.Repeat("n", 300),
		strings.Repeat(`\`, 60), strings.Repeat(`"`, 60),
		"line\nfeed", "carriage\rreturn", "tab\tbed", "bell\abell", "esc\x1b[31m", "del\x7f", "\x01\x02\xff",
	}
}

func eachBehindBackslash(groups ...string) string {
	var b strings.Builder
	for _, g := range groups {
		for _, c := range g {
			b.WriteString(`\` + string(c))
		}
	}
	return b.String()
}
