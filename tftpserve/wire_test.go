package tftpserve_test

import (
	"context"
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/internal/lab/tftpget"
	. "pxekit/tftpserve"
)

// raw is a client that sends octets as the test says.
type raw struct {
	t    *testing.T
	conn *net.UDPConn
	from *net.UDPAddr // of the last packet
}

func (f *fixture) raw() *raw {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: f.addr.Addr().AsSlice()})
	require.NoError(f.t, err)
	f.t.Cleanup(func() { _ = conn.Close() })
	return &raw{t: f.t, conn: conn, from: net.UDPAddrFromAddrPort(f.addr)}
}

func (r *raw) send(to *net.UDPAddr, octets string) {
	_, err := r.conn.WriteToUDP([]byte(octets), to)
	require.NoError(r.t, err)
}

// next is the next packet, or "" when none comes in time.
func (r *raw) next(wait time.Duration) string {
	require.NoError(r.t, r.conn.SetReadDeadline(time.Now().Add(wait)))
	buf := make([]byte, 65535)
	n, from, err := r.conn.ReadFromUDP(buf)
	if err != nil {
		require.ErrorIs(r.t, err, os.ErrDeadlineExceeded)
		return ""
	}
	r.from = from
	return string(buf[:n])
}

const soon = 5 * time.Second

// What each request is answered with; the texts say nothing of the server.
func TestAnswers(t *testing.T) {
	for _, c := range []struct{ name, request, want string }{
		{"plain", "\x00\x01a\x00octet\x00", "\x00\x03\x00\x01abc"},
		{"mode in capitals", "\x00\x01a\x00OCTET\x00", "\x00\x03\x00\x01abc"},
		{"stray NUL after the name", "\x00\x01a\x00\x00octet\x00", "\x00\x03\x00\x01abc"},
		{"stray NUL and options", "\x00\x01a\x00\x00octet\x00blksize\x001000\x00", "\x00\x06blksize\x001000\x00"},
		{"unknown option alone", "\x00\x01a\x00octet\x00msftwindow\x0031416\x00", "\x00\x03\x00\x01abc"},
		{"unknown option among others", "\x00\x01a\x00octet\x00TSIZE\x000\x00msftwindow\x001\x00BLKSIZE\x009\x00", "\x00\x06TSIZE\x003\x00BLKSIZE\x009\x00"},
		{"options refused for their values", "\x00\x01a\x00octet\x00blksize\x007\x00windowsize\x000\x00timeout\x00256\x00", "\x00\x03\x00\x01abc"},
		{"padding after the mode", "\x00\x01a\x00octet\x00\x00\x00", "\x00\x03\x00\x01abc"},
		{"padding after the options", "\x00\x01a\x00octet\x00blksize\x0010\x00\x00", "\x00\x06blksize\x0010\x00"},
		{"option twice", "\x00\x01a\x00octet\x00blksize\x009\x00BLKSIZE\x0010\x00", "\x00\x06blksize\x009\x00"},
		{"option without a value", "\x00\x01a\x00octet\x00tsize\x000\x00blksize\x00", "\x00\x05\x00\x08option refused\x00"},
		{"all options", "\x00\x01a\x00octet\x00windowsize\x004\x00timeout\x003\x00blksize\x00512\x00tsize\x000\x00",
			"\x00\x06windowsize\x004\x00timeout\x003\x00blksize\x00512\x00tsize\x003\x00"},
		{"size of an empty file", "\x00\x01empty\x00octet\x00tsize\x000\x00blksize\x009\x00", "\x00\x06blksize\x009\x00"},
		{"empty file", "\x00\x01empty\x00octet\x00", "\x00\x03\x00\x01"},
		{"missing file and malformed options", "\x00\x01none\x00octet\x00tsize\x00", "\x00\x05\x00\x08option refused\x00"},
		{"missing file", "\x00\x01none\x00octet\x00", "\x00\x05\x00\x01file not found\x00"},
		{"forbidden file", "\x00\x01denied\x00octet\x00", "\x00\x05\x00\x02access violation\x00"},
		{"write request", "\x00\x02a\x00octet\x00", "\x00\x05\x00\x02access violation\x00"},
		{"malformed write request", "\x00\x02a\x00", "\x00\x05\x00\x02access violation\x00"},
		{"mail", "\x00\x01a\x00mail\x00", "\x00\x05\x00\x04illegal operation\x00"},
		{"no mode", "\x00\x01a\x00", "\x00\x05\x00\x04illegal operation\x00"},
		{"no closing NUL", "\x00\x01a\x00octet", "\x00\x05\x00\x04illegal operation\x00"},
		{"WRQ with options", "\x00\x02a\x00octet\x00tsize\x003\x00", "\x00\x05\x00\x02access violation\x00"},
		{"DATA of no transfer", "\x00\x03\x00\x01abc", "\x00\x05\x00\x05unknown transfer\x00"},
		{"OACK of no transfer", "\x00\x06blksize\x009\x00", "\x00\x05\x00\x05unknown transfer\x00"},
		{"opcode 9", "\x00\x09abcd", "\x00\x05\x00\x04illegal operation\x00"},
		{"one octet", "\x00", "\x00\x05\x00\x04illegal operation\x00"},
		{"ERROR is never answered", "\x00\x05\x00\x01no\x00", ""},
	} {
		for name, way := range map[string]func(*fixture){"own": nil, "single": func(f *fixture) { f.SinglePort = true }} {
			t.Run(c.name+" "+name, func(t *testing.T) {
				t.Parallel()
				f := start(t, ipv4, way)
				f.put("a", []byte("abc"))
				f.put("empty", nil)
				r := f.raw()
				r.send(r.from, c.request)
				wait := soon
				if c.want == "" {
					wait = 200 * time.Millisecond
				}
				require.Equal(t, c.want, r.next(wait))
				if c.want != "" {
					fromServer := f.SinglePort || c.want[1] == byte(ERROR)
					require.Equal(t, fromServer, r.from.String() == f.addr.String(), "answered from %v", r.from)
				}
			})
		}
	}
}

// An ACK of no transfer is one of a server that was started again, and its client
// need not wait; but that of an ERROR, as tftp-hpa sends, is no question.
func TestACKOfNoTransfer(t *testing.T) {
	f := start(t, ipv4, nil)
	r := f.raw()
	ask := func(packet, answer string) {
		r.send(r.from, packet)
		require.Equal(t, answer, r.next(soon))
	}
	ask("\x00\x04\x00\x01", "\x00\x05\x00\x05unknown transfer\x00")
	r.send(r.from, "\x00\x04\x00\x00") // of that
	ask("\x00\x01none\x00octet\x00", "\x00\x05\x00\x01file not found\x00")
	r.send(r.from, "\x00\x04\x00\x00")
	ask("\x00\x01none\x00octet\x00", "\x00\x05\x00\x01file not found\x00")
}

// A client that says nothing gets no more than one window, whatever it asked
// for, unless it asks again.
func TestNoAmplification(t *testing.T) {
	for _, c := range []struct {
		name, options string
		most          int
	}{
		{"lock-step", "", 516},
		{"OACK", "blksize\x001468\x00", 1472},
		{"window", "blksize\x008\x00windowsize\x0064\x00", 12 * 64},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := start(t, ipv4, nil)
			f.put("a", text(100_000))
			r := f.raw()
			r.send(r.from, "\x00\x01a\x00octet\x00"+c.options)
			total := 0
			for until := time.Now().Add(4 * time.Second); time.Now().Before(until); {
				total += len(r.next(time.Until(until)))
			}
			require.NotZero(t, total)
			require.LessOrEqual(t, total, c.most)

			server := net.UDPAddrFromAddrPort(f.addr)
			r.send(server, "\x00\x01a\x00octet\x00"+c.options)
			require.NotEmpty(t, r.next(soon), "asked again")
			require.Len(t, f.Running(), 1)
		})
	}
}

// Copies of a request start one transfer; another request from the same port is
// a new one, even before the old has ended.
func TestRepeatedRequests(t *testing.T) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			f := start(t, ipv4, way)
			f.put("a", text(2000))
			f.put("b", []byte("b"))
			r := f.raw()
			server := r.from
			for range 50 {
				r.send(server, "\x00\x01a\x00octet\x00")
			}
			require.Len(t, r.next(soon), 516)
			require.Empty(t, r.next(50*time.Millisecond))
			require.Len(t, f.Running(), 1)
			time.Sleep(100 * time.Millisecond)
			r.send(server, "\x00\x01a\x00octet\x00")
			require.Len(t, r.next(soon), 516, "asked again after a while")
			r.send(server, "\x00\x01b\x00octet\x00")
			require.Equal(t, "\x00\x03\x00\x01b", r.next(soon))
			r.send(r.from, "\x00\x04\x00\x01")
			require.Eventually(t, func() bool {
				return f.count(func(e Event) bool { return e.Outcome.Complete && e.Packet.File == "b" }) == 1
			}, soon, time.Millisecond)
		})
	}
}

// edk2 asks for the size, ends that by ERROR 8 and asks for the file from the
// same port at once.
func TestProbeThenFetch(t *testing.T) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			f := start(t, ipv4, way)
			f.put("a.efi", text(949))
			r := f.raw()
			server := r.from
			r.send(server, "\x00\x01a.efi\x00octet\x00tsize\x000\x00blksize\x001468\x00windowsize\x004\x00")
			require.Contains(t, r.next(soon), "\x00\x06tsize\x00949\x00blksize\x001468\x00windowsize\x00")
			r.send(r.from, "\x00\x05\x00\x08User aborted the transfer\x00")
			r.send(server, "\x00\x01a.efi\x00octet\x00blksize\x001468\x00windowsize\x004\x00")
			require.Contains(t, r.next(soon), "\x00\x06blksize\x001468\x00windowsize\x00")
			r.send(r.from, "\x00\x04\x00\x00")
			require.Equal(t, "\x00\x03\x00\x01"+string(f.files["a.efi"]), r.next(soon))
			r.send(r.from, "\x00\x04\x00\x01")
			require.Eventually(t, func() bool { return len(f.Running()) == 0 }, soon, time.Millisecond)
			f.mu.Lock()
			defer f.mu.Unlock()
			probes, complete := 0, 0
			for _, e := range f.events {
				if e.Probe() {
					probes++
				}
				if e.Outcome.Complete {
					complete++
					require.EqualValues(t, 949, e.Bytes)
				}
			}
			require.Equal(t, [2]int{1, 1}, [2]int{probes, complete})
		})
	}
}

// The timeout option sets how long the server waits before it sends DATA again.
func TestTimeoutOption(t *testing.T) {
	f := start(t, ipv4, nil)
	f.put("a", text(2000))
	r := f.raw()
	r.send(r.from, "\x00\x01a\x00octet\x00timeout\x001\x00")
	require.Equal(t, "\x00\x06timeout\x001\x00", r.next(soon))
	r.send(r.from, "\x00\x04\x00\x00")
	for range 3 {
		began := time.Now()
		require.Len(t, r.next(soon), 516)
		require.Less(t, time.Since(began), 1500*time.Millisecond)
	}
	began := time.Now()
	require.Len(t, r.next(soon), 516)
	require.Greater(t, time.Since(began), 900*time.Millisecond)
}

func TestLimits(t *testing.T) {
	for _, c := range []struct {
		name             string
		all, one, served int
	}{{"in all", 3, 100, 3}, {"per client", 100, 2, 2}} {
		t.Run(c.name, func(t *testing.T) {
			f := start(t, ipv4, func(f *fixture) { f.Transfers, f.PerClient = c.all, c.one })
			f.put("a", text(2000))
			answered := 0
			var clients []*raw
			for range 5 {
				r := f.raw()
				r.send(r.from, "\x00\x01a\x00octet\x00")
				if r.next(200*time.Millisecond) != "" {
					r.send(r.from, "\x00\x04\x00\x01") // it is there, so it keeps its place
					require.NotEmpty(t, r.next(soon))
					answered++
					clients = append(clients, r)
				}
			}
			require.Equal(t, c.served, answered)
			require.ErrorIs(t, f.told(Refused).Err, ErrBusy)

			clients[0].send(clients[0].from, "\x00\x05\x00\x00done\x00")
			require.Eventually(t, func() bool { return len(f.Running()) < c.served }, soon, time.Millisecond)
			_, _, err := f.get(tftpget.Get{Name: "a"})
			require.NoError(t, err, "the place of a client that has gone")
		})
	}
}

// Shutdown lets a transfer finish, and tells the client when it may not.
func TestShutdown(t *testing.T) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			f := start(t, ipv4, way)
			f.put("a", text(600))
			r := f.raw()
			r.send(r.from, "\x00\x01a\x00octet\x00")
			require.Len(t, r.next(soon), 516)
			ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
			defer cancel()
			f.Shutdown(ctx)
			require.Equal(t, "\x00\x05\x00\x00not defined\x00", r.next(soon))
			require.ErrorIs(t, f.told(Finished).Err, context.Canceled)
		})
	}
}

func TestShutdownWaits(t *testing.T) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			f := start(t, ipv4, way)
			f.put("a", text(600))
			r := f.raw()
			server := r.from
			r.send(server, "\x00\x01a\x00octet\x00")
			require.Len(t, r.next(soon), 516)
			done := make(chan struct{})
			go func() {
				f.Shutdown(context.Background())
				close(done)
			}()
			time.Sleep(50 * time.Millisecond)
			f.raw().send(server, "\x00\x01a\x00octet\x00")
			r.send(r.from, "\x00\x04\x00\x01")
			require.Len(t, r.next(soon), 4+600-512)
			r.send(r.from, "\x00\x04\x00\x02")
			<-done
			require.True(t, f.told(Finished).Outcome.Complete)
			require.ErrorIs(t, f.told(Refused).Err, ErrBusy)
		})
	}
}

// A packet from another port does not disturb a transfer: the socket is
// connected to its client.
func TestForeignPacket(t *testing.T) {
	f := start(t, ipv4, nil)
	f.put("a", text(600))
	r, other := f.raw(), f.raw()
	r.send(r.from, "\x00\x01a\x00octet\x00")
	require.Len(t, r.next(soon), 516)
	other.send(r.from, "\x00\x05\x00\x00die\x00")
	r.send(r.from, "\x00\x04\x00\x01")
	require.Len(t, r.next(soon), 92)
	running := f.Running()
	require.Len(t, running, 1)
	require.EqualValues(t, [2]int64{600, 512}, [2]int64{running[0].Size, running[0].Bytes})
}
