//go:build linux

package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/internal/lab/tftpget"
	"pxekit/internal/rawnet"
)

// Bounds of what a server under load may take. Two descriptors a transfer, of
// 2000, and 64 connections of the one address that floods HTTP; a thread for
// each file that is being read.
const (
	soakMemory  = 200 << 10 // KiB in all
	soakGrowth  = 64 << 10  // KiB after the first look
	soakFiles   = 2*2000 + 64 + 64
	soakThreads = 64
)

// soak is a network with load on it that is not honest, and one machine that
// boots again and again.
type soak struct {
	*site
	p     *process
	rng   *rand.Rand
	plan  string
	first usage
	boots int
	sent  int // messages that are not honest
	again int // messages of honest machines that were sent again
}

// usage is what a process takes.
type usage struct{ memory, threads, files int }

// TestSoak mixes boots with garbage, floods, half-open transfers and reloads. It
// counts, in every run; with PXEKIT_SOAK=30m it goes on for that time.
func TestSoak(t *testing.T) {
	s := newSoak(t)
	limit, _ := time.ParseDuration(os.Getenv("PXEKIT_SOAK"))
	began, looked, idle := time.Now(), time.Now(), s.usage()
	s.round(0)
	s.first = s.look(began)
	for round := 1; round < 8 || time.Since(began) < limit; round++ {
		s.round(round)
		if time.Since(looked) > time.Minute {
			looked = time.Now()
			s.look(began)
		}
	}
	s.look(began)
	if limit > 0 {
		require.Eventually(t, func() bool { return s.usage().files <= idle.files+8 }, 2*time.Minute, time.Second, "what was given up is closed")
		s.look(began)
	}
	require.NoError(t, s.p.cmd.Process.Signal(syscall.SIGTERM))
	<-s.p.ended
	require.Equal(t, 0, s.p.cmd.ProcessState.ExitCode(), "%s", s.p)
}

func newSoak(t *testing.T) *soak {
	t.Helper()
	site, host := rightsSite(t)
	s := &soak{site: site, rng: rand.New(rand.NewPCG(3, 7)), plan: filepath.Join(publicDir(t), "plan.yaml")}
	s.write("Boot/bootx64.efi")
	s.p = start(t, host, nil, program(t), "serve", "-i", "s0", "--root", bootFolder(t), "--plan", s.plan, "--dhcp", "10.77.0.100-10.77.0.120")
	s.p.said("answering on s0")
	return s
}

func (s *soak) write(file string) {
	text := fmt.Sprintf("version: 1\nrules:\n  - {match: {arch: efi-x64}, file: %s}\n", file)
	require.NoError(s, os.WriteFile(s.plan+".new", []byte(text), 0o644))
	require.NoError(s, os.Rename(s.plan+".new", s.plan))
}

// round is some of each kind of load, a plan that is loaded again, good or bad,
// and a boot.
func (s *soak) round(n int) {
	for range 200 {
		s.flood()
	}
	s.connect()
	if n%3 == 1 {
		s.write([]string{"Boot/bootx64.efi", "{broken"}[s.rng.IntN(2)])
		require.NoError(s, s.p.cmd.Process.Signal(syscall.SIGHUP))
	}
	s.boot(byte(n))
}

// flood sends one message that is not honest.
func (s *soak) flood() {
	s.sent++
	from := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 77, 0, byte(150 + s.rng.IntN(100))}), uint16(1024+s.rng.IntN(60000)))
	d := rawnet.Datagram{SrcMAC: s.octets(6), DstMAC: rawnet.Broadcast, Src: from, Dst: netip.MustParseAddrPort(pxeHost + ":69")}
	d.SrcMAC[0] = 0x66
	switch kind := s.rng.IntN(6); kind {
	case 0:
		d.Payload = s.octets(s.rng.IntN(600))
	case 1, 2: // half-open
		d.Payload = []byte("\x00\x01Boot/bootx64.efi\x00octet\x00blksize\x001428\x00windowsize\x0064\x00")
	case 3: // garbage to DHCP's ports
		d.Dst = netip.MustParseAddrPort([]string{all, pxeHost + ":4011"}[s.rng.IntN(2)])
		d.Payload = s.octets(s.rng.IntN(600))
	default: // a machine that is not there
		c := dhcpopts.Firmware(dhcpopts.EFIX64)
		c.MAC = d.SrcMAC
		d.Src, d.Dst = netip.MustParseAddrPort(nobody), netip.MustParseAddrPort(all)
		if kind == 4 {
			c.Message, c.CIAddr = dhcpopts.Request, from.Addr()
			d.Src, d.Dst = netip.AddrPortFrom(from.Addr(), 68), netip.MustParseAddrPort(pxeHost+":4011")
		}
		d.Payload = c.Packet(s.rng.Uint32() | 1<<31).Bytes()
	}
	require.NoError(s, s.conn.Write(d))
}

func (s *soak) octets(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(s.rng.Uint32())
	}
	return b
}

// connect asks by HTTP and hangs up in the middle.
func (s *soak) connect() {
	_, _ = s.fetch("http://10.77.0.2/Boot/bootx64.efi", "--max-filesize", "1", "-o", "/dev/null") // ends in an error, as it is meant to
}

// boot is one machine's boot: an address, port 4011, its file by TFTP and HTTP.
func (s *soak) boot(last byte) {
	s.boots++
	c := mac(dhcpopts.Firmware(dhcpopts.EFIX64), last)
	offer := s.exchange(c, nobody, all)
	require.Equal(s, "Boot/bootx64.efi", string(offer.FileName()))
	require.False(s, offer.YIAddr.IsUnspecified(), "%s", s.p)
	take := c
	take.Message = dhcpopts.Request
	take.Options = append(take.Options, dhcpopts.Option{Code: dhcpopts.OptServerID, Data: netip.MustParseAddr(pxeHost).AsSlice()},
		dhcpopts.Option{Code: 50, Data: offer.YIAddr.AsSlice()})
	ack := s.exchange(take, nobody, all)
	require.Equal(s, offer.YIAddr, ack.YIAddr)
	ask := c
	ask.Message, ask.CIAddr = dhcpopts.Request, netip.MustParseAddr(bootHost)
	require.Equal(s, "Boot/bootx64.efi", string(s.exchange(ask, bootHost+":4011", pxeHost+":4011").FileName()))
	release := c
	release.Message, release.CIAddr = dhcpopts.Release, ack.YIAddr
	s.send(release, ack.YIAddr.String()+":68", pxeHost+":67")

	var got bytes.Buffer
	require.NoError(s, s.client.Do(func() error {
		_, err := tftpget.Get{Server: netip.MustParseAddrPort(pxeHost + ":69"), Name: `\boot\BOOTX64.EFI`, Block: 1428, Window: 1 + s.rng.IntN(16)}.Fetch(&got)
		return err
	}), "%s", s.p)
	content, err := s.fetch("http://10.77.0.2/Boot/bootx64.efi")
	require.NoError(s, err, "%s", s.p)
	require.True(s, content == got.String() && len(content) == 300_000)
}

// exchange sends a message until it is answered, as firmware does: the answers
// to a flood may overrun the sockets on the way.
func (s *soak) exchange(c dhcpopts.Client, from, to string) *dhcpopts.Packet {
	for range 8 {
		xid := s.send(c, from, to)
		require.NoError(s, s.conn.SetReadDeadline(time.Now().Add(4*time.Second)))
		for buf := make([]byte, 2048); ; {
			d, err := s.conn.Read(buf)
			if err != nil {
				break
			}
			if p, err := dhcpopts.Parse(bytes.Clone(d.Payload)); err == nil && p.Op == 2 && p.XID == xid {
				return p
			}
		}
		s.again++
	}
	require.Fail(s, "an honest machine gets no answer", "%s", s.p)
	return nil
}

// usage reads what the server takes.
func (s *soak) usage() (u usage) {
	proc := fmt.Sprintf("/proc/%d/", s.p.cmd.Process.Pid)
	text, err := os.ReadFile(proc + "status")
	require.NoError(s, err)
	for line := range strings.Lines(string(text)) {
		name, rest, _ := strings.Cut(line, ":")
		switch name {
		case "VmRSS":
			_, err = fmt.Sscan(rest, &u.memory)
		case "Threads":
			_, err = fmt.Sscan(rest, &u.threads)
		}
		require.NoError(s, err)
	}
	dir, err := os.Open(proc + "fd")
	require.NoError(s, err)
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	require.True(s, err == nil || err == io.EOF)
	u.files = len(names)
	return u
}

// look reports what the server takes, and holds it to the bounds.
func (s *soak) look(began time.Time) usage {
	u := s.usage()
	s.Logf("%v: %d boots ok (%d messages sent again) among %d messages of others; %d KiB resident, %d threads, %d descriptors",
		time.Since(began).Round(time.Second), s.boots, s.again, s.sent, u.memory, u.threads, u.files)
	require.NotZero(s, u.memory)
	require.Less(s, u.memory, soakMemory)
	require.LessOrEqual(s, u.files, soakFiles)
	require.LessOrEqual(s, u.threads, soakThreads)
	if s.first != (usage{}) {
		require.Less(s, u.memory-s.first.memory, soakGrowth)
	}
	return u
}
