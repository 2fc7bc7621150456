package tftpserve_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	pin "github.com/pin/tftp/v3"
	"github.com/stretchr/testify/require"

	"pxekit/internal/lab/tftpget"
	. "pxekit/tftpserve"
)

// file is a boot file in memory; a server reads it as it would a disk's.
type file struct {
	*bytes.Reader
	key    string
	closed func()
}

func (f file) Size() int64 { return f.Reader.Size() }
func (f file) Key() string { return f.key }
func (f file) Close() error {
	f.closed()
	return nil
}

// fixture is a running server with its files and what it told.
type fixture struct {
	*Server
	t      *testing.T
	addr   netip.AddrPort
	files  map[string][]byte
	cached bool
	open   sync.WaitGroup // files
	stop   func()

	mu      sync.Mutex // of all that follows, and of files
	events  []Event
	shrinks bool // files are shorter than Open says
}

// start runs a server on loopback. When the test ends every transfer must have
// ended as well, and every file be closed.
func start(t *testing.T, address string, change func(*fixture)) *fixture {
	f := &fixture{Server: &Server{}, t: t, files: map[string][]byte{}}
	f.Open = func(r Request) (File, error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if r.Packet.File == "denied" {
			return nil, fmt.Errorf("open /srv/secret/denied: %w", fs.ErrPermission)
		}
		data, ok := f.files[r.Packet.File]
		if !ok {
			return nil, fmt.Errorf("open /srv/secret/%s: %w", r.Packet.File, fs.ErrNotExist)
		}
		f.open.Add(1)
		o := file{Reader: bytes.NewReader(data), closed: f.open.Done}
		if f.cached {
			o.key = r.Packet.File
		}
		if f.shrinks {
			return liar{o}, nil
		}
		return o, nil
	}
	f.Event = func(e Event) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.events = append(f.events, e)
	}
	if change != nil {
		change(f)
	}
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort(address)))
	require.NoError(t, err)
	f.addr = conn.LocalAddr().(*net.UDPAddr).AddrPort()
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- f.Serve(ctx, conn) }()
	f.stop = sync.OnceFunc(func() {
		cancel()
		f.Shutdown(ctx)
		require.NoError(t, <-served)
		f.open.Wait()
		require.NoError(t, conn.Close())
		require.Empty(t, f.Running())
	})
	t.Cleanup(f.stop)
	return f
}

const (
	ipv4 = "127.0.0.1:0"
	ipv6 = "[::1]:0"
)

// text is n octets that differ from block to block, whatever the block size.
func text(n int) []byte {
	b := make([]byte, n)
	rng := rand.NewChaCha8([32]byte{1})
	_, _ = rng.Read(b)
	return b
}

// get fetches from an address of its own: at all of them it would hear what is sent
// to a forged one whose port happens to be the same.
func (f *fixture) get(g tftpget.Get) ([]byte, tftpget.Result, error) {
	var out bytes.Buffer
	g.Server, g.Local = f.addr, net.UDPAddrFromAddrPort(netip.AddrPortFrom(f.addr.Addr(), 0))
	result, err := g.Fetch(&out)
	return out.Bytes(), result, err
}

func (f *fixture) put(name string, data []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.files[name] = data
}

// told waits for an event of a kind.
func (f *fixture) told(kind EventKind) Event {
	var found Event
	require.Eventually(f.t, func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		for _, e := range f.events {
			if e.Kind == kind {
				found = e
				return true
			}
		}
		return false
	}, 20*time.Second, time.Millisecond, "no event of kind %d", kind)
	return found
}

// ways are the server's ways to a client, and to its file.
var ways = map[string]func(*fixture){
	"own port":      nil,
	"cached":        func(f *fixture) { f.cached = true },
	"single port":   func(f *fixture) { f.SinglePort = true },
	"small window":  func(f *fixture) { f.WindowBytes = 5000 },
	"single cached": func(f *fixture) { f.SinglePort, f.cached = true, true },
}

func TestSizesBlocksAndWindows(t *testing.T) {
	for name, way := range ways {
		for _, address := range []string{ipv4, ipv6} {
			t.Run(name+address, func(t *testing.T) {
				f := start(t, address, way)
				for _, block := range []int{0, 8, 511, 512, 1428, 1468, 9000, 65464} {
					real := max(block, 8)
					if block == 0 {
						real = DefaultBlockSize
					}
					for _, window := range []int{0, 1, 3, 16, 64} {
						for _, size := range []int{0, 1, real - 1, real, real + 1, 70*real + 5} {
							name := strconv.Itoa(size)
							f.put(name, text(size))
							got, result, err := f.get(tftpget.Get{Name: name, Block: block, Window: window})
							require.NoError(t, err, "block %d, window %d, size %d", block, window, size)
							require.True(t, bytes.Equal(f.files[name], got), "block %d, window %d, size %d: other octets", block, window, size)
							require.Equal(t, uint64(size/real+1), result.Blocks)
						}
					}
				}
			})
		}
	}
}

// Block numbers pass 65535 and go on at 0, in lock-step and in windows that
// span the place.
func TestRollover(t *testing.T) {
	for _, c := range []struct{ block, window, more int }{
		{8, 0, 1}, {8, 48, -1}, {8, 48, 0}, {8, 48, 1}, {8, 48, 70_000}, {1428, 64, 5000},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			f := start(t, ipv4, nil)
			f.put("big", text(c.block*(65535+c.more)))
			got, result, err := f.get(tftpget.Get{Name: "big", Block: c.block, Window: c.window})
			require.NoError(t, err)
			require.True(t, bytes.Equal(f.files["big"], got))
			require.Equal(t, uint64(65535+c.more+1), result.Blocks)
		})
	}
}

func TestNetASCIIOverTheWire(t *testing.T) {
	f := start(t, ipv4, nil)
	f.put("menu", []byte(strings.Repeat("LABEL a\nKERNEL b\r\n\r", 2000)))
	want := strings.NewReplacer("\n", "\r\n", "\r", "\r\x00").Replace(string(f.files["menu"]))
	for _, window := range []int{0, 7, 64} {
		got, result, err := f.get(tftpget.Get{Name: "menu", Mode: "NetASCII", Block: 100, Window: window,
			Options: []Option{{Name: "tsize", Value: "0"}}})
		require.NoError(t, err)
		require.Equal(t, want, string(got))
		require.NotContains(t, fmt.Sprint(result.OACK), "tsize")
	}
}

// pin/tftp is another's reading of the RFCs.
func TestPinClient(t *testing.T) {
	f := start(t, ipv4, nil)
	c, err := pin.NewClient(f.addr.String())
	require.NoError(t, err)
	for _, block := range []int{512, 1428, 65464} {
		c.SetBlockSize(block)
		c.RequestTSize(true)
		for _, size := range []int{0, 1, block - 1, block, 3*block + 1} {
			f.put("x", text(size))
			in, err := c.Receive("x", "octet")
			require.NoError(t, err)
			told, ok := in.(pin.IncomingTransfer).Size() // before WriteTo, which forgets it
			require.Equal(t, size > 0, ok)
			require.EqualValues(t, size, told)
			var got bytes.Buffer
			_, err = in.WriteTo(&got)
			require.NoError(t, err)
			require.True(t, bytes.Equal(f.files["x"], got.Bytes()))
		}
	}
	_, err = c.Receive("none", "octet")
	require.ErrorContains(t, err, "file not found")
	_, err = c.Send("new", "octet")
	require.ErrorContains(t, err, "access violation")
}

func TestManyAtOnce(t *testing.T) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			f := start(t, ipv4, func(f *fixture) {
				if way != nil {
					way(f)
				}
				f.PerClient = 200
			})
			f.put("x", text(100_000))
			var all sync.WaitGroup
			for i := range 200 {
				all.Go(func() {
					got, _, err := f.get(tftpget.Get{Name: "x", Block: 1428, Window: 1 + i%8})
					if err != nil || !bytes.Equal(got, f.files["x"]) {
						t.Errorf("client %d: %v, %d octets", i, err, len(got))
					}
				})
			}
			all.Wait()
		})
	}
}

// A file that becomes shorter than the client was told ends in an ERROR, not in
// a short file that looks whole.
func TestFileShrinks(t *testing.T) {
	for _, cached := range []bool{false, true} {
		f := start(t, ipv4, func(f *fixture) { f.cached, f.shrinks = cached, true })
		f.put("x", text(10_000))
		_, _, err := f.get(tftpget.Get{Name: "x"})
		var refusal *tftpget.Refusal
		require.ErrorAs(t, err, &refusal)
		require.Equal(t, "not defined", refusal.Message)
		require.ErrorIs(t, f.told(Finished).Err, io.ErrUnexpectedEOF)

		f.mu.Lock()
		f.shrinks = false
		f.mu.Unlock()
		got, _, err := f.get(tftpget.Get{Name: "x"})
		require.NoError(t, err, "the disk is tried again")
		require.Equal(t, f.files["x"], got)
	}
}

// A file that has grown is sent whole, whatever its key says.
func TestFileGrows(t *testing.T) {
	f := start(t, ipv4, func(f *fixture) { f.cached = true })
	for _, size := range []int{1000, 3000, 2000} {
		f.put("x", text(size))
		got, result, err := f.get(tftpget.Get{Name: "x", Options: []Option{{Name: "tsize", Value: "0"}}})
		require.NoError(t, err)
		require.True(t, bytes.Equal(f.files["x"], got), "%d octets of %d", len(got), size)
		require.Equal(t, []Option{{Name: "tsize", Value: strconv.Itoa(size)}}, result.OACK)
	}
}

// liar says it has more than it has.
type liar struct{ File }

func (l liar) Size() int64 { return l.File.Size() + 512 }
