//go:build linux

package main

import (
	"bytes"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/internal/lab"
	"pxekit/internal/rawnet"
)

// The hosts of a test network: the DHCP server, pxekit, and a machine that has
// taken an address.
const (
	dhcpHost = "10.77.0.1"
	pxeHost  = "10.77.0.2"
	bootHost = "10.77.0.50"
)

// addressesOnly is a DHCP server that knows nothing of booting.
const addressesOnly = "subnet 10.77.0.0 netmask 255.255.255.0 { range 10.77.0.100 10.77.0.150; option routers 10.77.0.1; }\n"

// patience is for what happens by itself, on however busy a machine.
const patience = time.Minute

// site is a network with a DHCP server, pxekit and a client.
type site struct {
	*testing.T
	pxekit *lab.Server
	at     string // pxekit's address on this network
	client *lab.Net
	conn   *rawnet.Conn
	xid    uint32
	later  dhcpopts.Client // a machine that pxekit answers, see ask
}

// visit plugs the client in.
func visit(t *testing.T, segment *lab.Segment) *site {
	t.Helper()
	return visitAt(t, segment, pxeHost, bootHost)
}

// visitAt is visit on a network where pxekit and the client have these addresses.
func visitAt(t *testing.T, segment *lab.Segment, at, client string) *site {
	t.Helper()
	s := &site{T: t, at: at, client: segment.Host(t, client), later: dhcpopts.Firmware(dhcpopts.HTTPX64)}
	require.NoError(t, s.client.Do(func() error {
		i, err := net.InterfaceByName(lab.ServerInterface)
		if err != nil {
			return err
		}
		s.conn, err = rawnet.Listen(i, 68, 4011)
		return err
	}))
	t.Cleanup(func() { s.conn.Close() })
	return s
}

// The second network of a host with two: pxekit's and a machine's address there.
const (
	pxeHost2  = "10.78.0.2"
	bootHost2 = "10.78.0.50"
)

// two are the networks of a host with two interfaces, s0 and s1.
func two(t *testing.T) (first, second *lab.Segment, host *lab.Net) {
	t.Helper()
	first, second = lab.NewSegment(t), lab.NewSegment(t)
	host = first.Host(t, pxeHost)
	second.Plug(t, host, "s1", pxeHost2)
	return first, second, host
}

// bootFolder has what a scan recognises: an x64 program, BIOS iPXE and its
// script.
func bootFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o755))
	efi := make([]byte, 300_000)
	copy(efi, "MZ")
	efi[0x3c] = 0x80
	copy(efi[0x80:], "PE\x00\x00\x64\x86")
	for name, content := range map[string]string{
		"Boot/bootx64.efi": string(efi), "undionly.kpxe": "not really iPXE", "boot.ipxe": "#!ipxe\n", "autoexec.txt": "x",
	} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644))
	}
	return dir
}

// serving runs pxekit serve with flags beside a DHCP server.
func serving(t *testing.T, flags, ready string) *site {
	t.Helper()
	segment := lab.NewSegment(t)
	segment.Host(t, dhcpHost).Start(t, lab.ISC, addressesOnly)
	s := visit(t, segment)
	s.pxekit = segment.Host(t, pxeHost).Start(t, lab.Program("pxekit", `exec "$1" serve -i s0 `+flags, ready), "")
	return s
}

// send gives a message to the network as its machine would.
func (s *site) send(c dhcpopts.Client, from, to string) (xid uint32) {
	s.xid++
	require.NoError(s, s.conn.Write(rawnet.Datagram{
		SrcMAC: c.MAC, DstMAC: rawnet.Broadcast,
		Src: netip.MustParseAddrPort(from), Dst: netip.MustParseAddrPort(to), Payload: c.Packet(s.xid).Bytes(),
	}))
	return s.xid
}

// ask gives a message to the network and returns pxekit's answers, with where
// they were sent. A later machine asks the same port, and since pxekit takes one
// message after the other its answer comes last.
func (s *site) ask(c dhcpopts.Client, from, to string) (packets []*dhcpopts.Packet, ways []string) {
	s.Helper()
	return s.askAll(c, from, to, 1)
}

// askAll is ask where several servers on pxekit's host answer a machine.
func (s *site) askAll(c dhcpopts.Client, from, to string, servers int) (packets []*dhcpopts.Packet, ways []string) {
	s.Helper()
	xid := s.send(c, from, to)
	later := mac(s.later, 0xff)
	if strings.HasSuffix(to, ":4011") {
		later.Message, later.CIAddr = dhcpopts.Request, netip.MustParseAddr("10.77.0.51")
	}
	last := s.send(later, from, to)
	require.NoError(s, s.conn.SetReadDeadline(time.Now().Add(patience)))
	for servers > 0 {
		p, way := s.hear(s.at)
		switch p.XID {
		case xid:
			packets, ways = append(packets, p), append(ways, way)
		case last:
			servers--
		}
	}
	return packets, ways
}

// hear waits for a host's next message.
func (s *site) hear(from string) (p *dhcpopts.Packet, way string) {
	s.Helper()
	buf := make([]byte, 2048)
	for {
		d, err := s.conn.Read(buf)
		require.NoError(s, err, s.pxekit.Log())
		if d.Src.Addr().String() != from {
			continue
		}
		p, err := dhcpopts.Parse(bytes.Clone(d.Payload))
		require.NoError(s, err)
		if p.Op == 2 {
			return p, d.Src.String() + " " + d.Dst.String()
		}
	}
}

// one is the only answer of pxekit to a message.
func (s *site) one(c dhcpopts.Client, from, to string) (*dhcpopts.Packet, string) {
	s.Helper()
	packets, ways := s.ask(c, from, to)
	require.Len(s, packets, 1, s.pxekit.Log())
	return packets[0], ways[0]
}

// none wants no answer of pxekit to a message.
func (s *site) none(c dhcpopts.Client, from, to string) {
	s.Helper()
	packets, _ := s.ask(c, from, to)
	require.Empty(s, packets, s.pxekit.Log())
}

// fetch gets a URL with curl, which speaks TFTP too, on the machine's side.
func (s *site) fetch(url string, flags ...string) (string, error) {
	lab.Need(s, "curl")
	var out []byte
	err := s.client.Do(func() (err error) {
		out, err = exec.Command("curl", append([]string{"-sS", "--max-time", "60", "-f", url}, flags...)...).Output()
		return err
	})
	return string(out), err
}

// said waits for a line of pxekit's log.
func (s *site) said(text string) {
	s.Helper()
	require.Eventually(s, func() bool { return strings.Contains(s.pxekit.Log(), text) }, patience, time.Second/50,
		"%s\n%s", text, lazyLog{s.pxekit})
}

type lazyLog struct{ s *lab.Server }

func (l lazyLog) String() string { return l.s.Log() }

func mac(c dhcpopts.Client, last byte) dhcpopts.Client {
	c.MAC = []byte{0x52, 0x54, 0, 0x12, 0x34, last}
	return c
}

func value(p *dhcpopts.Packet, code uint8) string {
	v, _ := p.Get(code)
	return string(v)
}

const (
	nobody = "0.0.0.0:68"
	all    = "255.255.255.255:67"
)

// relayed sends a message as a relay does and wants the answer at the relay.
func (s *site) relayed(c dhcpopts.Client) {
	s.Helper()
	var conn *net.UDPConn
	require.NoError(s, s.client.Do(func() (err error) {
		conn, err = net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(bootHost), Port: 67})
		return err
	}))
	defer conn.Close()
	_, err := conn.WriteToUDPAddrPort(c.Packet(77).Bytes(), netip.MustParseAddrPort(pxeHost+":67"))
	require.NoError(s, err)
	buf := make([]byte, 2048)
	require.NoError(s, conn.SetReadDeadline(time.Now().Add(patience)))
	n, from, err := conn.ReadFromUDPAddrPort(buf)
	require.NoError(s, err, s.pxekit.Log())
	require.Equal(s, pxeHost+":67", from.String())
	p, err := dhcpopts.Parse(buf[:n])
	require.NoError(s, err)
	require.Equal(s, bootHost, p.GIAddr.String())
}

// watches lets pxekit decide about a machine, and hears nothing of it.
func (s *site) watches(c dhcpopts.Client) {
	s.Helper()
	s.send(c, nobody, all)
	s.said("offered Boot/bootx64.efi (rule 3); not sent, only observing")
	require.NoError(s, s.conn.SetReadDeadline(time.Now().Add(time.Second/10)))
	buf := make([]byte, 2048)
	for {
		d, err := s.conn.Read(buf)
		if err != nil {
			return
		}
		require.NotEqual(s, pxeHost, d.Src.Addr().String())
	}
}
