package tftpserve_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/internal/lab"
	"pxekit/internal/lab/tftpget"
	. "pxekit/tftpserve"
)

// programs are TFTP clients as people have them: how each fetches name into out
// with blocks of a size, 512 where it knows no option.
var programs = []struct {
	name  string
	needs string
	// windows: asks for them; plain: asks for no block size.
	windows, plain bool
	args           func(port, name, out string, block int) []string
}{
	{"atftp", "atftp", false, false, func(port, name, out string, block int) []string {
		return []string{"--option", fmt.Sprint("blksize ", block), "-g", "-r", name, "-l", out, "127.0.0.1", port}
	}},
	{"atftp with windows", "atftp", true, false, func(port, name, out string, block int) []string {
		return []string{"--option", fmt.Sprint("blksize ", block), "--option", "windowsize 8", "-g", "-r", name, "-l", out, "127.0.0.1", port}
	}},
	{"atftp netascii", "atftp", false, true, func(port, name, out string, _ int) []string {
		return []string{"--option", "mode netascii", "-g", "-r", name, "-l", out, "127.0.0.1", port}
	}},
	{"curl", "curl", false, false, func(port, name, out string, block int) []string {
		return []string{"-s", "--tftp-blksize", strconv.Itoa(block), "-o", out, "tftp://127.0.0.1:" + port + "/" + name}
	}},
	{"curl without options", "curl", false, true, func(port, name, out string, _ int) []string {
		return []string{"-s", "--tftp-no-options", "-o", out, "tftp://127.0.0.1:" + port + "/" + name}
	}},
	{"busybox", "busybox", false, false, func(port, name, out string, block int) []string {
		return []string{"tftp", "-g", "-b", strconv.Itoa(block), "-r", name, "-l", out, "127.0.0.1", port}
	}},
	{"tftp-hpa", "tftp", false, true, func(port, name, out string, _ int) []string {
		return []string{"-m", "binary", "127.0.0.1", port, "-c", "get", name, out}
	}},
}

// fetch runs a client and compares what it wrote with what is served. A client
// that has waited in vain may try twice more: on a busy machine it, or the
// server, can be without a processor for longer than it has patience (and atftp
// breaks off when both its requests are answered).
func (f *fixture) fetch(i int, name string, block int) (err error) {
	for range 3 {
		var said []byte
		said, err = f.tryFetch(i, name, block)
		if err == nil || !bytes.Contains(said, []byte("timeout")) && !bytes.Contains(said, []byte("timed out")) {
			break
		}
	}
	return err
}

func (f *fixture) tryFetch(i int, name string, block int) (said []byte, err error) {
	c := programs[i]
	out := filepath.Join(f.t.TempDir(), "out")
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.needs, c.args(strconv.Itoa(int(f.addr.Port())), name, out, block)...)
	said, err = cmd.CombinedOutput()
	if err != nil {
		return said, fmt.Errorf("%v: %w: %s", cmd, err, said)
	}
	got, err := os.ReadFile(out)
	if err == nil && sha256.Sum256(got) != sha256.Sum256(f.files[name]) {
		err = fmt.Errorf("%v: %d octets, not the %d that are served", cmd, len(got), len(f.files[name]))
	}
	return said, err
}

func TestRealClients(t *testing.T) {
	for i, c := range programs {
		t.Run(c.name, func(t *testing.T) {
			lab.Need(t, c.needs)
			f := start(t, ipv4, nil)
			for _, block := range []int{512, 1428, 8192} {
				for _, size := range []int{0, 1, block - 1, block, block + 1, 40*block + 7} {
					name := strconv.Itoa(size)
					f.put(name, bytes.ReplaceAll(text(size), []byte("\r"), []byte("x"))) // clients differ on what netascii makes of it
					require.NoError(t, f.fetch(i, name, block))
				}
			}
		})
	}
}

// A client that was refused one file gets the next, by the same port: tftp-hpa
// acknowledges the ERROR first.
func TestRealClientAfterRefusal(t *testing.T) {
	lab.Need(t, "tftp")
	f := start(t, ipv4, nil)
	f.put("a", text(1000))
	out := filepath.Join(t.TempDir(), "out")
	cmd := exec.Command("tftp", "-m", "binary", "127.0.0.1", strconv.Itoa(int(f.addr.Port())))
	cmd.Stdin = strings.NewReader("get none " + out + "\nget a " + out + "\nquit\n")
	said, err := cmd.CombinedOutput()
	require.NoError(t, err)
	require.Contains(t, string(said), "Error code 1: file not found")
	got, err := os.ReadFile(out)
	require.NoError(t, err)
	require.True(t, bytes.Equal(f.files["a"], got), "%s", said)
	require.Equal(t, 1, f.count(func(e Event) bool { return e.Kind == Refused }))
}

// Their block numbers pass 65535 as the server's do. A window makes it quick
// enough for every run, in lock-step it is one size.
func TestRealClientsRollOver(t *testing.T) {
	for i, c := range programs {
		t.Run(c.name, func(t *testing.T) {
			lab.Need(t, c.needs)
			t.Parallel()
			f := start(t, ipv4, nil)
			blocks, block := []int{65535}, 64 // busybox wants its request to fit one
			if c.windows {
				blocks = []int{65534, 65535, 65536}
			}
			if c.plain {
				block = DefaultBlockSize
			}
			for _, n := range blocks {
				name := strconv.Itoa(n)
				f.put(name, bytes.ReplaceAll(text(n*block), []byte("\r"), []byte("x")))
				require.NoError(t, f.fetch(i, name, block))
				require.Equal(t, f.told(Finished).Terms.BlockSize, block)
			}
		})
	}
}

// 200 of them at once, each kind among the others.
func TestRealClientsAtOnce(t *testing.T) {
	for _, c := range programs {
		lab.Need(t, c.needs)
	}
	for _, single := range []bool{false, true} {
		t.Run(fmt.Sprint("single port ", single), func(t *testing.T) {
			f := start(t, ipv4, func(f *fixture) { f.SinglePort, f.PerClient = single, 200 })
			f.put("x", bytes.ReplaceAll(text(50_000), []byte("\r"), []byte("x")))
			var all sync.WaitGroup
			for i := range 200 {
				all.Go(func() {
					if err := f.fetch(i%len(programs), "x", 1428); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
		})
	}
}

// onDisk is a file with nothing in memory.
type onDisk struct {
	*os.File
	size int64
}

func (d onDisk) Size() int64 { return d.size }
func (d onDisk) Key() string { return "large" }

// TestLarge sends 4 GiB and one octet: more than 32 bits count, and block
// numbers that wrap 45 times. It takes a while; "make large" runs it.
func TestLarge(t *testing.T) {
	if os.Getenv("PXEKIT_LARGE") == "" {
		t.Skip("4 GiB: make large")
	}
	const size = 4<<30 + 1
	path := filepath.Join(t.TempDir(), "large")
	require.NoError(t, os.WriteFile(path, []byte("pxekit"), 0o600))
	require.NoError(t, os.Truncate(path, size))
	mark, err := os.OpenFile(path, os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = mark.WriteAt([]byte("!"), size-1)
	require.NoError(t, err)
	require.NoError(t, mark.Close())
	f := start(t, ipv4, func(f *fixture) {
		f.Open = func(Request) (File, error) {
			o, err := os.Open(path)
			return onDisk{o, size}, err
		}
	})
	want, got := sha256.New(), sha256.New()
	local, err := os.Open(path)
	require.NoError(t, err)
	defer local.Close()
	_, err = io.Copy(want, local)
	require.NoError(t, err)
	result, err := tftpget.Get{Server: f.addr, Name: "large", Block: 1428, Window: 64}.Fetch(got)
	require.NoError(t, err)
	require.EqualValues(t, size, result.Bytes)
	require.Equal(t, want.Sum(nil), got.Sum(nil))
}
