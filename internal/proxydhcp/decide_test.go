package proxydhcp

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

var (
	local  = netip.MustParseAddr("10.99.0.2")
	other1 = netip.MustParseAddr("10.99.0.1")
	leased = netip.MustParseAddr("10.99.0.50")
	now    = time.Unix(1_000_000, 0)
)

// thePlan boots BIOS, x64 (both types) and x64 by HTTP, iPXE first.
func thePlan(strategy Strategy) Policy {
	ref := func(a dhcpopts.Arch) plan.Match { return plan.Match{Archs: []plan.ArchRef{{Arch: a}}} }
	p := &plan.Plan{Server: local, NUL: plan.NUL{Mode: plan.NULAuto}, Via: plan.ViaBoth, Rules: []plan.Rule{
		{Match: plan.Match{Stage: dhcpopts.IPXEStage}, File: "http://{server}/boot.ipxe"},
		{Match: ref(dhcpopts.EFIX64), File: "bootx64.efi"},
		{Match: ref(dhcpopts.HTTPX64), File: "http://{server}/bootx64.efi"},
		{Match: ref(dhcpopts.EFIARM64), File: "bootaa64.efi", Server: netip.MustParseAddr("10.99.0.3")},
		{Match: ref(dhcpopts.BIOS), File: `boot\x64\wdsnbp.com`},
	}}
	return Policy{Cases: p.Cases(), Strategy: strategy}
}

const theXID = 0x01020304

func event(c dhcpopts.Client, port uint16) Event {
	from := netip.AddrPortFrom(netip.IPv4Unspecified(), 68)
	if c.CIAddr.IsValid() {
		from = netip.AddrPortFrom(c.CIAddr, port)
	}
	return Event{Packet: c.Packet(theXID), Port: port, From: from, Local: local}
}

func ipxe(c dhcpopts.Client) dhcpopts.Client {
	c.UserClass = []byte("iPXE")
	return c
}

func with(c dhcpopts.Client, kind uint8, options ...dhcpopts.Option) dhcpopts.Client {
	c.Message = kind
	c.Options = append(c.Options, options...)
	return c
}

func at(c dhcpopts.Client, ip netip.Addr) dhcpopts.Client {
	c.CIAddr = ip
	return c
}

// sent is a reply as its client parses it.
func sent(t *testing.T, d Decision) (*dhcpopts.Packet, string) {
	t.Helper()
	require.Len(t, d.Replies, 1, d.Why)
	b, err := d.Replies[0].Bytes()
	require.NoError(t, err)
	p, err := dhcpopts.Parse(b)
	require.NoError(t, err)
	return p, d.Replies[0].To.String()
}

func text(p *dhcpopts.Packet, code uint8) string { return string(value(p, code)) }

const everyone = "255.255.255.255:68"

// Port × message × architecture × stage × strategy.
func TestDecide(t *testing.T) {
	bios, x64, arm := dhcpopts.Firmware(dhcpopts.BIOS), dhcpopts.Firmware(dhcpopts.EFIX64), dhcpopts.Firmware(dhcpopts.EFIARM64)
	http := dhcpopts.Firmware(dhcpopts.HTTPX64)
	item := dhcpopts.Option{Code: dhcpopts.OptVendor, Data: dhcpopts.EncodePXE(dhcpopts.PXE{Item: &dhcpopts.BootItem{Type: 1}})}
	toOther := dhcpopts.Option{Code: dhcpopts.OptServerID, Data: other1.AsSlice()}
	relayed := x64
	relayed.GIAddr = netip.MustParseAddr("10.88.0.1")
	relayed = with(relayed, 0, dhcpopts.Option{Code: dhcpopts.OptRelayAgent, Data: []byte{1, 2, 'a', 'b'}})

	for _, c := range []struct {
		name     string
		client   dhcpopts.Client
		port     uint16
		strategy Strategy
		to       string // "" is silence
		kind     uint8
		siaddr   string
		file     string
		opt67    string
		opt43    string
	}{
		{"BIOS, direct", bios, 67, Direct, everyone, 2, "10.99.0.2", `boot\x64\wdsnbp.com`, "boot\\x64\\wdsnbp.com\x00", "\x06\x01\x08\xff"},
		{"x64, direct", x64, 67, Direct, everyone, 2, "10.99.0.2", "bootx64.efi", "bootx64.efi\x00", "\x06\x01\x08\xff"},
		{"x64, auto begins direct", x64, 67, Auto, everyone, 2, "10.99.0.2", "bootx64.efi", "bootx64.efi\x00", "\x06\x01\x08\xff"},
		{"x64, binl", x64, 67, BINL, everyone, 2, "10.99.0.2", "", "", ""},
		{"arm64 has a server of its own, direct", arm, 67, Direct, everyone, 2, "10.99.0.3", "bootaa64.efi", "bootaa64.efi\x00", "\x06\x01\x08\xff"},
		{"arm64 has a server of its own, binl: asks us", arm, 67, BINL, everyone, 2, "10.99.0.2", "", "", ""},
		{"arm64 on 4011: the file's server", at(with(arm, dhcpopts.Request), leased), 4011, BINL, "10.99.0.50:4011", 5, "10.99.0.3", "bootaa64.efi", "bootaa64.efi\x00", ""},
		{"iPXE gets the script", ipxe(x64), 67, Direct, everyone, 2, "10.99.0.2", "http://10.99.0.2/boot.ipxe", "http://10.99.0.2/boot.ipxe", "\x06\x01\x08\xff"},
		{"HTTP boot knows no port 4011", http, 67, BINL, everyone, 2, "10.99.0.2", "http://10.99.0.2/bootx64.efi", "http://10.99.0.2/bootx64.efi", ""},
		{"HTTP boot", http, 67, Auto, everyone, 2, "10.99.0.2", "http://10.99.0.2/bootx64.efi", "http://10.99.0.2/bootx64.efi", ""},
		{"no rule for ia32", dhcpopts.Firmware(dhcpopts.EFIIA32), 67, Direct, "", 0, "", "", "", ""},
		{"laptop", dhcpopts.Laptop(), 67, Direct, "", 0, "", "", "", ""},
		{"laptop on 4011", dhcpopts.Laptop(), 4011, Direct, "", 0, "", "", "", ""},
		{"INFORM", at(with(x64, dhcpopts.Inform), leased), 67, Direct, "", 0, "", "", "", ""},
		{"REQUEST to the DHCP server", with(x64, dhcpopts.Request, toOther), 67, Direct, "", 0, "", "", "", ""},
		{"REQUEST on 4011", at(with(x64, dhcpopts.Request), leased), 4011, BINL, "10.99.0.50:4011", 5, "10.99.0.2", "bootx64.efi", "bootx64.efi\x00", ""},
		{"DISCOVER on 4011", x64, 4011, BINL, everyone, 2, "10.99.0.2", "bootx64.efi", "bootx64.efi\x00", ""},
		{"4011 with an item: 71 echoed", at(with(x64, dhcpopts.Request, item), leased), 4011, Direct, "10.99.0.50:4011", 5, "10.99.0.2", "bootx64.efi", "bootx64.efi\x00", "\x47\x04\x00\x01\x00\x00\xff"},
		{"discovery on 67 by unicast", at(with(bios, dhcpopts.Request, item), leased), 67, Direct, "10.99.0.50:68", 5, "10.99.0.2", `boot\x64\wdsnbp.com`, "boot\\x64\\wdsnbp.com\x00", "\x47\x04\x00\x01\x00\x00\xff"},
		{"through a relay", relayed, 67, Direct, "10.88.0.1:67", 2, "10.99.0.2", "bootx64.efi", "bootx64.efi\x00", "\x06\x01\x08\xff"},
		{"DECLINE", with(x64, dhcpopts.Decline), 67, Direct, "", 0, "", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Decide(now, event(c.client, c.port), thePlan(c.strategy), Machine{}, "")
			require.NotEmpty(t, d.Why)
			if c.to == "" {
				require.Empty(t, d.Replies, d.Why)
				return
			}
			p, to := sent(t, d)
			require.Equal(t, c.to, to)
			require.Equal(t, c.port, d.Replies[0].From)
			require.Equal(t, c.kind, p.MessageType())
			require.Equal(t, c.siaddr, p.SIAddr.String())
			require.Equal(t, c.file, string(p.FileName()))
			require.Equal(t, c.opt67, text(p, 67))
			require.Equal(t, c.opt43, text(p, 43))
			require.True(t, p.YIAddr.IsUnspecified())
			require.Equal(t, local.AsSlice(), value(p, 54))
			require.Equal(t, c.client.MachineID, value(p, 97), "UUID echoed")
			require.Equal(t, string(c.client.VendorClass[:10])[:len(text(p, 60))], text(p, 60), "the class, not the client's string")
			require.Contains(t, []string{"PXEClient", "HTTPClient"}, text(p, 60))
			relay, _ := c.client.Option(dhcpopts.OptRelayAgent)
			require.Equal(t, string(relay), text(p, 82))
			require.Equal(t, uint32(theXID), p.XID)
		})
	}
}

// What is neither request nor reply is nobody's message (RFC 2131 table 1).
func TestDecideOp(t *testing.T) {
	for _, op := range []uint8{0, 3, 255} {
		e := event(dhcpopts.Firmware(dhcpopts.EFIX64), 67)
		e.Packet.Op = op
		d := Decide(now, e, thePlan(Direct), Machine{}, "")
		require.Empty(t, d.Replies)
		require.Contains(t, d.Why, "neither request nor reply")
	}
}

// The two offers, to the octet.
func TestGoldenOffers(t *testing.T) {
	for strategy, want := range map[Strategy]string{
		Direct: "350102" + "36040a630002" + "6111" + strings.Repeat("00", 17) + "3c09505845436c69656e74" + "2b04060108ff" +
			"420931302e39392e302e32" + "430c626f6f747836342e65666900" + "ff",
		BINL: "350102" + "36040a630002" + "6111" + strings.Repeat("00", 17) + "3c09505845436c69656e74" + "ff",
	} {
		d := Decide(now, event(dhcpopts.Firmware(dhcpopts.EFIX64), 67), thePlan(strategy), Machine{}, "")
		b, err := d.Replies[0].Bytes()
		require.NoError(t, err)
		require.Equal(t, want, hex.EncodeToString(b[240:])[:len(want)], string(strategy))
		require.GreaterOrEqual(t, len(b), 300)
	}
}

// What a boot shows of itself is remembered.
func TestMachineLearns(t *testing.T) {
	x64 := dhcpopts.Firmware(dhcpopts.EFIX64)
	offer := event(x64, 67)
	offer.Packet.Op = 2
	offer.Packet.YIAddr = leased
	offer.Packet.Options = []dhcpopts.Option{{Code: 53, Data: []byte{dhcpopts.Offer}}, {Code: 54, Data: other1.AsSlice()}}
	require.True(t, Decide(now, offer, thePlan(Auto), Machine{}, "").Machine.Address)

	m := Decide(now, event(with(x64, dhcpopts.Request), 67), thePlan(Auto), Machine{Address: true}, "").Machine
	require.True(t, m.Requested)

	nak := offer
	nak.Packet = &dhcpopts.Packet{Header: dhcpopts.Header{Op: 2}, Options: []dhcpopts.Option{{Code: 53, Data: []byte{dhcpopts.NAK}}, {Code: 54, Data: other1.AsSlice()}}}
	denied := Decide(now, nak, thePlan(Auto), m, "").Machine
	require.Equal(t, other1, denied.Denied)
	require.False(t, denied.Address)
	offer.Packet.Options[0].Data[0] = dhcpopts.Ack
	given := Decide(now, offer, thePlan(Auto), denied, "").Machine
	require.True(t, given.Address && given.Requested && !given.Denied.IsValid(), "another server gives it one all the same")

	m = Decide(now, event(at(with(x64, dhcpopts.Request), leased), 4011), thePlan(Auto), m, "").Machine
	require.True(t, m.Requested && m.Asked)
}

func TestRival(t *testing.T) {
	e := event(dhcpopts.Firmware(dhcpopts.EFIX64), 67)
	_, ok := RivalOf(e)
	require.False(t, ok, "a client's message")
	e.Packet.Op = 2
	e.From = netip.AddrPortFrom(other1, 67)
	who, ok := RivalOf(e)
	require.True(t, ok)
	require.Equal(t, other1, who)
	e.Own = []netip.Addr{local, other1}
	_, ok = RivalOf(e)
	require.False(t, ok, "our own answer, on another interface of the same network")
	e.Local, e.Own = other1, nil
	_, ok = RivalOf(e)
	require.False(t, ok, "our own answer")
}

// An answer never outgrows what the client takes.
func TestLimit(t *testing.T) {
	small := dhcpopts.Firmware(dhcpopts.EFIX64)
	small.MaxSize = 576
	p := thePlan(Direct)
	for i := range p.Cases {
		p.Cases[i].Answer.Options = append(p.Cases[i].Answer.Options, dhcpopts.Option{Code: 17, Data: make([]byte, 255)}, dhcpopts.Option{Code: 18, Data: make([]byte, 255)})
	}
	d := Decide(now, event(small, 67), p, Machine{}, "")
	_, err := d.Replies[0].Bytes()
	require.ErrorContains(t, err, "the client takes 548")
}

func TestMenuItem(t *testing.T) {
	p := thePlan(Direct)
	p.Menus = []Menu{{Origin: "rule 5", Type: 7, File: "memtest.0", Server: other1}}
	item := dhcpopts.Option{Code: dhcpopts.OptVendor, Data: dhcpopts.EncodePXE(dhcpopts.PXE{Item: &dhcpopts.BootItem{Type: 7}})}
	packet, _ := sent(t, Decide(now, event(at(with(dhcpopts.Firmware(dhcpopts.BIOS), dhcpopts.Request, item), leased), 4011), p, Machine{}, ""))
	require.Equal(t, "memtest.0", string(packet.FileName()))
	require.Equal(t, "memtest.0\x00", text(packet, 67))
	require.Equal(t, other1, packet.SIAddr)
}

// A DHCP server that names a boot file itself is remembered: iPXE takes that.
func TestRivalFile(t *testing.T) {
	offer := event(dhcpopts.Firmware(dhcpopts.EFIX64), 67)
	offer.Packet.Op, offer.Packet.YIAddr = 2, leased
	copy(offer.Packet.File[:], "own.efi")
	offer.Packet.Options = []dhcpopts.Option{{Code: 53, Data: []byte{dhcpopts.Offer}}, {Code: 54, Data: other1.AsSlice()}}
	m := Decide(now, offer, thePlan(Auto), Machine{}, "").Machine
	require.Equal(t, Rival{Server: other1, File: "own.efi"}, m.Rival)

	copy(offer.Packet.File[:], make([]byte, 128))
	offer.Packet.Options = append(offer.Packet.Options, dhcpopts.Option{Code: dhcpopts.OptBootFile, Data: bytes.Repeat([]byte{'x'}, 2000), In: dhcpopts.InOptions})
	m = Decide(now, offer, thePlan(Auto), Machine{}, "").Machine
	require.Len(t, m.Rival.File, maxRivalFile)
}

func FuzzDecide(f *testing.F) {
	f.Add(dhcpopts.Firmware(dhcpopts.EFIX64).Packet(1).Bytes(), true)
	f.Add(dhcpopts.Firmware(dhcpopts.BIOS).Packet(1).Bytes(), false)
	f.Add(pi4.Packet(1).Bytes(), false)
	f.Add(wdsRequest(wdsmgfwSays).Packet(1).Bytes(), true)
	policy := thePlan(Auto)
	for _, c := range policy.Cases {
		c.Rule.WDS = &plan.WDS{File: "next", BCD: "store"}
	}
	f.Fuzz(func(t *testing.T, b []byte, binlPort bool) {
		p, _ := dhcpopts.Parse(b)
		port := uint16(67)
		if binlPort {
			port = 4011
		}
		d := Decide(now, Event{Packet: p, Port: port, Local: local}, policy, Machine{}, "")
		require.NotEmpty(t, d.Why)
		for _, r := range d.Replies {
			require.Equal(t, uint8(2), r.Header.Op)
			if b, err := r.Bytes(); err == nil {
				_, err := dhcpopts.Parse(b)
				require.NoError(t, err)
			}
		}
	})
}
