package serve

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/bootfiles"
	"pxekit/internal/journal"
	"pxekit/internal/lab"
	"pxekit/internal/proxydhcp"
	"pxekit/tftpserve"
)

// folder makes a root of boot files.
func folder(t testing.TB, files map[string]string) (string, *bootfiles.Root) {
	t.Helper()
	dir := lab.Folder(t, files)
	root, err := bootfiles.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { root.Close() })
	return dir, root
}

// testServer is a server without sockets, at a time that stands still, whose
// log is the returned text.
func testServer(t testing.TB, files map[string]string) (*Server, *bytes.Buffer) {
	t.Helper()
	_, root := folder(t, files)
	out := &bytes.Buffer{}
	at := time.Unix(1_000_000, 0)
	s := &Server{
		Config: Config{Root: root, HTTPPort: 80, Log: slog.New(journal.NewTextHandler(out))},
		ifaces: []*Iface{{Interface: &net.Interface{Index: 7, Name: "lab0"}, Addrs: []netip.Prefix{netip.MustParsePrefix("10.0.0.2/24")}}},
		book:   newBook(), rivals: newLRU[netip.Addr, bool](maxRivals), servers: newLRU[netip.Addr, bool](maxRivals), fetching: map[netip.Addr]int{},
		downloads: map[*download]struct{}{}, quotas: newQuotas(),
		now: func() time.Time { return at }, neighbour: func(netip.Addr) net.HardwareAddr { return nil },
	}
	return s, out
}

func lines(out *bytes.Buffer) string {
	var text []string
	for _, l := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		_, rest, _ := strings.Cut(l, " ") // without the time
		text = append(text, rest)
	}
	out.Reset()
	return strings.Join(text, "\n")
}

// sent collects what a server writes.
type sent struct {
	socket
	all []datagram
}

func (s *sent) write(d datagram) error {
	s.all = append(s.all, d)
	return nil
}

var (
	theMAC   = net.HardwareAddr{0x52, 0x54, 0, 0x12, 0x34, 0x56}
	theLease = netip.MustParseAddr("10.0.0.50")
	ourAddr  = netip.MustParseAddr("10.0.0.2")
)

// hear gives a message to a server as it comes from a socket.
func hear(s *Server, k socket, c dhcpopts.Client, port uint16) {
	c.MAC = theMAC
	s.handle(k, datagram{
		payload: c.Packet(1).Bytes(), remote: netip.MustParseAddrPort("0.0.0.0:68"),
		local: netip.AddrPortFrom(ourAddr, port), iface: s.ifaces[0],
	})
}

// hearServer gives it another server's answer.
func hearServer(s *Server, kind uint8, yiaddr netip.Addr, file string) {
	hearFrom(s, "10.0.0.1", kind, yiaddr, file)
}

// hearRival gives it another PXE responder's offer.
func hearRival(s *Server) {
	hearFrom(s, "10.0.0.3", dhcpopts.Offer, netip.Addr{}, "other.efi", dhcpopts.Option{Code: dhcpopts.OptClass, Data: []byte("PXEClient")})
}

func hearFrom(s *Server, server string, kind uint8, yiaddr netip.Addr, file string, options ...dhcpopts.Option) {
	h := dhcpopts.Header{Op: 2, HType: 1, HLen: 6, XID: 1, YIAddr: yiaddr}
	copy(h.CHAddr[:], theMAC)
	copy(h.File[:], file)
	from := netip.MustParseAddr(server)
	b, _ := dhcpopts.Encode(h, append([]dhcpopts.Option{{Code: 53, Data: []byte{kind}}, {Code: 54, Data: from.AsSlice()}}, options...), 0)
	s.handle(nil, datagram{
		payload: b, remote: netip.AddrPortFrom(from, 67), local: netip.AddrPortFrom(ourAddr, 68), iface: s.ifaces[0],
	})
}

func x64Plan(file string) *plan.Plan {
	return &plan.Plan{Rules: []plan.Rule{{Match: plan.Match{Archs: []plan.ArchRef{{Arch: dhcpopts.EFIX64}}}, File: file}}}
}

// A boot's story, told as it happens and in one line at its end.
func TestStory(t *testing.T) {
	s, out := testServer(t, nil)
	s.policies = s.resolve(x64Plan("bootx64.efi"))
	wire := &sent{}
	hear(s, wire, dhcpopts.Firmware(dhcpopts.EFIX64), 67)
	require.Len(t, wire.all, 1)
	require.Equal(t, "255.255.255.255:68", wire.all[0].remote.String())
	require.Equal(t, "10.0.0.2:67", wire.all[0].local.String())
	hearServer(s, dhcpopts.Offer, theLease, "")
	hearServer(s, dhcpopts.Ack, theLease, "")

	request := tftpserve.Request{Client: netip.AddrPortFrom(theLease, 2000), Packet: tftpserve.Packet{Op: tftpserve.RRQ, File: "bootx64.efi"}}
	tsize := tftpserve.Terms{OACK: []tftpserve.Option{{Name: "tsize", Value: "949000"}}}
	for _, e := range []tftpserve.Event{
		{Kind: tftpserve.Started, Request: request, Terms: tsize, Size: 949_000},
		{Kind: tftpserve.Finished, Request: request, Terms: tsize, Outcome: tftpserve.Outcome{Code: tftpserve.OptionRefused}}, // edk2 asks for the size
		{Kind: tftpserve.Started, Request: request, Size: 949_000},
		{Kind: tftpserve.Finished, Request: request, Outcome: tftpserve.Outcome{Complete: true}, Bytes: 949_000},
		{Kind: tftpserve.Started, Request: request, Size: 5},
		{Kind: tftpserve.Finished, Request: request, Outcome: tftpserve.Outcome{Silent: true}, Bytes: 2},
		{Kind: tftpserve.Started, Request: request, Size: 949_000},
		{Kind: tftpserve.Finished, Request: request, Outcome: tftpserve.Outcome{Silent: true, Sent: true}, Size: 949_000, Bytes: 948_000},
	} {
		s.tftpEvent(e)
	}
	require.Equal(t, `52:54:00:12:34:56 UEFI x64: offered bootx64.efi (rule 1)
DHCP server 10.0.0.1 gives addresses on lab0
52:54:00:12:34:56 UEFI x64: offered bootx64.efi (rule 1) → RRQ → 949 KB, ok
warning: 52:54:00:12:34:56 UEFI x64: bootx64.efi, failed after 2 bytes: the client stopped answering
52:54:00:12:34:56 UEFI x64: bootx64.efi, 949 KB, sent to the end, which was not acknowledged`, lines(out))
	require.True(t, s.book.known(theMAC).Fetched)
}

// A story that goes no further says what is known of the reason.
func TestStalled(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(*Server)
		says    string
	}{
		"no DHCP server": {func(*Server) {}, "no DHCP server offers it an address"},
		"address not taken": {func(s *Server) { hearServer(s, dhcpopts.Offer, theLease, "") },
			"was offered an address and took none"},
		"file of the DHCP server": {func(s *Server) {
			hearServer(s, dhcpopts.Offer, theLease, "old.0")
			hear(s, nil, withType(dhcpopts.Request), 67)
		}, "took its address and not this offer: DHCP server 10.0.0.1 names a boot file itself (old.0), which iPXE prefers; remove it there"},
		"file never asked for": {func(s *Server) {
			hearServer(s, dhcpopts.Offer, theLease, "")
			hear(s, nil, withType(dhcpopts.Request), 67)
		}, "took its address and never asked for the boot file"},
	} {
		s, out := testServer(t, nil)
		s.policies = s.resolve(x64Plan("bootx64.efi"))
		s.ears = make([]socket, len(s.ifaces))
		hear(s, &sent{}, dhcpopts.Firmware(dhcpopts.EFIX64), 67)
		c.happens(s)
		s.sweep()
		lines(out)
		later := s.now().Add(storyEnds)
		s.now = func() time.Time { return later }
		s.sweep()
		require.Equal(t, "warning: 52:54:00:12:34:56 UEFI x64: offered bootx64.efi (rule 1) → "+c.says, lines(out), name)
		s.sweep()
		require.Empty(t, out.String(), "told once")
	}
}

func withType(kind uint8) dhcpopts.Client {
	c := dhcpopts.Firmware(dhcpopts.EFIX64)
	c.Message = kind
	return c
}

// Only firmware that refused one way and took the other teaches anything.
func TestLearns(t *testing.T) {
	s, out := testServer(t, nil)
	s.Strategy = proxydhcp.Auto
	s.policies = s.resolve(x64Plan("bootx64.efi"))
	for at := s.now(); s.now().Sub(at) <= 4*time.Second; { // edk2's repeat
		hear(s, &sent{}, dhcpopts.Firmware(dhcpopts.EFIX64), 67)
		hearServer(s, dhcpopts.Offer, theLease, "")
		next := s.now().Add(4 * time.Second)
		s.now = func() time.Time { return next }
	}
	require.Contains(t, lines(out), "sent to port 4011 (rule 1)\nwarning: 52:54:00:12:34:56: changed the way of answering: the firmware drops proxy offers of this kind")
	hearServer(s, dhcpopts.Ack, theLease, "")
	s.asks(theLease, "RRQ")
	print := proxydhcp.Fingerprint(dhcpopts.Firmware(dhcpopts.EFIX64).Packet(1))
	learned, _ := s.book.learned.get(print)
	require.Equal(t, proxydhcp.BINL, learned)
}

// A machine that takes another responder's offer refuses nothing, whichever
// is heard first.
func TestContested(t *testing.T) {
	for _, firstHeard := range []bool{true, false} {
		s, out := testServer(t, nil)
		s.Strategy = proxydhcp.Auto
		s.policies = s.resolve(x64Plan("bootx64.efi"))
		if firstHeard {
			hearRival(s)
		}
		hear(s, &sent{}, dhcpopts.Firmware(dhcpopts.EFIX64), 67)
		if !firstHeard {
			hearRival(s)
		}
		hearServer(s, dhcpopts.Offer, theLease, "")
		hear(s, nil, withType(dhcpopts.Request), 67)
		hear(s, &sent{}, dhcpopts.Firmware(dhcpopts.EFIX64), 67)
		require.NotContains(t, lines(out), "changed the way of answering")
	}
}

// Two interfaces of one network hear each other's answers: they are no rivals.
func TestOwnAnswerIsNoRival(t *testing.T) {
	s, out := testServer(t, nil)
	s.ifaces = append(s.ifaces, &Iface{Interface: &net.Interface{Index: 8, Name: "lab1"}, Addrs: []netip.Prefix{netip.MustParsePrefix("10.0.0.3/24")}})
	hearRival(s)
	require.Empty(t, out.String())
	require.Nil(t, s.book.known(theMAC))
}

// The question at the start, heard by another interface of the same network, is
// no machine's; a machine that has its number by chance is answered.
func TestOwnQuestion(t *testing.T) {
	s, out := testServer(t, nil)
	s.policies = s.resolve(x64Plan("bootx64.efi"))
	s.asked = []uint32{1}
	wire := &sent{}
	hear(s, wire, dhcpopts.Firmware(dhcpopts.EFIX64), 67)
	require.Len(t, wire.all, 1)
	out.Reset()
	s.ifaces[0].HardwareAddr = theMAC
	hear(s, wire, dhcpopts.Firmware(dhcpopts.EFIX64), 67)
	require.Len(t, wire.all, 1)
	require.Empty(t, out.String())
}

// What observes sends nothing, and expects nothing of machines.
func TestObserving(t *testing.T) {
	s, out := testServer(t, nil)
	s.policies = s.resolve(x64Plan("bootx64.efi"))
	s.observing = true
	wire := &sent{}
	hear(s, wire, dhcpopts.Firmware(dhcpopts.EFIX64), 67)
	require.Empty(t, wire.all)
	require.Equal(t, "52:54:00:12:34:56 UEFI x64: offered bootx64.efi (rule 1); not sent, only observing", lines(out))
	require.Nil(t, s.book.known(theMAC))
}

// GRUB that asks for nothing further asks another server.
func TestGRUBElsewhere(t *testing.T) {
	s, out := testServer(t, nil)
	s.policies = s.resolve(x64Plan("shimx64.efi"))
	hear(s, &sent{}, dhcpopts.Firmware(dhcpopts.EFIX64), 67)
	hearServer(s, dhcpopts.Ack, theLease, "")
	for _, name := range []string{"shimx64.efi", "grubx64.efi"} {
		s.asks(theLease, "RRQ")
		s.fetched(theLease, fetch{name: name, bytes: 1000})
	}
	lines(out)
	later := s.now().Add(storyEnds)
	s.now = func() time.Time { return later }
	s.sweep()
	require.Contains(t, lines(out), "signed GRUB takes its server from the DHCP server's own answer")
}

// Names that are found without their tail are served, and the log names the cure.
func TestJunk(t *testing.T) {
	s, out := testServer(t, map[string]string{"boot.efi": "x"})
	for tail, cure := range map[string]string{
		"\xff": "close option 67 with a NUL", "\r\n": "a line end was pasted", "'": "without quotes", " ": "remove the blank",
	} {
		f, err := s.openTFTP(tftpserve.Request{Client: netip.AddrPortFrom(theLease, 2000), Packet: tftpserve.Packet{File: "boot.efi" + tail}})
		require.NoError(t, err)
		require.Equal(t, int64(1), f.Size())
		require.NoError(t, f.Close())
		text := lines(out)
		require.Contains(t, text, cure)
		require.NotContains(t, text, "\r")
	}
}

func TestMisses(t *testing.T) {
	s, out := testServer(t, nil)
	for name, normal := range map[string]bool{
		"pxelinux.cfg/01-52-54-00-12-34-56": true, "pxelinux.cfg/0A00": true, "pxelinux.cfg/default": false,
		`boot\revocations_sku.efi`: true, "shim_certificate_0.efi": true, "autoexec.ipxe": true, "boot.efi": false,
		"9ffefdef/start4.elf": true, "DC-A6-32-01-36-C2/config.txt": true, "bootsig.bin": true, "pieeprom.sig": true, "kernel8.img": true,
		"start4.elf": false, "config.txt": false, "kernel.img": false, "9ffefde/start4.elf": false, "9ffefdefa/start4.elf": false,
	} {
		_, err := s.openTFTP(tftpserve.Request{Packet: tftpserve.Packet{File: name}})
		s.missed(theLease, "TFTP", name, err)
		require.Equal(t, !normal, strings.HasPrefix(lines(out), "warning: "), name)
	}
}

func TestHTTP(t *testing.T) {
	s, out := testServer(t, map[string]string{"Boot/bootx64.efi": "0123456789", "boot.ipxe": "#!ipxe", "a b.iso": "iso"})
	web := httptest.NewServer(http.HandlerFunc(s.serveHTTP))
	defer web.Close()
	do := func(method, path, ranges string) (*http.Response, string) {
		r, err := http.NewRequest(method, web.URL+path, nil)
		require.NoError(t, err)
		if ranges != "" {
			r.Header.Set("Range", ranges)
		}
		got, err := http.DefaultTransport.RoundTrip(r) // no redirects
		require.NoError(t, err)
		defer got.Body.Close()
		body, err := io.ReadAll(got.Body)
		require.NoError(t, err)
		return got, string(body)
	}
	for _, c := range []struct {
		method, path, ranges string
		status               int
		body, kind           string
	}{
		{"GET", "/Boot/bootx64.efi", "", 200, "0123456789", "application/efi"},
		{"GET", "//BOOT//BOOTX64.EFI", "", 200, "0123456789", "application/efi"},
		{"GET", `/Boot%5Cbootx64.efi`, "", 200, "0123456789", "application/efi"},
		{"GET", "/Boot/bootx64.efi", "bytes=2-4", 206, "234", "application/efi"},
		{"GET", "/boot.ipxe", "", 200, "#!ipxe", "text/plain; charset=utf-8"},
		{"GET", "/a%20b.iso", "", 200, "iso", "application/vnd.efi-iso"},
		{"GET", "/none", "", 404, "Not Found\n", "text/plain; charset=utf-8"},
		{"GET", "/Boot", "", 403, "Forbidden\n", "text/plain; charset=utf-8"},
		{"GET", "/", "", 403, "Forbidden\n", "text/plain; charset=utf-8"},
		{"GET", "/%2e%2e/%2e%2e/etc/passwd", "", 403, "Forbidden\n", "text/plain; charset=utf-8"},
		{"POST", "/boot.ipxe", "", 405, "only GET and HEAD\n", "text/plain; charset=utf-8"},
		{"GET", "/healthz", "", 200, "ok\n", "text/plain; charset=utf-8"},
	} {
		got, body := do(c.method, c.path, c.ranges)
		require.Equal(t, c.status, got.StatusCode, "%s %s", c.method, c.path)
		require.Equal(t, c.body, body, c.path)
		require.Equal(t, c.kind, got.Header.Get("Content-Type"), c.path)
	}
	head, body := do("HEAD", "/Boot/bootx64.efi", "")
	require.Equal(t, int64(10), head.ContentLength)
	require.Empty(t, body)
	_, text := do("GET", "/metrics", "")
	require.Contains(t, text, "# TYPE pxekit_http_bytes_total counter\npxekit_http_bytes_total 42\n")
	require.Contains(t, lines(out), "127.0.0.1: /Boot/bootx64.efi, 10 bytes, ok")
}

func TestLRU(t *testing.T) {
	l := newLRU[int, string](2)
	l.put(1, "a")
	l.put(2, "b")
	l.put(1, "A")
	l.put(3, "c")
	_, ok := l.get(2)
	require.False(t, ok, "the least used made room")
	v, _ := l.get(1)
	require.Equal(t, "A", v)
	require.Equal(t, 2, len(l.items))
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0 bytes", 999: "999 bytes", 1000: "1.0 KB", 949_321: "949 KB", 49_600_000: "49.6 MB", 5e12: "5.0 TB", 5e15: "5000 TB"} {
		require.Equal(t, want, size(n))
	}
}

func TestLastOf(t *testing.T) {
	for network, want := range map[string]string{"10.0.0.2/24": "10.0.0.255", "10.0.0.2/32": "10.0.0.2", "10.1.2.3/8": "10.255.255.255", "1.2.3.4/0": "255.255.255.255"} {
		require.Equal(t, want, lastOf(netip.MustParsePrefix(network)).String())
	}
}

// Nothing that comes by the wire ends the server, and a flood of machines stays
// within the book's bounds.
func TestFlood(t *testing.T) {
	s, out := testServer(t, nil)
	s.policies = s.resolve(x64Plan("bootx64.efi"))
	c := dhcpopts.Firmware(dhcpopts.EFIX64)
	for i := range 3 * maxMachines {
		c.MAC = []byte{2, 0, 0, byte(i >> 16), byte(i >> 8), byte(i)}
		b := c.Packet(1).Bytes()
		for _, payload := range [][]byte{b, b[:i%len(b)]} {
			s.handle(&sent{}, datagram{payload: payload, local: netip.AddrPortFrom(ourAddr, 67), iface: s.ifaces[0]})
		}
		out.Reset()
	}
	require.Equal(t, maxMachines, len(s.book.machines.items))
}

// A transfer may take as long as it needs: the story of a machine that still
// loads is not ended.
func TestLongTransferIsNotTold(t *testing.T) {
	s, out := testServer(t, nil)
	s.policies = s.resolve(x64Plan("bootx64.efi"))
	hear(s, &sent{}, dhcpopts.Firmware(dhcpopts.EFIX64), 67)
	m := s.book.known(theMAC)
	s.book.byIP.put(theLease, m)
	s.asks(theLease, "RRQ")
	s.transfers(theLease, 1)
	lines(out)

	later := s.now().Add(10 * storyEnds)
	s.now = func() time.Time { return later }
	s.sweep()
	require.Empty(t, lines(out))

	s.transfers(theLease, -1)
	muchLater := later.Add(storyEnds)
	s.now = func() time.Time { return muchLater }
	s.sweep()
	require.Contains(t, lines(out), "did not end")
}

// Of thousands of single machines the first are listed, and a file that is
// missing is named once.
func TestDescribeManyHosts(t *testing.T) {
	s, _ := testServer(t, nil)
	p := x64Plan("bootx64.efi")
	for i := range mostHosts + 7 {
		host := p.Rules[0]
		host.Match.MAC = []byte{2, 0, 0, 0, 0, byte(i)}
		host.File = "none.efi"
		p.Hosts = append(p.Hosts, host)
	}
	lines := s.describe(s.resolve(p))
	require.Len(t, lines, mostHosts+1+1+2)
	require.Contains(t, lines[0].Text, "host 1: ")
	require.Contains(t, lines[mostHosts].Text, "rule 1: ")
	require.Equal(t, "7 more hosts have an entry of their own", lines[mostHosts+1].Text)
	require.Contains(t, lines[mostHosts+2].Text, "host 1: none.efi is not there")
	require.Contains(t, lines[mostHosts+3].Text, "rule 1: bootx64.efi is not there")
}

func TestInterfaceID(t *testing.T) {
	for ip, want := range map[string]string{
		"fe80::5054:ff:fe12:3456%lab0": theMAC.String(), "fd00::5054:ff:fe12:3456": theMAC.String(), "fd00::1": "", "10.255.254.1": "", "::ffff:10.255.254.1": "",
	} {
		require.Equal(t, want, interfaceID(netip.MustParseAddr(ip)).String(), ip)
	}
}
