package lab

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPathNamesWhatIsMissing(t *testing.T) {
	_, err := Path("no-such-dhcp-server")
	require.EqualError(t, err, "no-such-dhcp-server is not installed")

	path, err := Path("go")
	require.NoError(t, err)
	require.FileExists(t, path)
}

// recorder stands in for a test that asks for something.
type recorder struct {
	testing.TB
	skipped, failed bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Skipf(string, ...any)  { r.skipped = true }
func (r *recorder) Fatalf(string, ...any) { r.failed = true }

func TestNeedSkipsOrFails(t *testing.T) {
	t.Setenv("PXEKIT_LAB", "")
	r := &recorder{TB: t}
	Need(r, "no-such-dhcp-server")
	require.True(t, r.skipped && !r.failed)

	t.Setenv("PXEKIT_LAB", "required")
	r = &recorder{TB: t}
	Need(r, "no-such-dhcp-server")
	require.True(t, r.failed && !r.skipped)
}
