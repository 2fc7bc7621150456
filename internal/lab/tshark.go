package lab

import (
	"bytes"
	"context"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Tshark runs tshark and returns what it prints on stdout.
func Tshark(t testing.TB, args ...string) string {
	t.Helper()
	Need(t, "tshark")
	path, err := Path("tshark")
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "tshark %q: %s", args, stderr.String())
	return string(out)
}
