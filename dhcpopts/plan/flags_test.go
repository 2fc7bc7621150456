package plan

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

func TestFirstExample(t *testing.T) {
	p, findings, err := FromFlags(Flags{Server: "192.0.2.10", Files: []string{`boot\x64\wdsnbp.com`}, Scope: []string{"10.77.0.0/24"}})
	require.NoError(t, err)
	require.Len(t, findings, 1)
	require.Equal(t, ruleServed, findings[0].ID)
	require.Equal(t, dhcpopts.Info, findings[0].Severity)
	require.Contains(t, findings[0].Message, "goes to bios, by its name")
	bios := dhcpopts.Client{VendorClass: []byte("PXEClient:Arch:00000:UNDI:002001"), Archs: []dhcpopts.Arch{0}}
	a, origin, ok := p.Answer(bios)
	require.True(t, ok)
	require.Equal(t, "rule 1", origin)
	require.Equal(t, "192.0.2.10", a.SIAddr.String())
	file, _ := a.Get(67)
	require.Equal(t, "boot\\x64\\wdsnbp.com\x00", string(file))
	_, _, ok = p.Answer(dhcpopts.Client{VendorClass: []byte("PXEClient:Arch:00007:UNDI:003000"), Archs: []dhcpopts.Arch{7}})
	require.False(t, ok, "a UEFI machine must not get a BIOS program")
	_, _, ok = p.Answer(dhcpopts.Client{VendorClass: []byte("MSFT 5.0")})
	require.False(t, ok)
}

// TestServedByName says for each bare name which machines get it.
func TestServedByName(t *testing.T) {
	for names, who := range map[string]string{
		`boot\x64\wdsnbp.com boot\x86\wdsnbp.com pxeboot.n12 boot\pxeboot.n12 pxelinux.0 lpxelinux.0 /srv/pxelinux.0 PXELINUX.0`:            "bios",
		`undionly.kpxe undionly.kkpxe ipxe.pxe netboot.xyz.kpxe boot/grub/i386-pc/core.0 grub.0 bootmgr.exe`:                                "bios",
		`boot\x64\wdsmgfw.efi boot\x64uefi\wdsmgfw.efi bootmgfw.efi syslinux.efi efi64/syslinux.efi snponly.efi ipxe.efi shim.efi grub.efi`: "efi-x64",
		`bootx64.efi shimx64.efi grubx64.efi BOOTX64.EFI x86_64-efi/core.efi debian-installer/amd64/bootnetx64.efi netboot.xyz.efi`:         "efi-x64",
		`boot\x86\wdsmgfw.efi bootia32.efi grubia32.efi i386-efi/snponly.efi ipxe-i386.efi`:                                                 "efi-ia32",
		`boot\arm64\wdsmgfw.efi bootaa64.efi grubaa64.efi netboot.xyz-arm64.efi arm64-efi/snponly.efi netboot.xyz-arm64-snp.efi`:            "efi-arm64",
		`bootarm.efi`:                                  "efi-arm32",
		`bootriscv64.efi riscv64-efi/core.efi`:         "efi-riscv64",
		`bootloongarch64.efi`:                          "efi-loongarch64",
		`http://192.0.2.1/bootx64.efi`:                 "http-x64",
		`https://192.0.2.1/i386-efi/core.efi?x=1`:      "http-ia32",
		`http://192.0.2.1/shimaa64.efi`:                "http-arm64",
		`http://192.0.2.1/some.iso`:                    "every HTTPClient client",
		`boot.ipxe`:                                    "iPXE",
		`nbp foo.efi tftp://192.0.2.1/x boot=x 99=x.0`: "every PXE client",
	} {
		for _, name := range strings.Fields(names) {
			x, err := parseFile(name)
			require.NoError(t, err, name)
			require.Equal(t, who, x.match.machines(), name)
			require.Equal(t, name, x.name)
			require.NotEmpty(t, x.by, "%s: it must be said that the machines were guessed", name)
		}
	}
}

func TestFileOfArch(t *testing.T) {
	for arg, want := range map[string]struct {
		name  string
		match Match
	}{
		`bios=a=b.0`:             {"a=b.0", Match{Archs: []ArchRef{{Arch: 0}}}},
		`x64=grubx64.efi`:        {"grubx64.efi", Match{Archs: []ArchRef{{Arch: 7}}}},
		`7=grubx64.efi`:          {"grubx64.efi", Match{Archs: []ArchRef{{Arch: 7, Exact: true}}}},
		`00011=x.efi`:            {"x.efi", Match{Archs: []ArchRef{{Arch: 11, Exact: true}}}},
		`efi-x64+ipxe=boot.ipxe`: {"boot.ipxe", Match{Archs: []ArchRef{{Arch: 7}}, Stage: dhcpopts.IPXEStage}},
	} {
		x, err := parseFile(arg)
		require.NoError(t, err, arg)
		require.Equal(t, fileFlag{name: want.name, match: want.match}, x, arg)
	}
}

func TestFlagErrors(t *testing.T) {
	file := []string{"bios=x"}
	for name, c := range map[string]struct {
		flags         Flags
		message, hint string
	}{
		"nothing":           {Flags{}, "no boot file", "--preset"},
		"host name":         {Flags{Server: "wds.example.net", Files: file}, `--server "wds.example.net" is not an address`, "IPv4 address"},
		"IPv6":              {Flags{Server: "2001:db8::1", Files: file}, `--server "2001:db8::1" is not an IPv4 address`, "IPv4"},
		"no machine":        {Flags{Server: "0.0.0.0", Files: file}, `--server "0.0.0.0" is not the address of a machine`, "own address"},
		"URL as server":     {Flags{Server: "http://192.0.2.1", Files: file}, "is a URL", "as the file"},
		"host bits":         {Flags{Scope: []string{"10.0.0.0/8", "10.77.0.5/24"}, Files: file}, `--scope "10.77.0.5/24" has host bits set`, "10.77.0.0/24"},
		"IPv6 scope":        {Flags{Scope: []string{"2001:db8::/64"}, Files: file}, "is not an IPv4 network", ""},
		"via":               {Flags{Via: "sname", Files: file}, `--via "sname" is not both, header or option`, ""},
		"nul":               {Flags{NUL: "yes", Files: file}, `--nul "yes" is not auto, always or never`, ""},
		"nul code":          {Flags{NUL: "43=always", Files: file}, "only options 66 and 67", ""},
		"nul twice":         {Flags{NUL: "66=always,66=never", Files: file}, "names option 66 twice", ""},
		"nul two modes":     {Flags{NUL: "always,never", Files: file}, "two modes", ""},
		"empty file":        {Flags{Files: []string{""}}, "--file is empty", ""},
		"arch without file": {Flags{Files: []string{"bios="}}, `--file "bios=" has no file name`, ""},
		"same arch":         {Flags{Files: []string{"bios=a", "bios=b"}}, `--file "a" and "b" are both for bios`, "one file"},
		"two for all":       {Flags{Files: []string{"a", "b"}}, "are both for every PXE client", "ARCH=NAME"},
		"eaten":             {Flags{Files: []string{"bootx64wdsnbp.com"}}, `the shell ate the backslashes of --file "bootx64wdsnbp.com"`, `--file 'boot\x64\wdsnbp.com'`},
		"eaten by escapes":  {Flags{Files: []string{"bootdwdsnbp.com"}}, "ate the backslashes", `--file 'boot\x64\wdsnbp.com'`},
		"eaten in arch":     {Flags{Files: []string{"efi-x64=smsbootx64wdsmgfw.efi"}}, "ate the backslashes", `'smsboot\x64\wdsmgfw.efi'`},
		"cmd.exe":           {Flags{Files: []string{`'boot\x64\wdsnbp.com'`}}, `the shell left the quotes in --file 'boot\x64\wdsnbp.com'`, `--file "boot\x64\wdsnbp.com"`},
		"Git Bash":          {Flags{Files: []string{`C:/Program Files/Git/boot/x.0`}}, "made a Windows path", `--file '/boot/x.0'`},
		"iPXE path":         {Flags{IPXE: "boot.ipxe", Files: file}, `--ipxe "boot.ipxe" is not a URL`, "http://"},
		"preset":            {Flags{Preset: "wdz", Server: "192.0.2.1"}, `unknown preset "wdz"`, "wds, configmgr"},
		"preset part":       {Flags{Preset: "wds+mips", Server: "192.0.2.1"}, `preset wds has no part "mips"`, "x86, arm64"},
		"preset server":     {Flags{Preset: "wds"}, "preset wds needs --server", "--server"},
		"preset for nobody": {Flags{Preset: "wds", Server: "192.0.2.1", Files: []string{"nbp"}}, "--file leaves no machine for preset wds", "ARCH=NAME"},
		"preset ipxe":       {Flags{Preset: "ipxe", Server: "192.0.2.1"}, "preset ipxe needs --ipxe URL", "--ipxe"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := FromFlags(c.flags)
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Contains(t, e.Error(), c.message)
			require.Contains(t, e.Hint, c.hint)
			require.Empty(t, e.Excerpt())
		})
	}
}

func TestFlagRuleOrder(t *testing.T) {
	p, _, err := FromFlags(Flags{Server: "192.0.2.1", IPXE: "http://192.0.2.1/boot.ipxe", Via: "option", NUL: "never,66=always",
		Files: []string{"rest", "undionly.kpxe", "efi-arm64=a.efi"}})
	require.NoError(t, err)
	var files []string
	for _, r := range p.Rules {
		files = append(files, r.Match.machines()+" "+r.File)
	}
	require.Equal(t, []string{"iPXE http://192.0.2.1/boot.ipxe", "efi-arm64 a.efi", "bios undionly.kpxe", "every PXE client rest"}, files)
	require.Equal(t, ViaOption, p.Via)
	require.Equal(t, "never,66=always", p.NUL.String())
}
