package proxydhcp

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

// Decide says what to do about an event. learned is the strategy that machines
// of the same firmware have needed, "" when none is known.
func Decide(now time.Time, e Event, p Policy, m Machine, learned Strategy) Decision {
	switch e.Packet.Op {
	case 1:
	case 2:
		return overheard(e, m)
	default:
		return silent(m, "op %d is neither request nor reply", e.Packet.Op)
	}
	client := ClientOf(e.Packet)
	if p.Pool != nil && e.Port == ServerPort && bootItem(e.Packet) == nil {
		d := lease(now, e, client, p, m).of(client)
		if !boots(client) {
			d.Who = ""
		}
		return d
	}
	if !boots(client) {
		return silent(m, "not a PXE or HTTP boot client: %s", dhcpopts.SafeText(client.VendorClass))
	}
	return answer(now, e, client, p, m, learned).of(client)
}

// of says whom a decision is about.
func (d Decision) of(c dhcpopts.Client) Decision {
	d.Who, d.Arch = describe(c), c.Arch()
	if d.Step != "" {
		d.Why = d.Who + ": " + d.Step
	}
	return d
}

// answer decides about a machine that boots from the network.
func answer(now time.Time, e Event, client dhcpopts.Client, p Policy, m Machine, learned Strategy) Decision {
	kind := e.Packet.MessageType()
	if why := p.Filter.refuses(client); why != "" {
		return silent(m, "%s: left alone, %s", describe(client), why)
	}
	switch {
	case kind == dhcpopts.Discover && e.Port == ServerPort:
		return discover(now, e, client, p, m, learned)
	case kind == dhcpopts.Request && e.Port == ServerPort:
		return request(e, client, p, m)
	case e.Port == BINLPort && (kind == dhcpopts.Request || kind == dhcpopts.Discover):
		return ask(e, client, p, m)
	}
	return silent(m, "message type %d on port %d is not for a PXE responder", kind, e.Port)
}

// boots reports whether a machine says that it boots from the network.
func boots(c dhcpopts.Client) bool {
	class := string(c.VendorClass)
	return strings.HasPrefix(class, dhcpopts.ClassPXE) || strings.HasPrefix(class, dhcpopts.ClassHTTP)
}

func silent(m Machine, format string, args ...any) Decision {
	return Decision{Machine: m, Why: fmt.Sprintf(format, args...)}
}

func value(p *dhcpopts.Packet, code uint8) []byte {
	v, _ := p.Get(code)
	return v
}

// sentToBINL begins the step of an offer without a file.
var sentToBINL = fmt.Sprintf("sent to port %d (", BINLPort)

// discover answers a DISCOVER on port 67 with an OFFER.
func discover(now time.Time, e Event, client dhcpopts.Client, p Policy, m Machine, learned Strategy) Decision {
	c := p.caseOf(client)
	if c == nil {
		return silent(m, "no rule for %s", describe(client))
	}
	strategy, refusal := choose(now, p.Strategy, e.Packet, client, m, learned)
	d := Decision{Case: c, Refusal: refusal, Machine: asked(now, e.Packet, client, m)}
	if refusal != "" {
		d.Machine.Refused = m.Strategy
	}
	d.Machine.Strategy, d.Machine.Elsewhere = strategy, elsewhere(e, c.Answer)
	d.Replies = []Reply{reply(e, client, dhcpopts.Offer)}
	if r := &d.Replies[0]; strategy == BINL {
		r.binl(e)
		d.Step = sentToBINL + c.Origin + ")"
	} else {
		r.direct(e, client, c.Answer)
		d.Step = "offered " + Gives(c.Answer) + " (" + c.Origin + ")" + r.wait()
	}
	return d
}

// asked is what is known of a machine once it has sent a DISCOVER: all that was,
// when it is a copy, else a new attempt's beginning.
func asked(now time.Time, q *dhcpopts.Packet, c dhcpopts.Client, m Machine) Machine {
	if copied(now, q, m) {
		m.Offered = now
		return m
	}
	return Machine{
		Offered: now, XID: q.XID, Secs: q.Secs, Contested: m.Contested && m.XID == q.XID, Refused: m.Refused,
		Loaded: c.Stage() == dhcpopts.IPXEStage || c.Arch().HTTP(),
	}
}

// request handles a REQUEST on port 67. It is the DHCP server's affair, unless
// it looks for a boot server (sub-option 71).
func request(e Event, client dhcpopts.Client, p Policy, m Machine) Decision {
	item := bootItem(e.Packet)
	if item == nil {
		m.Requested = true
		return silent(m, "accepts an address of %s", chosen(e.Packet))
	}
	return acknowledge(e, client, p, m, item)
}

// chosen names the server that a REQUEST accepts.
func chosen(p *dhcpopts.Packet) string {
	if id := value(p, dhcpopts.OptServerID); len(id) == 4 {
		return netip.AddrFrom4([4]byte(id)).String()
	}
	return "its earlier lease"
}

// ask answers a request on port 4011.
func ask(e Event, client dhcpopts.Client, p Policy, m Machine) Decision {
	m.Asked = true
	if said, ok := e.Packet.Get(dhcpopts.OptWDS); ok {
		return next(e, client, p, m, said)
	}
	return acknowledge(e, client, p, m, bootItem(e.Packet))
}

// answering is the type of answer that the sender of a message waits for: an
// OFFER to a DISCOVER, on port 4011 too (RFC 2131 section 3.1). No firmware that
// was measured sends one there; dnsmasq answers it so [source: rfc2131.c].
func answering(e Event) uint8 {
	if e.Packet.MessageType() == dhcpopts.Discover {
		return dhcpopts.Offer
	}
	return dhcpopts.Ack
}

// acknowledge sends the boot file, as an ACK where the client has an address; item
// is what a menu's user picked.
func acknowledge(e Event, client dhcpopts.Client, p Policy, m Machine, item *dhcpopts.BootItem) Decision {
	c := p.caseOf(client)
	if c == nil {
		return silent(m, "no rule for %s", describe(client))
	}
	answer := c.Answer
	if item != nil && foreign(e, c.Rule, item.Type) {
		return silent(m, "%s looks for a boot server of type %d, which %s leaves to others", describe(client), item.Type, c.Origin)
	}
	if item != nil {
		menu, ok := menuOf(p.Menus, c.Origin, item.Type)
		if ok {
			answer = menu.answer(answer)
		}
		answer.Options = withItem(answer.Options, *item)
	}
	replies := []Reply{reply(e, client, answering(e))}
	replies[0].boot(e, answer)
	m.Elsewhere = elsewhere(e, answer)
	told := Gives(answer)
	if item != nil && item.Type == localBoot && FileOf(answer) == "" {
		told = "local boot"
	}
	step := "asked port " + strconv.Itoa(int(e.Port)) + ", told " + told + " (" + c.Origin + ")"
	return Decision{Replies: replies, Case: c, Machine: m, Step: step}
}

// localBoot is the menu type of the machine's own disk (PXE 2.1 table 2-1). No
// firmware that was measured asks for it: iPXE leaves PXE, edk2 says PXE-E21. Who
// asks all the same has found its boot server (no document says that it has not).
const localBoot = 0

// elsewhere reports whether a file is fetched where we see no request for it:
// from another server.
func elsewhere(e Event, a dhcpopts.Answer) bool { return a.HasServer() && a.SIAddr != e.Local }

// caseOf is the case that takes a client.
func (p Policy) caseOf(client dhcpopts.Client) *plan.Case {
	c := p.firstOf(client)
	if c == nil && isPi(client) {
		return p.asBIOS(client)
	}
	return c
}

func (p Policy) firstOf(client dhcpopts.Client) *plan.Case {
	if p.Index != nil {
		return p.Index.First(client)
	}
	for i := range p.Cases {
		if p.Cases[i].Cond.Holds(client) {
			return &p.Cases[i]
		}
	}
	return nil
}

// bootItem reads sub-option 71 of option 43, nil without one.
func bootItem(p *dhcpopts.Packet) *dhcpopts.BootItem {
	pxe, _, _ := dhcpopts.DecodePXE(value(p, dhcpopts.OptVendor))
	return pxe.Item
}

func describe(c dhcpopts.Client) string {
	if !boots(c) {
		return "no boot client"
	}
	if c.Stage() == dhcpopts.IPXEStage {
		return "iPXE on " + label(c.Arch())
	}
	return label(c.Arch())
}
