// Package jsonout is what --json prints, as structs. Field names and meanings
// are a promise to scripts: they are documented in the man pages and only added
// to. Bytes are lower-case hex without separators.
package jsonout

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// Hex is octets; in JSON a string of hex digits.
type Hex []byte

// MarshalText writes lower-case hex.
func (h Hex) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h), nil }

// UnmarshalText reads hex.
func (h *Hex) UnmarshalText(text []byte) (err error) {
	*h, err = hex.AppendDecode(nil, text)
	return err
}

// Option is an option of an answer.
type Option struct {
	Code uint8 `json:"code"`
	Hex  Hex   `json:"hex"`
}

// Answer is the boot part of a DHCP reply, options in wire order. SName and
// File are the header fields without their trailing zeros, as hex.
type Answer struct {
	SIAddr  string   `json:"siaddr"` // "0.0.0.0" when not set
	SName   Hex      `json:"sname"`
	File    Hex      `json:"file"`
	Options []Option `json:"options"`
}

// AnswerOf turns an answer to JSON's shape.
func AnswerOf(a dhcpopts.Answer) Answer {
	j := Answer{SIAddr: "0.0.0.0", SName: Hex(a.SName), File: Hex(a.File), Options: []Option{}}
	if a.HasServer() {
		j.SIAddr = a.SIAddr.String()
	}
	for _, o := range a.Options {
		j.Options = append(j.Options, Option{Code: o.Code, Hex: Hex(o.Data)})
	}
	return j
}

// Finding is a complaint. File, Line and Column are for text, Packet and Offset
// for captures; those that do not apply are left out.
type Finding struct {
	ID       string `json:"id"`
	Severity string `json:"severity"` // error, warning or info
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Packet   int    `json:"packet,omitempty"`
	Offset   int    `json:"offset,omitempty"`
	Message  string `json:"message"`
	Hint     string `json:"hint"`
	Fix      string `json:"fix"`
	Ref      string `json:"ref"`
}

// Findings turns findings to JSON's shape; never nil.
func Findings(all []dhcpopts.Finding) []Finding {
	list := []Finding{}
	for _, f := range all {
		list = append(list, Finding{
			ID: f.ID, Severity: string(f.Severity), Message: f.Message, Hint: f.Hint, Fix: f.Fix, Ref: refOf(f.ID),
			File: f.Place.File, Line: f.Place.Line, Column: f.Place.Column, Packet: f.Place.Packet, Offset: f.Place.Offset,
		})
	}
	return list
}

func refOf(id string) string {
	for _, rules := range [][]dhcpopts.FindingRule{dhcpopts.Rules, plan.Rules} {
		if i := slices.IndexFunc(rules, func(r dhcpopts.FindingRule) bool { return r.ID == id }); i >= 0 {
			return rules[i].Ref
		}
	}
	return ""
}

// Note is a remark about a generated config. Lost: the plan wants it and the
// target cannot say it.
type Note struct {
	Feature string `json:"feature"` // "" when it is about none
	Text    string `json:"text"`
	Lost    bool   `json:"lost"`
}

// Notes joins what an output notes and what it lost; never nil.
func Notes(out dialect.Output) []Note {
	list := []Note{}
	for _, n := range out.Notes {
		list = append(list, Note{Feature: string(n.Feature), Text: n.Text})
	}
	for _, n := range out.Lost {
		list = append(list, Note{Feature: string(n.Feature), Text: n.Text, Lost: true})
	}
	return list
}

// Write writes v as all verbs do: indented, with a closing newline, and without
// HTML escapes, which would hide what a URL holds.
func Write(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}
