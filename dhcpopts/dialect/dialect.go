// Package dialect has the types that a DHCP server's language needs: what it can
// say, the text it writes, and what that server will then really send.
package dialect

import (
	"net/netip"
	"slices"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

// Target is one DHCP server an admin runs, as data.
type Target struct {
	Name  string // as typed: "isc"
	Title string // as its vendor names it: "ISC dhcpd 4.4"
	Forms []Form // the first is the default
	// Write renders a plan. The error is for what cannot be written at all; what
	// the language lacks is in Output.Lost.
	Write func(*plan.Plan, Request) (Output, error)
	// Spell says how one option's value is typed on this server; nil: the server
	// has no such place.
	Spell func(code uint8, value []byte) (Spelling, error)
	// Read says what the server makes of a value typed for an option; nil: not
	// known well enough to say.
	Read func(code uint8, typed string) (Reading, error)
	// Comment starts a comment line in the language; "" when it has none.
	Comment string
	// Support says what the language can express, by feature.
	Support map[Feature]Support
	// Whole: Write heeds Request.Full and what goes with it.
	Whole bool
}

// Form is one way a target's config can be written (--as).
type Form struct{ Name, Title string }

// Request is what the user asks of a target beside the plan.
type Request struct {
	As        string // a form's name; "" is the first
	Full      bool   // a whole file that loads by itself
	RangeLow  netip.Addr
	RangeHigh netip.Addr
	Interface string
}

// Output is a target's config and the truth about it.
type Output struct {
	Text  string
	Notes []Note
	// Lost is what the plan wants and the language cannot say. Not empty: the
	// caller fails, or prints it as warnings under --lossy.
	Lost []Note
	// Expect is what the server will send to a client once the text is in place.
	// Empty for a client that gets nothing.
	Expect func(dhcpopts.Client) dhcpopts.Answer
	// Evidence says how Expect is known.
	Evidence Evidence
	// Check is the command that checks the config; Undo the one that takes it
	// back. "" where the target has none.
	Check, Undo string
	// Where says where the text goes: "into the subnet's block of dhcpd.conf".
	Where string
	// Comment starts a comment line in this form, where that is not
	// Target.Comment. Bare: this form has no comments (JSON, CSV).
	Comment string
	Bare    bool
}

// Note is a remark about an output.
type Note struct {
	Feature Feature // "" when it is about none
	Text    string
}

// Spelling is a value as it is typed on a server.
type Spelling struct {
	Text  string // the line or the field's content
	Where string // where it goes: "in subnet { }", "Boot File (BOOTP/PXE tab)"
	Sent  []byte // what the server then sends; differs from what was asked when it cannot be said
	Note  string
}

// Reading is what a server makes of a typed value.
type Reading struct {
	Sent     []byte // value on the wire
	Note     string // what happened to the text on its way, "" when nothing
	Evidence Evidence
}

// Evidence is how a claim is known, the strongest first.
type Evidence string

// The kinds of evidence.
const (
	Wire       Evidence = "wire"       // captured from the real server by a test
	Documented Evidence = "documented" // the vendor says so
	Derived    Evidence = "derived"    // follows from the source or document of what lies below
	Unverified Evidence = "unverified" // no source read
)

// Feature is one thing a plan may ask for.
type Feature string

// The features, in the order of docs/targets.md.
const (
	FeatSIAddr      Feature = "siaddr"
	FeatFile        Feature = "file"
	FeatSName       Feature = "sname"
	Feat66          Feature = "option 66"
	Feat67          Feature = "option 67"
	FeatNUL         Feature = "NUL in 67"
	FeatArch        Feature = "arch rules"
	FeatIPXE        Feature = "iPXE stage"
	FeatHTTP        Feature = "HTTP boot"
	FeatPXE43       Feature = "option 43"
	FeatHosts       Feature = "hosts"
	FeatScope       Feature = "scope"
	FeatOptions     Feature = "other options"
	FeatUserClass   Feature = "user class"
	FeatVendorClass Feature = "vendor class"
	FeatUUID        Feature = "UUID"
	FeatUnasked     Feature = "sent unasked" // 66 and 67 reach a client that does not list them in option 55
	FeatLaptop      Feature = "laptop gets nothing"
)

// Features lists all, in order.
var Features = []Feature{
	FeatSIAddr, FeatFile, FeatSName, Feat66, Feat67, FeatNUL, FeatArch, FeatIPXE, FeatHTTP, FeatPXE43,
	FeatHosts, FeatScope, FeatOptions, FeatUserClass, FeatVendorClass, FeatUUID, FeatUnasked, FeatLaptop,
}

// Everything is the Support of a language that can say every feature.
func Everything(e Evidence) map[Feature]Support {
	all := map[Feature]Support{}
	for _, f := range Features {
		all[f] = Support{Can: true, Evidence: e}
	}
	return all
}

// OptionFeature is the feature that an option belongs to.
func OptionFeature(code uint8) Feature {
	switch code {
	case dhcpopts.OptTFTPServer:
		return Feat66
	case dhcpopts.OptBootFile:
		return Feat67
	case dhcpopts.OptVendor:
		return FeatPXE43
	}
	return FeatOptions
}

// Support is one cell of docs/targets.md.
type Support struct {
	Can      bool
	Evidence Evidence
	Note     string
	Forms    []string // the forms that can; nil: all
}

// Can reports whether the target, written in a form, can say a feature; "" is
// the first form.
func (t Target) Can(f Feature, as string) bool {
	s := t.Support[f]
	if as == "" && len(t.Forms) > 0 {
		as = t.Forms[0].Name
	}
	return s.Can && (s.Forms == nil || slices.Contains(s.Forms, as))
}
