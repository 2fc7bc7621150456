package lab

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// Firmware is a virtual machine that boots from the network first: boot
// firmware, and the QEMU command line that runs it.
//
// All run under TCG: where /dev/kvm exists without hardware virtualisation
// behind it, QEMU opens it and firmware hangs. KVM would save little.
type Firmware struct {
	Name    string
	Memory  int // MiB
	program string
	rom     string   // what else must be there, as Need takes it; "" for nothing
	flash   []string // code and initial variables of UEFI, as Path takes them
	args    []string
}

// MachineMAC is the address of every machine's card.
const MachineMAC = "52:54:00:77:00:aa"

// Settings that machines share. virtio-net is the only card that OVMF and AAVMF
// have a driver for.
var (
	card = []string{"-device", "virtio-net-pci,netdev=n0,bootindex=0,mac=" + MachineMAC}
	// bareCard has no option ROM: with QEMU's own, iPXE's EFI driver boots and
	// not edk2's PXE client.
	bareCard = []string{"-device", "virtio-net-pci,netdev=n0,bootindex=0,romfile=,mac=" + MachineMAC}
	q35      = []string{"-machine", "q35,accel=tcg"}
	// Without PXE over IPv6 edk2 does not wait for it; without PXE over IPv4
	// either, HTTP boot is its first choice.
	noPXE6 = []string{"-fw_cfg", "name=opt/org.tianocore/IPv6PXESupport,string=no"}
	noPXE4 = []string{"-fw_cfg", "name=opt/org.tianocore/IPv4PXESupport,string=no"}
)

// The machines, with firmware as Debian packages it.
var (
	// BIOS is SeaBIOS with iPXE in the option ROM of QEMU's card.
	BIOS = Firmware{
		Name: "SeaBIOS+iPXE", Memory: 64, program: "qemu-system-x86_64", rom: "ipxe-rom",
		args: join([]string{"-machine", "pc,accel=tcg", "-device", "isa-debug-exit,iobase=0xf4,iosize=4"}, card),
	}
	// X64 is edk2's PXE client on x64.
	X64 = Firmware{
		Name: "OVMF x64", Memory: 256, program: "qemu-system-x86_64", flash: []string{"ovmf", "ovmf-vars"},
		args: join(q35, noPXE6, bareCard),
	}
	// HTTPX64 is edk2's HTTP boot client on x64.
	HTTPX64 = Firmware{
		Name: "OVMF x64 HTTP boot", Memory: 256, program: "qemu-system-x86_64", flash: X64.flash,
		args: join(q35, noPXE6, noPXE4, bareCard),
	}
	// IPXEX64 is iPXE's EFI driver, from the option ROM of QEMU's card.
	IPXEX64 = Firmware{
		Name: "OVMF x64 iPXE driver", Memory: 256, program: "qemu-system-x86_64", rom: "ipxe-efi-rom", flash: X64.flash,
		args: join(q35, noPXE6, card),
	}
	// IA32 is edk2's PXE client on 32-bit x86.
	IA32 = Firmware{
		Name: "OVMF ia32", Memory: 256, program: "qemu-system-i386", flash: []string{"ovmf32", "ovmf32-vars"},
		args: join([]string{"-machine", "q35,accel=tcg,smm=on", "-global", "driver=cfi.pflash01,property=secure,value=on"}, noPXE6, bareCard),
	}
	// ARM64 is edk2's PXE client on 64-bit ARM.
	ARM64 = Firmware{
		Name: "AAVMF arm64", Memory: 256, program: "qemu-system-aarch64", flash: []string{"aavmf", "aavmf-vars"},
		args: join([]string{"-machine", "virt,accel=tcg", "-cpu", "cortex-a57"}, noPXE6, bareCard),
	}
)

func join(parts ...[]string) (all []string) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// command prepares QEMU with its card on the tap. It ends with the test process.
func (f Firmware) command(t testing.TB) *exec.Cmd {
	t.Helper()
	Need(t, f.program)
	if f.rom != "" {
		Need(t, f.rom)
	}
	program, err := Path(f.program)
	require.NoError(t, err)
	args := []string{
		"-m", strconv.Itoa(f.Memory), "-netdev", "tap,id=n0,ifname=" + tapInterface + ",script=no,downscript=no",
		"-nographic", "-monitor", "none", "-serial", "stdio", "-no-reboot",
	}
	cmd := exec.Command(program, join(args, f.args, f.drives(t))...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// drives gives a UEFI machine its flash: the code, and variables of its own that
// know nothing of earlier boots.
func (f Firmware) drives(t testing.TB) []string {
	t.Helper()
	if f.flash == nil {
		return nil
	}
	Need(t, f.flash...)
	code, err := Path(f.flash[0])
	require.NoError(t, err)
	fresh, err := Path(f.flash[1])
	require.NoError(t, err)
	content, err := os.ReadFile(fresh)
	require.NoError(t, err)
	vars := filepath.Join(t.TempDir(), "vars.fd")
	require.NoError(t, os.WriteFile(vars, content, 0o600))
	return []string{
		"-drive", "if=pflash,format=raw,unit=0,readonly=on,file=" + code,
		"-drive", "if=pflash,format=raw,unit=1,file=" + vars,
	}
}
