package bootnames

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestScanRaspberryPi(t *testing.T) {
	for _, files := range []map[string]string{
		{"bootcode.bin": "x", "start4.elf": "x", "config.txt": "x"},
		{"9ffefdef/start4.elf": "x"},
		{"dc-a6-32-01-36-c2/KERNEL_2712.IMG": "x"},
	} {
		dir, root := folder(t, files)
		p, notes, err := Scan(dir, root, "http")
		require.NoError(t, err, files)
		require.Len(t, p.Rules, 1)
		require.Equal(t, "rpiboot", matchText(p.Rules[0].Match))
		require.Contains(t, files, p.Rules[0].File)
		require.Equal(t, []string{"no boot program for bios, efi-x64, efi-ia32, efi-arm64: such machines get nothing!"}, texts(notes))
	}
	for _, other := range []string{"images/start4.elf", "9ffefdef/old/start4.elf", "start.elf"} {
		dir, root := folder(t, map[string]string{other: "x"})
		_, _, err := Scan(dir, root, "http")
		require.Error(t, err, other)
	}
}
