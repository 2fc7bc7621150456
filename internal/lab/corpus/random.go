package corpus

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

// RandomPlan makes a plan that nobody wrote: any mix of conditions, names,
// servers and options. The same seed makes the same plan.
func RandomPlan(rng *rand.Rand) *plan.Plan {
	p := with()
	p.NUL = plan.NUL{Mode: pick(rng, plan.NULAuto, plan.NULAlways, plan.NULNever)}
	p.Via = pick(rng, plan.ViaBoth, plan.ViaBoth, plan.ViaHeader, plan.ViaOption)
	for range 1 + rng.IntN(4) {
		p.Rules = append(p.Rules, randomRule(rng))
	}
	for i := range rng.IntN(3) {
		host := randomRule(rng)
		host.Match.MAC = mac(byte(100 + i))
		p.Hosts = append(p.Hosts, host)
	}
	return p
}

func randomRule(rng *rand.Rand) plan.Rule {
	r := plan.Rule{Match: randomMatch(rng), File: pick(rng, randomFiles...)}
	if some(rng, 3) {
		r.File = pick(rng, Names()...)
	}
	if some(rng, 4) {
		r.Server = netip.AddrFrom4([4]byte{10, 77, 0, byte(2 + rng.IntN(90))})
	}
	if some(rng, 4) {
		r.ServerName = pick(rng, "wds1.example.net", "a", `back\slash`, `quo"te`, "it's", "s")
	}
	if some(rng, 4) {
		r.PXE = &plan.PXE{PXE: randomPXE(rng)}
	}
	for _, code := range []uint8{17, 128, 150, 175, 209, 210, 224, 252} {
		if some(rng, 8) {
			r.Options = append(r.Options, dhcpopts.Option{Code: code, Data: randomValue(rng, code)})
		}
	}
	return r
}

var randomFiles = []string{
	"pxelinux.0", `boot\x64\wdsnbp.com`, `smsboot\x64\wdsmgfw.efi`, "bootx64.efi", "http://10.77.0.9/boot.ipxe?a=${net0/mac}&b=1,2", "http://{server}/x.efi", "", "a",
}

var randomArchs = []dhcpopts.Arch{
	dhcpopts.BIOS, dhcpopts.EFIIA32, dhcpopts.EFIX64, dhcpopts.EFIX64, dhcpopts.EFIBC, dhcpopts.EFIARM64, dhcpopts.HTTPX64, dhcpopts.HTTPIA32, 27, 39, 41, 300,
}

func randomMatch(rng *rand.Rand) plan.Match {
	var m plan.Match
	for range rng.IntN(4) {
		m.Archs = append(m.Archs, plan.ArchRef{Arch: pick(rng, randomArchs...), Exact: some(rng, 2)})
	}
	if some(rng, 2) {
		m.Stage = pick(rng, dhcpopts.FirstStage, dhcpopts.IPXEStage)
	}
	if some(rng, 6) {
		m.VendorClass = pick(rng, "PXEClient", "PXEClient:Arch:00007", "HW-Client", `v"e\n`, "HTTPClient")
	}
	if some(rng, 6) {
		m.UserClass = pick(rng, "iPXE", "gPXE", "iPX", `u"s\r`)
	}
	if some(rng, 5) {
		m.MAC = mac(byte(100 + rng.IntN(4)))[:1+rng.IntN(6)]
	}
	if some(rng, 8) {
		m.UUID = randomUUID(rng)
	}
	return m
}

func randomUUID(rng *rand.Rand) []byte {
	id := make([]byte, 16)
	id[15] = byte(rng.IntN(3))
	return id
}

func randomPXE(rng *rand.Rand) dhcpopts.PXE {
	p := dhcpopts.PXE{DiscoveryControl: new(uint8(rng.IntN(16)))}
	if some(rng, 2) {
		p.Menu = []dhcpopts.MenuItem{{Type: 1, Text: `C:\boot "x"`}, {Type: 0, Text: "local"}}
		p.Prompt = &dhcpopts.Prompt{Timeout: uint8(rng.IntN(256)), Text: "Press F8"}
	}
	if some(rng, 2) {
		p.Servers = []dhcpopts.BootServer{{Type: 1, Addrs: []netip.Addr{Server}}}
	}
	return p
}

// randomValue is a value that suits the option's kind.
func randomValue(rng *rand.Rand, code uint8) []byte {
	if code == dhcpopts.OptTFTPAddress {
		return slices.Concat(Server.AsSlice(), []byte{10, 77, 0, 8})[:4*(1+rng.IntN(2))]
	}
	if code == 17 || code == 209 || code == 210 {
		return []byte(pick(rng, "/srv/nfs", `a\b"c`, "x,y", "pxelinux.cfg/default", "/"))
	}
	value := make([]byte, 1+rng.IntN(40))
	for i := range value {
		value[i] = byte(rng.IntN(256))
	}
	return value
}

// RandomClients are machines around a plan: one that meets each rule, as far as
// its condition can be met, all kinds of the matrix, and changes of both.
func RandomClients(rng *rand.Rand, p *plan.Plan) []dhcpopts.Client {
	clients := Kinds()
	for _, c := range p.Cases() {
		clients = append(clients, meeting(c.Cond))
	}
	for i := range clients {
		clients[i] = changed(rng, clients[i])
		clients[i].Name = fmt.Sprintf("client %d (%s)", i, clients[i].Name)
	}
	return clients
}

// meeting is a client that a condition holds for.
func meeting(c plan.Cond) dhcpopts.Client {
	arch := dhcpopts.BIOS
	if len(c.Archs) > 0 {
		arch = c.Archs[0]
	}
	cl := pxe("meeting", 100, arch)
	if c.Class != dhcpopts.ClassPXE && c.Class != dhcpopts.ClassHTTP {
		cl.VendorClass = []byte(c.Class + "x")
	}
	if c.Stage == dhcpopts.IPXEStage {
		cl.UserClass = []byte("iPXE")
	}
	if c.UserClass != "" {
		cl.UserClass = []byte(c.UserClass)
	}
	copy(cl.MAC, c.MAC)
	if c.UUID != nil {
		cl.MachineID = append([]byte{0}, c.UUID...)
	}
	return cl
}

// changed varies what servers decide by.
func changed(rng *rand.Rand, c dhcpopts.Client) dhcpopts.Client {
	c.RequestList = pick(rng, FullList, FullList, ShortList, nil, []uint8{1, 3, 67}, []uint8{66, 43, 1})
	c.MaxSize = pick(rng, 0, 576, 1260, 1472, uint16(1500))
	if some(rng, 5) {
		c.UserClass = []byte(pick(rng, "iPXE", "\x04iPXE", "gPXE", "\x04gPXE", "iPXEx", "\x05iPXEx", "iPX"))
	}
	if some(rng, 6) {
		c.Options = append(slices.Clone(c.Options), dhcpopts.Option{Code: dhcpopts.OptIPXE, Data: []byte{0xb1, 1, 1}})
	}
	if some(rng, 6) {
		c.HostName = []byte(pick(rng, "pc", "pc\x00"))
	}
	if some(rng, 5) {
		c.MAC = slices.Clone(c.MAC)
		c.MAC[5] = byte(100 + rng.IntN(4))
	}
	return c
}

func pick[T any](rng *rand.Rand, values ...T) T { return values[rng.IntN(len(values))] }

// some is true once in n times.
func some(rng *rand.Rand, n int) bool { return rng.IntN(n) == 0 }
