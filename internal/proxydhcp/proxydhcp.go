// Package proxydhcp decides what a PXE responder beside a DHCP server answers.
// [Decide] is pure: what came in, the plan and what is known of the machine go
// in; replies, new knowledge and the reason come out. Sockets, clocks and logs
// are elsewhere.
//
// Two ways to answer a DISCOVER (PXE 2.1 section 2.2; measured on edk2 and iPXE):
//
//	direct  OFFER with option 43 = 06 01 08 ff and the boot file: used as it is
//	BINL    OFFER with option 60 alone: the client asks again on port 4011
//
// iPXE and current edk2 take the direct one. UEFI firmware from before April
// 2017 drops proxy offers that have option 43 and takes those without.
package proxydhcp

import (
	"net/netip"
	"time"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

// Strategy is a way to answer.
type Strategy string

// The strategies. Auto begins direct and changes on a real refusal.
const (
	Auto   Strategy = "auto"
	Direct Strategy = "direct"
	BINL   Strategy = "binl"
)

// The ports a responder listens on.
const (
	ServerPort = 67
	BINLPort   = 4011
	clientPort = 68
)

// Event is a DHCP message that was seen.
type Event struct {
	Packet *dhcpopts.Packet
	Port   uint16         // ours, to which it came; for messages of other servers the port it was heard on
	From   netip.AddrPort // who sent it
	Local  netip.Addr     // our address on the interface it came in by
	Own    []netip.Addr   // our addresses on all interfaces, which may share a network
}

// Reply is a message to send.
type Reply struct {
	From    uint16         // our port
	To      netip.AddrPort // 255.255.255.255 for broadcast
	Header  dhcpopts.Header
	Options []dhcpopts.Option
	Limit   int           // longest message the client takes, in octets
	Delay   time.Duration // to wait before it is sent
}

// Policy is what the administrator wants.
type Policy struct {
	Cases    []plan.Case // resolved with the interface's address as {server}
	Index    *plan.Index // of Cases; nil: they are looked through one by one
	Menus    []Menu      // boot files of PXE menus, by case
	Strategy Strategy
	Filter   Filter
	Pool     *Pool // addresses to give; nil: a DHCP server does that
}

// Menu gives the boot file of a menu item.
type Menu struct {
	Origin string
	Type   uint16
	File   string
	Server netip.Addr
}

// Machine is what is known of one machine, by its MAC. The zero value is a
// machine never seen.
type Machine struct {
	Strategy  Strategy   // Direct or BINL once one was offered
	Offered   time.Time  // our last OFFER
	XID       uint32     // of the DISCOVER that it answers
	Secs      uint16     // of that one too
	Contested bool       // another PXE responder has answered that one too
	Address   bool       // since then some server has offered it an address
	Denied    netip.Addr // the server that has refused it an address since then; the zero Addr: none
	Requested bool       // since then it has accepted an address
	Asked     bool       // since then it has asked on port 4011
	Fetched   bool       // since then it has asked for a file
	Elsewhere bool       // the file it was offered is on another server, where we see no request
	Loaded    bool       // that offer was to iPXE or for HTTP boot: no sign of how the firmware takes PXE offers
	Refused   Strategy   // what its firmware was seen to refuse
	Rival     Rival      // the boot file that a DHCP server's own offer names
}

// Rival is a boot file in an address offer, beside ours. iPXE takes that one,
// edk2 ours (measured).
type Rival struct {
	Server netip.Addr // of the offer; the zero Addr: no offer names a file
	File   string     // safe to print
}

// Decision is the outcome.
type Decision struct {
	Replies []Reply
	Machine Machine
	Case    *plan.Case    // the rule that took the machine
	Who     string        // the machine's kind, when it is one that boots: "UEFI x64"
	Arch    dhcpopts.Arch // its architecture, of an answered machine
	Step    string        // what was done for it: "offered bootx64.efi (rule 2, direct)"
	Grant   *Grant        // to keep with Pool.Apply; nil: the pool stays as it is
	Why     string        // for the log and for tests: one string, written once
	Refusal string        // set when a refusal was recognised: what would have prevented it
}
