package bootnames

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/bootfiles"
	"pxekit/internal/lab"
)

// folder makes a root of boot files.
func folder(t *testing.T, files map[string]string) (string, *bootfiles.Root) {
	t.Helper()
	dir := lab.Folder(t, files)
	root, err := bootfiles.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { root.Close() })
	return dir, root
}

// layouts are folders as people have them: what each kind of machine gets, and
// what is said.
var layouts = []struct {
	name  string
	files string // names; "name=MACHINE" is a UEFI program for a machine type, %20 a blank
	rules string
	notes string // separated by |
}{
	{"WDS RemoteInstall",
		"Boot/x64/wdsnbp.com Boot/x64/pxeboot.com Boot/x64/pxeboot.n12 Boot/x64/bootmgr.exe Boot/x64/abortpxe.com Boot/x64/hdlscom1.com " +
			"Boot/x64/wdsmgfw.efi=8664 Boot/x64/bootmgfw.efi=8664 Boot/x86/wdsnbp.com Boot/x86/wdsmgfw.efi=14c Boot/x64/default.bcd Images/install.wim",
		`bios: Boot\x64\wdsnbp.com|efi-ia32: Boot\x86\wdsmgfw.efi|http-ia32: http://{server}/Boot/x86/wdsmgfw.efi|` +
			`efi-x64: Boot\x64\wdsmgfw.efi|http-x64: http://{server}/Boot/x64/wdsmgfw.efi`,
		"no boot program for efi-arm64"},
	{"Debian netboot",
		"pxelinux.0 ldlinux.c32 pxelinux.cfg/default debian-installer/amd64/bootnetx64.efi=8664 debian-installer/amd64/grubx64.efi=8664 " +
			"debian-installer/amd64/pxelinux.0 debian-installer/amd64/linux debian-installer/amd64/initrd.gz",
		"bios: pxelinux.0|efi-x64: debian-installer/amd64/bootnetx64.efi|http-x64: http://{server}/debian-installer/amd64/bootnetx64.efi",
		"no boot program for efi-ia32, efi-arm64"},
	{"iPXE", "undionly.kpxe ipxe.efi=8664 snponly.efi=8664 ipxe-arm64.efi=aa64 boot.ipxe",
		"ipxe: http://{server}/boot.ipxe|bios: undionly.kpxe|efi-x64: snponly.efi|http-x64: http://{server}/snponly.efi|" +
			"efi-arm64: ipxe-arm64.efi|http-arm64: http://{server}/ipxe-arm64.efi",
		"ipxe.efi is there for efi-x64 too|no boot program for efi-ia32"},
	{"syslinux", "lpxelinux.0 ldlinux.c32 efi64/syslinux.efi=8664 efi32/syslinux.efi=14c",
		"bios: lpxelinux.0|efi-ia32: efi32/syslinux.efi|http-ia32: http://{server}/efi32/syslinux.efi|efi-x64: efi64/syslinux.efi|http-x64: http://{server}/efi64/syslinux.efi",
		"no boot program for efi-arm64"},
	{"GRUB of grub-mknetdir", "boot/grub/i386-pc/core.0 boot/grub/x86_64-efi/core.efi=8664 boot/grub/grub.cfg",
		"bios: boot/grub/i386-pc/core.0|efi-x64: boot/grub/x86_64-efi/core.efi|http-x64: http://{server}/boot/grub/x86_64-efi/core.efi",
		"no boot program for efi-ia32, efi-arm64"},
	{"shim pairs", "shimx64.efi=8664 grubx64.efi=8664 mmx64.efi=8664 fbx64.efi=8664 shimaa64.efi=aa64",
		"efi-x64: shimx64.efi|http-x64: http://{server}/shimx64.efi|efi-arm64: shimaa64.efi|http-arm64: http://{server}/shimaa64.efi",
		"no boot program for bios, efi-ia32|shimaa64.efi needs grubaa64.efi beside it"},
	{"upper case", "PXELINUX.0 LDLINUX.C32 EFI/BOOT/BOOTX64.EFI=8664",
		"bios: PXELINUX.0|efi-x64: EFI/BOOT/BOOTX64.EFI|http-x64: http://{server}/EFI/BOOT/BOOTX64.EFI", "no boot program for efi-ia32, efi-arm64"},
	{"two names for x64", "efi/bootx64.efi=8664 efi/grubx64.efi=8664",
		"efi-x64: efi/bootx64.efi|http-x64: http://{server}/efi/bootx64.efi", "efi/grubx64.efi is there for efi-x64 too; --file efi-x64=efi/grubx64.efi takes it|no boot program for bios"},
	{"the header beats the name", "bootx64.efi=aa64 bootaa64.efi=14c bootia32.efi=8664 grub-riscv.efi=5064 loong.efi=6264",
		"efi-ia32: bootaa64.efi|http-ia32: http://{server}/bootaa64.efi|efi-x64: bootia32.efi|http-x64: http://{server}/bootia32.efi|efi-arm64: bootx64.efi|" +
			"http-arm64: http://{server}/bootx64.efi|efi-riscv64: grub-riscv.efi|http-riscv64: http://{server}/grub-riscv.efi|efi-loongarch64: loong.efi|http-loongarch64: http://{server}/loong.efi",
		"no boot program for bios"},
	{"a name that a URL escapes", "my%20boot/ipxe%20#1.efi=8664 boot.ipxe",
		"ipxe: http://{server}/boot.ipxe|efi-x64: my boot/ipxe #1.efi|http-x64: http://{server}/my%20boot/ipxe%20%231.efi", "no boot program for bios"},
	{"pxelinux alone", "pxelinux.0", "bios: pxelinux.0", "no boot program for efi-x64, efi-ia32, efi-arm64: such machines get nothing|pxelinux.0 needs ldlinux.c32 beside it"},
	{"empty", "", "", ""},
	{"nothing that boots", "readme.txt notes.efi vmlinuz initrd.img", "", ""},
}

func TestScanLayouts(t *testing.T) {
	for _, c := range layouts {
		files := map[string]string{}
		for _, f := range strings.Fields(c.files) {
			name, machine, isPE := strings.Cut(strings.ReplaceAll(f, "%20", " "), "=")
			files[name] = "x"
			if isPE {
				files[name] = lab.UEFIProgram(map[string]uint16{"8664": 0x8664, "aa64": 0xaa64, "14c": 0x14c, "5064": 0x5064, "6264": 0x6264}[machine])
			}
		}
		dir, root := folder(t, files)
		p, notes, err := Scan(dir, root, "http")
		if c.rules == "" {
			require.ErrorContains(t, err, "no boot program in ", c.name)
			continue
		}
		require.NoError(t, err, c.name)
		var got []string
		for _, r := range p.Rules {
			got = append(got, matchText(r.Match)+": "+r.File)
		}
		require.Equal(t, strings.Split(c.rules, "|"), got, c.name)
		for _, note := range strings.Split(c.notes, "|") {
			require.Contains(t, strings.Join(texts(notes), "\n"), note, c.name)
		}
	}
}

func TestScan(t *testing.T) {
	dir, root := folder(t, map[string]string{
		"undionly.kpxe": "x", "pxelinux.0": "x", "boot.ipxe": "#!ipxe", "other.ipxe": "#!ipxe",
		"efi/snponly.efi": lab.UEFIProgram(0x8664), "efi/grubx64.efi": lab.UEFIProgram(0x8664), "efi/mmx64.efi": lab.UEFIProgram(0x8664),
		"odd/bootx64.efi": lab.UEFIProgram(0xaa64), "odd/notes.efi": "text", "deep name/ipxe.efi": lab.UEFIProgram(0x14c),
	})
	p, notes, err := Scan(dir, root, "http")
	require.NoError(t, err)
	var got []string
	for _, r := range p.Rules {
		got = append(got, matchText(r.Match)+" "+r.File)
	}
	require.Equal(t, []string{
		"ipxe http://{server}/boot.ipxe", "bios undionly.kpxe", "efi-ia32 deep name/ipxe.efi",
		"http-ia32 http://{server}/deep%20name/ipxe.efi", "efi-x64 efi/snponly.efi", "http-x64 http://{server}/efi/snponly.efi",
		"efi-arm64 odd/bootx64.efi", "http-arm64 http://{server}/odd/bootx64.efi",
	}, got)
	require.Equal(t, []string{
		"pxelinux.0 is there for bios too; --file bios=pxelinux.0 takes it",
		"efi/grubx64.efi is there for efi-x64 too; --file efi-x64=efi/grubx64.efi takes it",
	}, texts(notes))

	dir, root = folder(t, map[string]string{"boot/x64/wdsnbp.com": "x", "boot/x64/pxeboot.n12": "x", "EFI/shimx64.efi": lab.UEFIProgram(0x8664), "snponly-arm64.efi": lab.UEFIProgram(0xaa64)})
	p, notes, err = Scan(dir, root, "")
	require.NoError(t, err)
	require.Len(t, p.Rules, 3)
	require.Equal(t, `boot\x64\wdsnbp.com`, p.Rules[0].File)
	require.Equal(t, dhcpopts.FirstStage, p.Rules[2].Match.Stage, "iPXE without a script would load itself for ever")
	require.Equal(t, []string{
		"no boot program for efi-ia32: such machines get nothing",
		"EFI/shimx64.efi needs grubx64.efi beside it, which is not there!",
		"snponly-arm64.efi is iPXE and there is no script for it: put boot.ipxe beside it, or name one with --ipxe URL!",
	}, texts(notes))

	dir, root = folder(t, map[string]string{"readme.txt": "x"})
	_, _, err = Scan(dir, root, "http")
	require.ErrorContains(t, err, "no boot program in ")
}

// texts are notes in words, those that want something done with a "!".
func texts(notes []Note) (all []string) {
	for _, n := range notes {
		text := n.Text
		if n.Warn {
			text += "!"
		}
		all = append(all, text)
	}
	return all
}

func matchText(m plan.Match) string {
	if len(m.Archs) == 0 {
		return string(m.Stage)
	}
	return m.Archs[0].String()
}

func TestPEArch(t *testing.T) {
	for machine, want := range machines {
		got, err := peArch(strings.NewReader(lab.UEFIProgram(machine)))
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, bad := range []string{"", "MZ", lab.UEFIProgram(0x1234), "ZM" + lab.UEFIProgram(0x8664)[2:], lab.UEFIProgram(0x8664)[:0x84], strings.Replace(lab.UEFIProgram(0x8664), "PE", "NE", 1)} {
		_, err := peArch(strings.NewReader(bad))
		require.Error(t, err)
	}
}
