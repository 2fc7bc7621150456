//go:build linux || darwin

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A second pxekit leaves a recording alone; after the first has ended it begins
// anew.
func TestCreateCapture(t *testing.T) {
	name := filepath.Join(t.TempDir(), "seen.pcap")
	first, err := createCapture(name)
	require.NoError(t, err)
	_, err = first.WriteString("packets")
	require.NoError(t, err)
	_, err = createCapture(name)
	require.ErrorIs(t, err, errRecording)
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, "packets", string(b))
	require.NoError(t, first.Close())
	second, err := createCapture(name)
	require.NoError(t, err)
	require.NoError(t, second.Close())
	b, err = os.ReadFile(name)
	require.NoError(t, err)
	require.Empty(t, b)
	null, err := createCapture(os.DevNull)
	require.NoError(t, err)
	require.NoError(t, null.Close())
}
