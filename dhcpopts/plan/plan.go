// Package plan is the Plan: an ordered list of rules that says which machine
// boots what. A dialect prints it as the config of a DHCP server, serve answers
// by it, simulate compares with it.
//
// A Plan comes from flags ([FromFlags]), with a preset or without, or from YAML
// ([Parse]), with its machines in a CSV file or without ([ParseHostsCSV]).
// [Plan.Cases] resolves it to conditions and exact answers, [Plan.Check] says
// what will go wrong, [Plan.YAML] writes it down.
package plan

import (
	"net/netip"

	"pxekit/dhcpopts"
)

// Plan is what the user asked for, before anything is resolved.
type Plan struct {
	Server netip.Addr     // siaddr and option 66 of every rule without its own
	Scope  []netip.Prefix // where the config applies
	NUL    NUL
	Via    Via
	Rules  []Rule // the first match wins; nothing is merged between rules
	Hosts  []Rule // single machines, before all rules
	Preset string // name of the preset the rules came from, if any
	// HostsFile names a CSV file with more Hosts. The package opens no files: the
	// caller reads it with [ParseHostsCSV] and appends the result to Hosts.
	HostsFile string
	efiBC     bool // a host that [Plan.Head] left out names efi-bc
}

// Rule sends the machines that Match to a boot file.
type Rule struct {
	Match      Match
	File       string            // as bytes; "{server}" stands for the rule's server
	Server     netip.Addr        // siaddr; the zero Addr: the plan's
	ServerName string            // sname
	PXE        *PXE              // option 43, and 60 without which clients ignore it
	WDS        *WDS              // what WDS's boot program is told when it asks again
	Options    []dhcpopts.Option // further options, as bytes
	Pos        Pos
}

// PXE is option 43 with the boot files of its menu.
type PXE struct {
	dhcpopts.PXE
	Files map[uint16]string // boot file by menu type, served on port 4011
}

// WDS is the answer to the second question of WDS's boot programs wdsnbp.com and
// wdsmgfw.efi, which is asked on port 4011 with option 250.
type WDS struct {
	File string // boot program to load next; "" is none
	BCD  string // path of the boot configuration store; "" is none
}

// Match is a condition as data. Fields that are set must all hold; the zero
// Match takes every PXE client.
type Match struct {
	Archs       []ArchRef
	Stage       dhcpopts.Stage
	VendorClass string // prefix of option 60
	UserClass   string // the whole user class, in either wire form
	MAC         []byte // whole address or its first octets
	UUID        []byte // 16 octets as option 97 carries them
}

// ArchRef is an architecture in a rule. efi-x64 by name also takes type 9,
// unless another rule names efi-bc; a number is exact.
type ArchRef struct {
	Arch  dhcpopts.Arch
	Exact bool
}

// Pos is a place in the plan file or host list, from 1; zero for a plan from
// flags.
type Pos struct {
	Line, Column int
	File         string
}

// NUL says which options close with a NUL.
type NUL struct {
	Mode  NULMode
	Codes map[uint8]NULMode // 66 and 67, where they differ from Mode
}

// NULMode is one answer to "does the value end in NUL?".
type NULMode string

// The modes. Auto closes option 67 of PXE-stage rules with one NUL, never a
// URL, and leaves 66 as it is: some ROMs read 67 up to a NUL and past its end
// (netboot.xyz #1198), and a Raspberry Pi is said to dislike one in 66.
const (
	NULAuto   NULMode = "auto"
	NULAlways NULMode = "always"
	NULNever  NULMode = "never"
)

// For returns the mode that holds for an option.
func (n NUL) For(code uint8) NULMode {
	if m, ok := n.Codes[code]; ok {
		return m
	}
	if n.Mode == "" {
		return NULAuto
	}
	return n.Mode
}

// Via says where the boot file's name travels. siaddr is always set.
type Via string

// The ways: header field file, options 66 and 67, or both.
const (
	ViaBoth   Via = "both"
	ViaHeader Via = "header"
	ViaOption Via = "option"
)
