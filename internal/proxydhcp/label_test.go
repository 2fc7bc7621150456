package proxydhcp

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

func TestLabel(t *testing.T) {
	for a, want := range map[dhcpopts.Arch]string{
		dhcpopts.BIOS: "BIOS", dhcpopts.EFIX64: "UEFI x64", dhcpopts.EFIBC: "UEFI bc", dhcpopts.EFIARM64: "UEFI arm64",
		dhcpopts.HTTPX64: "UEFI x64 HTTP boot", 20: "BIOS HTTP boot", 22: "U-Boot arm64", 24: "U-Boot arm64 HTTP boot",
		27: "UEFI riscv64", 41: "Raspberry Pi boot ROM", 999: "unregistered type 999",
	} {
		require.Equal(t, want, label(a))
	}
}
