//go:build linux

package lab

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A serial line as OVMF writes it: moves and colours between the words, cut
// anywhere by the pipe.
func TestScreenHasNoControlSequences(t *testing.T) {
	var s screen
	for _, part := range []string{"\x1b[2J\x1b[01;01H\x1b[=3hBds\x1b", "[0m\x1b[37", "m\x1b[40mDxe: load\r\nNBP-OK\x1b[1m x64"} {
		_, err := s.Write([]byte(part))
		require.NoError(t, err)
	}
	require.Equal(t, "BdsDxe: load\r\nNBP-OK x64", s.text.String())
}

func TestWatchEndsAtTheFirstSign(t *testing.T) {
	for _, c := range []struct{ shown, wrong string }{
		{"Booting\r\nNBP-OK \x1b[1mbios\r\nNothing to boot", ""},
		{"512 bytes [PXE-NBPN]\r\nBP-OK bios", ""},
		{"512 bytes [PXE-NBP]\r\nNBP-OK bi]\r\nos", ""},
		{strings.Repeat("x", 5000) + "NBP-OK bios" + strings.Repeat("x", 5000), ""},
		{"NBP, and much that is not within it: -OK bios", `the machine went off without "NBP-OK bios"`},
		{"PXE-E16: No valid offer received.", `firmware says "PXE-E"`},
		{"NBP-OK", `the machine went off without "NBP-OK bios"`},
	} {
		r, line, err := os.Pipe()
		require.NoError(t, err)
		_, err = line.WriteString(c.shown)
		require.NoError(t, err)
		require.NoError(t, line.Close())
		var s screen
		if err = s.watch(r, "NBP-OK bios"); c.wrong == "" {
			require.NoError(t, err)
		} else {
			require.EqualError(t, err, c.wrong)
		}
		require.NoError(t, r.Close())
	}
}
