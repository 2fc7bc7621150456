package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the expected outputs anew")

const repository = "../.."

// TestMain puts pxekit on the PATH of every test: the test binary itself,
// running the real main.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"pxekit": main})
}

func TestScripts(t *testing.T) {
	dir := filepath.Join(repository, "testdata", "scripts")
	scripts, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	require.NoError(t, err)
	require.NotEmpty(t, scripts)
	captures, err := filepath.Abs(filepath.Join(repository, "testdata", "captures"))
	require.NoError(t, err)
	testscript.Run(t, testscript.Params{
		Dir: dir, UpdateScripts: *update, RequireExplicitExec: true, RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error { env.Setenv("CAPTURES", captures); return nil },
	})
}

// drive runs the program with no world but args and stdin.
func drive(stdin string, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(context.Background(), world{args: args, stdin: strings.NewReader(stdin), stdout: &out, stderr: &errs})
	return code, out.String(), errs.String()
}

// TestExitCodes holds what a script cannot see: testscript does not tell 1 from
// 2.
func TestExitCodes(t *testing.T) {
	wds := []string{"--server", "192.0.2.10", "--file", `boot\x64\wdsnbp.com`}
	for _, x := range []struct {
		code int
		args []string
	}{
		{0, []string{"--version"}},
		{0, []string{"--help"}},
		{0, []string{"generate", "--help"}},
		{0, []string{"generate", "--list"}},
		{0, []string{"completion", "bash"}},
		{2, nil},
		{2, []string{"genrate"}},
		{2, []string{"--no-such-flag"}},
		{2, []string{"completion", "tcsh"}},
		{2, []string{"generate"}},
		{2, []string{"generate", "isc", "kea"}},
		{2, append([]string{"generate", "no-such-target"}, wds...)},
		{2, append([]string{"generate", "cisco", "--as", "no-such-form"}, wds...)},
		{2, []string{"generate", "cisco", "--server", "wds.example.net", "--file", "x"}},
		{2, []string{"generate", "cisco", "--plan", "no-such-file.yaml"}},
		{2, append([]string{"generate", "--all"}, wds...)},
		{2, append([]string{"generate", "--all", "-o", "no-such-folder"}, wds...)},
		{1, append([]string{"generate", "cisco"}, wds...)}, // cannot tell a laptop from a PXE client
		{0, append([]string{"generate", "cisco", "--lossy", "--scope", "10.77.0.0/24"}, wds...)},
		{1, append([]string{"generate", "paloalto"}, wds...)},
		{2, append([]string{"generate", "udhcpd", "--lossy", "--full", "--range", "10.77.0.1-10.77.0.5", "--scope", "10.77.0.0/24"}, wds...)},
		{0, []string{"encode", "67", "x"}},
		{2, []string{"encode"}},
		{2, []string{"encode", "67"}},
		{2, []string{"encode", "67", "bootx64wdsnbp.com"}},
		{2, []string{"encode", "67", "x", "--as", "no-such-target"}},
		{1, []string{"encode", "67", "x", "--as", "paloalto"}},
	} {
		code, stdout, stderr := drive("", x.args...)
		require.Equal(t, x.code, code, "pxekit %q\n%s", x.args, stderr)
		if code != exitClean {
			require.Empty(t, stdout, "pxekit %q", x.args)
			require.Contains(t, stderr, "pxekit: error: ", "pxekit %q", x.args)
		}
	}
}

// brokenWriter is a stdout that fails.
type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func TestStdoutThatFails(t *testing.T) {
	for _, x := range []struct {
		err  error
		code int
		says string
	}{
		{syscall.EPIPE, exitClean, ""},
		{io.ErrClosedPipe, exitClean, ""},
		{errors.New("no space left on device"), exitUsage, "pxekit: error: cannot write the result: no space left on device\n"},
	} {
		var stderr bytes.Buffer
		code := run(context.Background(), world{args: []string{"generate", "--list"}, stdout: brokenWriter{x.err}, stderr: &stderr})
		require.Equal(t, x.code, code)
		require.Equal(t, x.says, stderr.String())
	}
}

func TestReplaceFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "f")
	require.NoError(t, os.WriteFile(name, []byte("old"), 0o640))
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink("f", link))

	require.NoError(t, replaceFile(link, "new"))
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, "new", string(text))
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeSymlink, "the link is still one")
	info, err = os.Stat(name)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o640), info.Mode().Perm())

	require.Error(t, replaceFile(filepath.Join(dir, "none", "f"), "x"))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 2, "no part of a file is left behind")
}

// TestBadPlans: a plan file that is none ends with exit 2, one error, and no
// output file.
func TestBadPlans(t *testing.T) {
	dir := t.TempDir()
	zeros := filepath.Join(dir, "zeros")
	require.NoError(t, os.WriteFile(zeros, nil, 0o644))
	require.NoError(t, os.Truncate(zeros, 1<<30)) // sparse
	names := map[string]string{"zeros": zeros}
	for name, text := range map[string]string{
		"empty":    "",
		"binary":   "\x7fELF\x02\x01\x01\x00\xff\xfe",
		"deep":     strings.Repeat("[", 100_000),
		"alias":    "a: &a [x, x]\nb: [*a, *a]\n",
		"tabs":     "version: 1\n\tserver: 192.0.2.10\n",
		"newline":  "version: 1\nserver: 192.0.2.10\nrules:\n  - file: \"a\\nb\"\n",
		"no rules": "version: 1\nserver: 192.0.2.10\n",
		"IPv6":     "version: 1\nserver: 2001:db8::1\nrules:\n  - file: x\n",
		"name":     "version: 1\nserver: wds.example.net\nrules:\n  - file: x\n",
		"long":     "version: 1\nserver: 192.0.2.10\nrules:\n  - file: " + strings.Repeat("n", 300) + "\n",
		"escape":   "version: 1\nserver: \"\\e[31m\"\nrules:\n  - file: x\n",
	} {
		names[name] = filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(names[name], []byte(text), 0o644))
	}
	for name, file := range names {
		out := filepath.Join(dir, "out.conf")
		code, stdout, stderr := drive("", "generate", "isc", "--plan", file, "--full", "--range", "10.77.0.2-10.77.0.3", "-o", out)
		require.Equal(t, exitUsage, code, "%s: %s", name, stderr)
		require.Empty(t, stdout, name)
		require.Contains(t, stderr, "pxekit: error: ", name)
		require.NotContains(t, stderr, "\x1b", name)
		require.NoFileExists(t, out, name)
	}
}
