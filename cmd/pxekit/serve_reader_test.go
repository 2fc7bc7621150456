package main

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// Nobody at the other end of a pipe ends serve; what is no pipe does not.
func TestWatched(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer w.Close()
	ended := 0
	out := watched(w, func() { ended++ })
	_, err = out.Write([]byte("x"))
	require.NoError(t, err)
	require.Zero(t, ended)
	require.NoError(t, r.Close())
	_, err = out.Write([]byte("x"))
	require.ErrorIs(t, err, syscall.EPIPE)
	require.Equal(t, 1, ended)

	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	defer file.Close()
	require.Equal(t, io.Writer(file), watched(file, nil))
	require.Equal(t, io.Discard, watched(io.Discard, nil))
}
