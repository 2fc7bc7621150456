package jsonout

import (
	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
)

// The schemas of the verbs that write.
const (
	GenerateSchema = "pxekit/generate/1"
	TargetsSchema  = "pxekit/targets/1"
	EncodeSchema   = "pxekit/encode/1"
)

// Generate is the result of "pxekit generate TARGET --json".
type Generate struct {
	Schema  string   `json:"schema"`
	Target  string   `json:"target"`
	As      string   `json:"as"`   // the form
	Text    string   `json:"text"` // what is printed without --json
	Clients []Client `json:"clients"`
	Notes   []Note   `json:"notes"`
}

// Client is what the server will send to one client once the text is in place.
type Client struct {
	Client   string `json:"client"`
	Answer   Answer `json:"answer"`
	Evidence string `json:"evidence"` // wire, documented, derived or unverified
}

// Targets is the result of "pxekit generate --list --json".
type Targets struct {
	Schema  string   `json:"schema"`
	Targets []Target `json:"targets"`
}

// Target is a DHCP server that a plan can be written for.
type Target struct {
	Target  string    `json:"target"`
	Title   string    `json:"title"`
	Forms   []Form    `json:"forms"` // the first is the default
	Support []Support `json:"support"`
}

// Form is one way of writing a target's config (--as).
type Form struct {
	As    string `json:"as"`
	Title string `json:"title"`
}

// Support says whether a target can express a feature.
type Support struct {
	Feature  string `json:"feature"`
	Can      bool   `json:"can"`
	Evidence string `json:"evidence"`
	Note     string `json:"note"`
}

// TargetsOf turns targets to JSON's shape, features in their order.
func TargetsOf(all []dialect.Target) Targets {
	list := Targets{Schema: TargetsSchema, Targets: []Target{}}
	for _, t := range all {
		j := Target{Target: t.Name, Title: t.Title, Forms: []Form{}, Support: []Support{}}
		for _, f := range t.Forms {
			j.Forms = append(j.Forms, Form{As: f.Name, Title: f.Title})
		}
		for _, f := range dialect.Features {
			s := t.Support[f]
			j.Support = append(j.Support, Support{Feature: string(f), Can: s.Can, Evidence: string(s.Evidence), Note: s.Note})
		}
		list.Targets = append(list.Targets, j)
	}
	return list
}

// Encode is the result of "pxekit encode --json".
type Encode struct {
	Schema   string    `json:"schema"`
	Option   Encoded   `json:"option"`
	As       *Typed    `json:"as,omitempty"` // with --as
	Findings []Finding `json:"findings"`
}

// Encoded is an option's bytes: its value, and code, length and value as they
// go over the wire (in several pieces when the value is over 255 octets).
type Encoded struct {
	Code uint8  `json:"code"`
	Name string `json:"name"`
	Hex  Hex    `json:"hex"`
	TLV  Hex    `json:"tlv"`
	Text string `json:"text"`
}

// Typed is what to type on a server to send an option.
type Typed struct {
	Target string `json:"target"`
	Text   string `json:"text"`
	Where  string `json:"where"`
	Sent   Hex    `json:"sent"`
	Exact  bool   `json:"exact"` // sent is what was asked for
	Note   string `json:"note"`
}

// EncodeOf builds the result of encode.
func EncodeOf(code uint8, value []byte, as *Typed, found []dhcpopts.Finding) Encode {
	return Encode{
		Schema: EncodeSchema,
		Option: Encoded{
			Code: code, Name: dhcpopts.LookupOption(code).Name, Hex: Hex(value),
			TLV: Hex(dhcpopts.EncodeOption(code, value)), Text: dhcpopts.FormatOption(code, value),
		},
		As: as, Findings: Findings(found),
	}
}
