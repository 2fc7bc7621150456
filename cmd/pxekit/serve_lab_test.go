//go:build linux

package main

import (
	"encoding/json"
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

// site is a network with a DHCP server, pxekit and a client.
type site struct {
	*testing.T
	pxekit *lab.Server
	client *lab.Net
	conn   *rawnet.Conn
	xid    uint32
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
	dhcp := segment.Host(t, dhcpHost)
	dhcp.Start(t, lab.ISC, addressesOnly)
	s := &site{T: t, client: segment.Host(t, bootHost)}
	s.listen()
	host := segment.Host(t, pxeHost)
	s.pxekit = host.Start(t, lab.Program("pxekit", `exec "$1" serve -i s0 `+flags, ready), "")
	return s
}

func (s *site) listen() {
	require.NoError(s, s.client.Do(func() error {
		i, err := net.InterfaceByName(lab.ServerInterface)
		if err != nil {
			return err
		}
		s.conn, err = rawnet.Listen(i, 68, 4011)
		return err
	}))
	s.Cleanup(func() { s.conn.Close() })
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

// answers returns the messages with a transaction id that come from one host
// within a while, with where they were sent.
func (s *site) answers(xid uint32, from string) (packets []*dhcpopts.Packet, to []string) {
	require.NoError(s, s.conn.SetReadDeadline(time.Now().Add(1500*time.Millisecond)))
	buf := make([]byte, 2048)
	for {
		d, err := s.conn.Read(buf)
		if err != nil {
			return packets, to
		}
		p, err := dhcpopts.Parse(d.Payload)
		require.NoError(s, err)
		if p.Op == 2 && p.XID == xid && d.Src.Addr().String() == from {
			b := p.Bytes() // shares buf until here
			p, _ = dhcpopts.Parse(b)
			packets, to = append(packets, p), append(to, d.Src.String()+" "+d.Dst.String())
		}
	}
}

// one is the only answer of pxekit to a message.
func (s *site) one(c dhcpopts.Client, from, to string) (*dhcpopts.Packet, string) {
	s.Helper()
	packets, ways := s.answers(s.send(c, from, to), pxeHost)
	require.Len(s, packets, 1, s.pxekit.Log())
	return packets[0], ways[0]
}

// fetch gets a URL with curl, which speaks TFTP too, on the machine's side.
func (s *site) fetch(url string, flags ...string) (string, error) {
	lab.Need(s, "curl")
	var out []byte
	err := s.client.Do(func() (err error) {
		out, err = exec.Command("curl", append([]string{"-sS", "--max-time", "20", "-f", url}, flags...)...).Output()
		return err
	})
	return string(out), err
}

// said waits for a line of pxekit's log.
func (s *site) said(text string) {
	s.Helper()
	require.Eventually(s, func() bool { return strings.Contains(s.pxekit.Log(), text) }, 10*time.Second, 20*time.Millisecond,
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

// A folder and an interface are enough: whole boots of edk2 and iPXE, simulated
// message by message, beside dhcpd.
func TestServeBootsFromFolder(t *testing.T) {
	s := serving(t, "--root "+bootFolder(t), "answering on s0")
	s.said("DHCP server 10.77.0.1 gives addresses on s0")
	s.said("bios gets undionly.kpxe")
	s.said("efi-x64, efi-bc gets Boot/bootx64.efi")
	s.said("no boot program for efi-ia32, efi-arm64: such machines get nothing")

	// edk2: the offer is complete in itself.
	x64 := mac(dhcpopts.Firmware(dhcpopts.EFIX64), 1)
	offer, way := s.one(x64, nobody, all)
	require.Equal(t, "10.77.0.2:67 255.255.255.255:68", way)
	require.Equal(t, "Boot/bootx64.efi", string(offer.FileName()))
	require.Equal(t, pxeHost, offer.SIAddr.String())
	require.Equal(t, "PXEClient", value(offer, dhcpopts.OptClass))
	require.True(t, offer.YIAddr.IsUnspecified())

	// It takes the address of dhcpd, which pxekit leaves alone.
	take := x64
	take.Message = dhcpopts.Request
	take.Options = append(take.Options, dhcpopts.Option{Code: dhcpopts.OptServerID, Data: netip.MustParseAddr(dhcpHost).AsSlice()})
	packets, _ := s.answers(s.send(take, nobody, all), pxeHost)
	require.Empty(t, packets)

	// Port 4011 answers to where the request came from, 4011 here, in any case.
	ask := x64
	ask.Message, ask.CIAddr = dhcpopts.Request, netip.MustParseAddr(bootHost)
	for _, port := range []string{"68", "4011"} {
		ack, way := s.one(ask, bootHost+":"+port, pxeHost+":4011")
		require.Equal(t, "10.77.0.2:4011 10.77.0.50:"+port, way)
		require.Equal(t, "Boot/bootx64.efi", string(ack.FileName()))
	}

	// The file, by the name that a Windows tree would have it, and its verdict.
	content, err := s.fetch(`tftp://10.77.0.2/\BOOT\bootX64.efi`)
	require.NoError(t, err, s.pxekit.Log())
	require.Len(t, content, 300_000)
	s.said("52:54:00:12:34:01 UEFI x64: offered Boot/bootx64.efi (rule 3) → asked port 4011, told Boot/bootx64.efi (rule 3) → RRQ → 300 KB, ok\n")

	// iPXE gets the script, and fetches it by HTTP.
	script, _ := s.one(mac(dhcpopts.Firmware(dhcpopts.BIOS).WithIPXE(), 2), nobody, all)
	require.Equal(t, "http://10.77.0.2/boot.ipxe", string(script.FileName()))
	content, err = s.fetch("http://10.77.0.2/boot.ipxe")
	require.NoError(t, err)
	require.Equal(t, "#!ipxe\n", content)

	// HTTP boot gets a URL; a laptop gets nothing.
	web, _ := s.one(mac(dhcpopts.Firmware(dhcpopts.HTTPX64), 3), nobody, all)
	require.Equal(t, "http://10.77.0.2/Boot/bootx64.efi", string(web.FileName()))
	require.Equal(t, "HTTPClient", value(web, dhcpopts.OptClass))
	packets, _ = s.answers(s.send(mac(dhcpopts.Laptop(), 4), nobody, all), pxeHost)
	require.Empty(t, packets)

	// A relay is answered at its own address.
	relayed := mac(dhcpopts.Firmware(dhcpopts.EFIX64), 5)
	relayed.GIAddr = netip.MustParseAddr(bootHost)
	s.relayed(relayed)
}

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
	require.NoError(s, conn.SetReadDeadline(time.Now().Add(10*time.Second)))
	n, from, err := conn.ReadFromUDPAddrPort(buf)
	require.NoError(s, err, s.pxekit.Log())
	require.Equal(s, pxeHost+":67", from.String())
	p, err := dhcpopts.Parse(buf[:n])
	require.NoError(s, err)
	require.Equal(s, bootHost, p.GIAddr.String())
}

// only is a message of pxekit among those of a host that is a DHCP server too.
func only(t *testing.T, packets []*dhcpopts.Packet) *dhcpopts.Packet {
	t.Helper()
	var ours []*dhcpopts.Packet
	for _, p := range packets {
		if p.YIAddr.IsUnspecified() {
			ours = append(ours, p)
		}
	}
	require.Len(t, ours, 1)
	return ours[0]
}

// On the DHCP server's own host port 67 is taken: pxekit listens beside it.
func TestServeBesideDHCPOnOneHost(t *testing.T) {
	segment := lab.NewSegment(t)
	s := &site{T: t, client: segment.Host(t, bootHost)}
	s.listen()
	host := segment.Host(t, pxeHost)
	dhcp := host.Start(t, lab.ISC, addressesOnly)
	s.pxekit = host.Start(t, lab.Program("pxekit", `exec "$1" serve -i s0 --root `+bootFolder(t), "answering on s0"), "")
	s.said("port 67 is taken by another program on this host: listening beside it by packet socket")

	x64 := mac(dhcpopts.Firmware(dhcpopts.EFIX64), 1)
	packets, _ := s.answers(s.send(x64, nobody, all), pxeHost)
	require.Len(t, packets, 2, "an address from dhcpd, the file from pxekit\n%s\n%s", dhcp.Log(), s.pxekit.Log())
	require.Equal(t, "Boot/bootx64.efi", string(only(t, packets).FileName()))

	// A machine that has an address is answered by unicast (iPXE's discovery).
	find := x64
	find.Message, find.CIAddr = dhcpopts.Request, netip.MustParseAddr(bootHost)
	find.Options = append(find.Options, dhcpopts.Option{Code: dhcpopts.OptVendor, Data: dhcpopts.EncodePXE(dhcpopts.PXE{Item: &dhcpopts.BootItem{}})})
	packets, ways := s.answers(s.send(find, bootHost+":68", all), pxeHost)
	require.NotEmpty(t, packets, s.pxekit.Log())
	require.Contains(t, ways, "10.77.0.2:67 10.77.0.50:68")
	s.relayed(func() dhcpopts.Client {
		c := mac(dhcpopts.Firmware(dhcpopts.BIOS), 6)
		c.GIAddr = netip.MustParseAddr(bootHost)
		return c
	}())
}

// Where another PXE responder is at work nothing is sent, unless asked for.
func TestServeObservesBesideRival(t *testing.T) {
	for _, c := range []struct {
		flags, ready string
		answers      int
	}{
		{"", "only observing: nothing is sent since another PXE responder is at work", 0},
		{" --force", "answering on s0", 1},
	} {
		segment := lab.NewSegment(t)
		segment.Host(t, dhcpHost).Start(t, lab.ISC, addressesOnly)
		segment.Host(t, "10.77.0.3").Start(t, lab.Dnsmasq, "interface=s0\ndhcp-range=10.77.0.0,proxy\npxe-service=X86-64_EFI,\"other\",other.efi\n")
		s := &site{T: t, client: segment.Host(t, bootHost)}
		s.listen()
		s.pxekit = segment.Host(t, pxeHost).Start(t, lab.Program("pxekit", `exec "$1" serve -i s0 --root `+bootFolder(t)+c.flags, c.ready), "")
		s.said("another PXE responder answers: 10.77.0.3; machines take either answer")
		packets, _ := s.answers(s.send(mac(dhcpopts.Firmware(dhcpopts.EFIX64), 1), nobody, all), pxeHost)
		require.Len(t, packets, c.answers, s.pxekit.Log())
		s.said("52:54:00:12:34:01 UEFI x64: offered Boot/bootx64.efi (rule 3)")
		require.Equal(t, 1, strings.Count(s.pxekit.Log(), "another PXE responder answers"), "named once")
	}
}

// A plan that changes is taken when it is good; a bad one leaves the old.
func TestServeReloads(t *testing.T) {
	plan := filepath.Join(t.TempDir(), "plan.yaml")
	require.NoError(t, os.Chmod(filepath.Dir(plan), 0o755))
	write := func(text string) { require.NoError(t, os.WriteFile(plan, []byte(text), 0o644)) }
	write("version: 1\nrules:\n  - {match: {arch: efi-x64}, file: one.efi}\n")
	s := serving(t, "--root "+bootFolder(t)+" --plan "+plan+" --no-http --strategy direct", "answering on s0")
	s.said("rule 1: one.efi is not there to be fetched")
	offers := func(file string) {
		t.Helper()
		offer, _ := s.one(mac(dhcpopts.Firmware(dhcpopts.EFIX64), 1), nobody, all)
		require.Equal(t, file, string(offer.FileName()))
		require.Equal(t, pxeHost, offer.SIAddr.String(), "the plan names no server")
	}
	offers("one.efi")
	write("version: 1\nrules:\n  - {match: {arch: efi-x64}, file: another.efi}\n")
	s.said("gets another.efi")
	offers("another.efi")
	write("version: 1\nrules:\n  - {match: {arch: efi-x65}, file: bad.efi}\n")
	s.said("the new plan is refused, the old one stays: ")
	offers("another.efi")
}

// A menu's items are handed out on port 4011, and pxekit is their boot server.
func TestServeMenu(t *testing.T) {
	plan := filepath.Join(t.TempDir(), "plan.yaml")
	require.NoError(t, os.Chmod(filepath.Dir(plan), 0o755))
	require.NoError(t, os.WriteFile(plan, []byte(`version: 1
rules:
  - match: {arch: bios}
    file: undionly.kpxe
    pxe:
      discovery-control: 2
      prompt: {text: "F8", timeout: 5}
      menu:
        - {type: 32769, text: "Install", file: install.0}
        - {type: 0, text: "Local disk"}
`), 0o644))
	pcap := filepath.Join(t.TempDir(), "seen.pcap")
	s := serving(t, "--root "+bootFolder(t)+" --plan "+plan+" --no-http --pcap "+pcap, "answering on s0")
	bios := mac(dhcpopts.Firmware(dhcpopts.BIOS), 1)
	offer, _ := s.one(bios, nobody, all)
	pxe, _, err := dhcpopts.DecodePXE([]byte(value(offer, dhcpopts.OptVendor)))
	require.NoError(t, err)
	require.Equal(t, []dhcpopts.BootServer{{Type: 32769, Addrs: []netip.Addr{netip.MustParseAddr(pxeHost)}}}, pxe.Servers)

	item := &dhcpopts.BootItem{Type: 32769}
	pick := bios
	pick.Message, pick.CIAddr = dhcpopts.Request, netip.MustParseAddr(bootHost)
	pick.Options = append(pick.Options, dhcpopts.Option{Code: dhcpopts.OptVendor, Data: dhcpopts.EncodePXE(dhcpopts.PXE{Item: item})})
	ack, _ := s.one(pick, bootHost+":68", pxeHost+":4011")
	require.Equal(t, "install.0", string(ack.FileName()))
	pxe, _, err = dhcpopts.DecodePXE([]byte(value(ack, dhcpopts.OptVendor)))
	require.NoError(t, err)
	require.Equal(t, item, pxe.Item)
	s.pxekit.Stop()
	code, out, _ := drive("", "decode", pcap)
	require.NotEqual(t, exitUsage, code, out)
	require.Contains(t, out, "install.0")
}

// Every field of the JSON log is in the man page.
func TestServeJSONLog(t *testing.T) {
	s := serving(t, "--log json --http-port 8080 --root "+bootFolder(t), "answering on s0")
	s.one(mac(dhcpopts.Firmware(dhcpopts.EFIX64), 1), nobody, all)
	for _, name := range []string{"Boot/bootx64.efi", "undionly.kpxe%FF", "none", "autoexec.ipxe"} {
		_, _ = s.fetch("tftp://10.77.0.2/" + name)
	}
	_, err := s.fetch("http://10.77.0.2:8080/boot.ipxe")
	require.NoError(t, err)
	s.said(`"normal":true`)
	s.said(`"junk":"<ff>"`)
	cmd, _, err := newRoot(&ui{}).Find([]string{"serve"})
	require.NoError(t, err)
	documented, events := cmd.Annotations[jsonFields], map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(s.pxekit.Log()), "\n") {
		var fields map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &fields), line)
		for name := range fields {
			require.Contains(t, documented, "**"+name+"**", line)
		}
		require.IsType(t, "", fields["event"], line)
		events[fields["event"].(string)] = true
	}
	for _, event := range []string{"start", "plan", "rival", "decision", "file"} {
		require.True(t, events[event], event)
	}
}
