package dhcpopts

import (
	"encoding/hex"
	"fmt"
	"strconv"
)

// Explanation is a message in words: what a reader sees, field by field and
// option by option, as plain data.
type Explanation struct {
	Kind     string       // "discover", "offer" …, "BOOTP request", "BOOTP reply"
	Fields   []FieldText  // those that the message has whole, in wire order
	Options  []OptionText // in reading order
	End      bool         // option 255 closes the options field
	Trailing []byte       // what follows it, or cannot be read, less trailing zeros
	Faults   []string     // what is wrong with the format
}

// FieldText is a field of the header.
type FieldText struct {
	Name   string // as RFC 2131 names it
	Offset int    // octets from the start of the message
	Raw    []byte
	Text   string // the value, safe to print
	Notes  []string
}

// OptionText is an option, or a sub-option within one, whose offset then counts
// from the start of the option's value.
type OptionText struct {
	Option
	Name  string
	Text  string // as FormatOption writes it
	Notes []string
	Subs  []OptionText
}

// Explain says what a message holds.
func Explain(p *Packet) Explanation {
	e := Explanation{
		Kind: kindOfMessage(p), Fields: explainHeader(p),
		End: p.End >= 0, Trailing: trimZeros(p.Trailing),
	}
	for _, f := range p.Faults {
		e.Faults = append(e.Faults, f.Text)
	}
	var seen, all [256]int
	for _, o := range p.Options {
		all[o.Code]++
	}
	e.Options = make([]OptionText, 0, len(p.Options))
	for _, o := range p.Options {
		text := ExplainOption(o)
		seen[o.Code]++
		if all[o.Code] > 1 {
			text.Notes = append(text.Notes, fmt.Sprintf("instance %d of %d", seen[o.Code], all[o.Code]))
		}
		e.Options = append(e.Options, text)
	}
	return e
}

func kindOfMessage(p *Packet) string {
	switch t := p.MessageType(); {
	case t != 0:
		return messageName(t)
	case p.Op == 1:
		return "BOOTP request"
	case p.Op == 2:
		return "BOOTP reply"
	}
	return "unknown"
}

// explainHeader lists the fields that the message has whole.
func explainHeader(p *Packet) (fields []FieldText) {
	raw := make([]byte, headerSize)
	p.Header.put(raw)
	fields = make([]FieldText, 0, 14)
	at := 0
	add := func(name string, size int, text string, notes ...string) {
		if at+size <= p.Size {
			fields = append(fields, FieldText{name, at, raw[at : at+size : at+size], text, notes})
		}
		at += size
	}
	add("op", 1, word(p.Op, opNames))
	add("htype", 1, word(p.HType, hardwareNames))
	add("hlen", 1, strconv.Itoa(int(p.HLen)))
	add("hops", 1, strconv.Itoa(int(p.Hops)))
	add("xid", 4, fmt.Sprintf("0x%08x", p.XID))
	add("secs", 2, strconv.Itoa(int(p.Secs)))
	add("flags", 2, flagsText(p.Flags))
	add("ciaddr", 4, p.CIAddr.String())
	add("yiaddr", 4, p.YIAddr.String())
	add("siaddr", 4, p.SIAddr.String())
	add("giaddr", 4, p.GIAddr.String())
	add("chaddr", len(p.CHAddr), formatMAC(p.MAC()))
	add("sname", len(p.SName), headerText(p.SName[:], p.Overload&2 != 0), overloadNote(p.Overload&2 != 0)...)
	add("file", len(p.File), headerText(p.File[:], p.Overload&1 != 0), overloadNote(p.Overload&1 != 0)...)
	return fields
}

// Names of op (RFC 2131 section 2) and of hardware types (IANA ARP parameters).
var (
	opNames       = map[uint8]string{1: "request", 2: "reply"}
	hardwareNames = map[uint8]string{1: "Ethernet", 6: "IEEE 802", 32: "InfiniBand"}
)

func word(n uint8, words map[uint8]string) string {
	if w, ok := words[n]; ok {
		return strconv.Itoa(int(n)) + " (" + w + ")"
	}
	return strconv.Itoa(int(n))
}

func flagsText(flags uint16) string {
	switch flags {
	case 0:
		return "0x0000 (unicast)"
	case FlagBroadcast:
		return "0x8000 (broadcast)"
	}
	return fmt.Sprintf("0x%04x", flags)
}

// headerText shows a field up to its trailing zeros; what stands behind a first
// NUL so stays visible.
func headerText(field []byte, overloaded bool) string {
	if overloaded {
		return "hex:" + hex.EncodeToString(trimZeros(field))
	}
	return SafeText(trimZeros(field))
}

func overloadNote(overloaded bool) []string {
	if overloaded {
		return []string{"holds options, as option 52 says"}
	}
	return nil
}

// ExplainOption says what one option holds. Of the option only code and value
// need be there.
func ExplainOption(o Option) OptionText {
	info := LookupOption(o.Code)
	text := OptionText{Option: o, Name: info.Name, Text: FormatOption(o.Code, o.Data), Notes: optionNotes(o)}
	if len(o.Data) < o.Length {
		text.Notes = append(text.Notes, fmt.Sprintf("cut: %d of %d octets", len(o.Data), o.Length))
	}
	if subTable(info.Kind) == nil {
		return text
	}
	f := readSubOptions(info.Kind, o.Data, fmt.Sprintf("option %d sub-option", o.Code))
	for _, sub := range f.options {
		text.Subs = append(text.Subs, explainSub(info.Kind, sub))
	}
	if f.err != nil {
		text.Notes = append(text.Notes, f.err.Text)
	}
	return text
}

func explainSub(kind Kind, sub Option) OptionText {
	info := lookupSub(kind, sub.Code)
	return OptionText{Option: sub, Name: info.Name, Text: formatKind(info.Kind, sub.Data), Notes: subNotes(kind, sub)}
}
