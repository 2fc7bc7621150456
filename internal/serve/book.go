package serve

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"pxekit/dhcpopts"
	"pxekit/internal/proxydhcp"
)

// Bounds of what is remembered. A flood of made-up addresses pushes real
// machines out at worst; they then count as never seen.
const (
	maxMachines     = 4096
	maxFingerprints = 256
)

// A story that goes no further is told after storyEnds; edk2 asks four times for
// an address over 60 s, but a machine that has one asks for its file at once.
const storyEnds = 30 * time.Second

// machine is one machine's boot as far as it was seen.
type machine struct {
	proxydhcp.Machine
	key         string     // what tells it apart, see keyOf; "": nothing
	mac         string     // 52:54:00:12:34:56; "" without one
	name        string     // for people: the same, or what else there is
	ip          netip.Addr // what a DHCP server gave it last
	who         string     // "UEFI x64"
	fingerprint string     // of its firmware
	steps       []string
	asked       bool      // a file of the present story was asked for, by more than its size
	heard       time.Time // the last thing seen of it
	grub        bool      // the last file it got is GRUB
	told        pace      // lines about its messages
	warned      pace

	booted, failed int // stories that ended with the boot file, and that did not
}

// book is what is known of the network.
type book struct {
	machines *lru[string, *machine]           // by key
	byIP     *lru[netip.Addr, *machine]       // for TFTP and HTTP, which show no more
	learned  *lru[string, proxydhcp.Strategy] // by fingerprint
}

func newBook() *book {
	return &book{newLRU[string, *machine](maxMachines), newLRU[netip.Addr, *machine](maxMachines), newLRU[string, proxydhcp.Strategy](maxFingerprints)}
}

// of returns the record of a message's machine, a new one when there is none.
// Only remember keeps it.
func (b *book) of(p *dhcpopts.Packet) *machine {
	key := keyOf(p)
	if m, ok := b.machines.get(key); ok {
		return m
	}
	mac := net.HardwareAddr(p.MAC()).String()
	m := &machine{key: key, mac: mac, name: mac, who: "PXE client"}
	if mac == "" {
		m.name = namedBy(p)
	}
	return m
}

// remember keeps a record, if its machine can be told from others.
func (b *book) remember(m *machine) {
	if m.key != "" {
		b.machines.put(m.key, m)
	}
}

// known finds a hardware address that was seen before.
func (b *book) known(mac net.HardwareAddr) *machine {
	m, _ := b.machines.get(string(mac))
	return m
}

// has notes that a machine was given an address, its only one.
func (b *book) has(m *machine, ip netip.Addr) {
	if m.ip != ip {
		b.lost(m)
	}
	m.ip = ip
	b.byIP.put(ip, m)
}

// lost notes that a machine has its address no longer.
func (b *book) lost(m *machine) {
	if now, _ := b.byIP.get(m.ip); now == m {
		b.byIP.remove(m.ip)
	}
	m.ip = netip.Addr{}
}

// at finds the machine that has an address. neighbour is the system's own
// knowledge of who has it, for machines whose DHCP answers were not heard; it is
// asked each time, as an address may be somebody else's by then.
func (b *book) at(ip netip.Addr, neighbour func(netip.Addr) net.HardwareAddr) *machine {
	if m, ok := b.byIP.get(ip); ok {
		if current, _ := b.machines.get(m.key); current == m {
			return m
		}
		b.byIP.remove(ip) // of a record that has made room since
	}
	if mac := neighbour(ip); mac != nil {
		return b.known(mac)
	}
	return b.known(interfaceID(ip))
}

// interfaceID reads a hardware address out of an IPv6 address that was made from
// it (modified EUI-64, RFC 4291 appendix A), as firmware does; nil for others.
func interfaceID(ip netip.Addr) net.HardwareAddr {
	b := ip.As16()
	if !ip.Is6() || b[11] != 0xff || b[12] != 0xfe {
		return nil
	}
	return net.HardwareAddr{b[8] ^ 2, b[9], b[10], b[13], b[14], b[15]}
}

// begin opens the story of a new boot with its first step.
func (m *machine) begin(now time.Time, step string) {
	m.steps, m.asked, m.grub, m.heard = append(m.steps[:0], step), false, false, now
}

func (m *machine) step(now time.Time, text string) {
	repeated := len(m.steps) > 0 && m.steps[len(m.steps)-1] == text
	if len(m.steps) < maxSteps && !repeated {
		m.steps = append(m.steps, text)
	}
	m.heard = now
}

// maxSteps bounds a story: a menu or a lost packet may repeat steps.
const maxSteps = 8

// end closes the story and returns it as one line.
func (m *machine) end(result string, ok bool) string {
	switch {
	case ok:
		m.booted++
	case !m.Elsewhere:
		m.failed++
	}
	line := fmt.Sprintf("%s %s: %s", m.name, m.who, strings.Join(append(m.steps, result), " → "))
	m.steps = nil
	return line
}

// fetched notes that the machine has asked for a file: the offer was taken. A
// strategy that works after another was refused is learned for its firmware.
func (b *book) fetched(m *machine) {
	m.Fetched = true
	if m.Refused != "" && m.Refused != m.Strategy {
		b.learned.put(m.fingerprint, m.Strategy)
	}
}

// stalled says why a story went no further. hears: answers of other servers are
// heard on this system.
func (m *machine) stalled(hears bool) string {
	switch r := m.Rival; {
	case m.asked:
		return "the boot file's transfer did not end"
	case m.steps[len(m.steps)-1] == http.MethodHead:
		return "asked for the boot file's size and not for the file"
	case m.Denied.IsValid():
		return fmt.Sprintf("DHCP server %s refuses it the address that it asks for (NAK)", m.Denied)
	case m.Elsewhere && m.Requested:
		return "took its address; the boot file is on another server, so what follows is not seen here"
	case m.Requested && r.Server.IsValid():
		return fmt.Sprintf("took its address and not this offer: DHCP server %s names a boot file itself (%s), which iPXE prefers; remove it there", r.Server, r.File)
	case m.Requested:
		return "took its address and never asked for the boot file"
	case m.Address:
		return "was offered an address and took none"
	case hears:
		return "no DHCP server offers it an address"
	}
	return "took no address that was seen"
}

// sweep ends the stories that went no further and returns their lines.
func (b *book) sweep(now time.Time, hears bool) (verdicts []verdict) {
	b.machines.each(func(m *machine) {
		if now.Sub(m.heard) < storyEnds {
			return
		}
		switch {
		case m.steps != nil:
			verdicts = append(verdicts, verdict{m, m.end(m.stalled(hears), false)})
		case m.grub:
			m.grub = false
			m.booted, m.failed = m.booted-1, m.failed+1 // the loader came, and no further
			verdicts = append(verdicts, verdict{m, fmt.Sprintf("%s %s: GRUB was loaded and asks for nothing here: signed GRUB takes its server "+
				"from the DHCP server's own answer; set next-server (siaddr) there to this host", m.name, m.who)})
		}
	})
	return verdicts
}

// verdict is a line about a machine.
type verdict struct {
	machine *machine
	line    string
}
