package main

import (
	"bytes"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"pxekit/internal/serve"
)

// What is odd about a plan is said on stderr at the start, as by every verb, and
// in the log when the plan is read again.
func TestServeSaysWhatIsOdd(t *testing.T) {
	name := filepath.Join(t.TempDir(), "plan.yaml")
	const odd = "version: 1\nrules:\n  - {match: {arch: efi-x64}, file: one.efi}\n  - {match: {arch: efi-x64}, file: two.efi}\n"
	require.NoError(t, os.WriteFile(name, []byte(odd), 0o644))
	var stderr, log bytes.Buffer
	v := &serveVerb{ui: &ui{world: world{stderr: &stderr}}}
	v.plan.register(pflag.NewFlagSet("", pflag.ContinueOnError))
	v.plan.file, v.plan.local = name, netip.MustParseAddr("10.0.0.2")
	noTime := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}
	load := v.source(serve.Config{Log: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{ReplaceAttr: noTime}))})

	_, _, err := load()
	require.NoError(t, err)
	require.Contains(t, stderr.String(), "pxekit: warning: "+name+":4:")
	require.Empty(t, log.String())

	stderr.Reset()
	_, _, err = load()
	require.NoError(t, err)
	require.Empty(t, stderr.String())
	require.Contains(t, log.String(), `{"level":"WARN","msg":"`+name+":4:")
	require.Regexp(t, `"event":"plan","id":"PXK\d+"}`, log.String())
}
