package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/internal/capture"
	"pxekit/internal/jsonout"
)

// printer prints packets one by one: nothing is kept. JSON, which nobody reads
// line by line, is written in large pieces.
type printer struct {
	out   io.Writer
	json  *bufio.Writer // nil: text
	line  []byte
	count int
}

func (d *decode) printer() *printer {
	p := &printer{out: d.stdout}
	if d.json {
		p.json = bufio.NewWriterSize(d.stdout, 1<<16)
	}
	return p
}

func (p *printer) print(e *explained) error {
	p.count++
	if p.json == nil {
		_, err := io.WriteString(p.out, packetText(e))
		return err
	}
	open := ",\n"
	if p.count == 1 {
		open = opening
	}
	p.line = jsonout.AppendPacket(append(p.line[:0], open...), &e.Packet)
	_, err := p.json.Write(p.line)
	return err
}

const opening = `{"schema":"` + jsonout.DecodeSchema + `","packets":[` + "\n"

func (p *printer) close() error {
	if p.json == nil {
		return nil
	}
	if p.count == 0 {
		_, _ = p.json.WriteString(opening)
	}
	_, _ = p.json.WriteString("\n]}\n")
	return p.json.Flush()
}

// packetText is a packet for people: a line that says what it is, then each
// field and option with offset, text and octets, then what is wrong.
func packetText(e *explained) string {
	var b strings.Builder
	b.WriteString(headline(e))
	switch {
	case e.message != nil:
		headerText(&b, e.message)
	case e.TFTP != nil:
		b.WriteString(tftpText(e.TFTP))
	}
	for _, o := range e.Options {
		optionText(&b, o)
	}
	if e.message != nil && e.message.End >= 0 {
		fmt.Fprintf(&b, "  %4d  255 END\n", e.message.End)
	}
	if trailing := bytes.TrimRight(e.Trailing, "\x00"); len(trailing) > 0 {
		fmt.Fprintf(&b, "        after the end: %s\n", dhcpopts.FormatHex(dhcpopts.HexSpaced, trailing))
	}
	if e.Error != "" && e.message == nil { // what is wrong in a message is among its findings
		fmt.Fprintf(&b, "  broken: %s\n", e.Error)
	}
	if e.cut {
		b.WriteString("  cut: the capture holds less than was on the wire\n")
	}
	return b.String() + findingLines("  ", e.findings)
}

// headline names a packet: when, where from and to, what.
func headline(e *explained) string {
	parts := []string{fmt.Sprintf("packet %d:", e.Index)}
	if e.Time != "" {
		parts = append(parts, e.Time)
	}
	if e.Link != "" {
		parts = append(parts, e.Link)
	}
	if e.udp {
		parts = append(parts, fmt.Sprintf("%s:%d > %s:%d", e.Src, e.SPort, e.Dst, e.DPort))
	} else if e.Src != "" {
		parts = append(parts, e.Src+" > "+e.Dst)
	}
	return strings.Join(append(parts, what(e)), " ") + "\n"
}

// what says which message a packet is.
func what(e *explained) string {
	switch {
	case e.bare:
		return "DHCP options"
	case e.message != nil && e.message.MessageType() > 0:
		return "DHCP " + dhcpopts.FormatOption(dhcpopts.OptMessageType, []byte{e.message.MessageType()})
	case e.message != nil:
		return "BOOTP"
	case e.Kind == string(capture.TFTP):
		return "TFTP"
	case e.Kind == string(capture.DHCPv6):
		return "DHCPv6 (named, but not written or served by pxekit)"
	}
	return "no boot protocol"
}

func headerText(b *strings.Builder, m *dhcpopts.Packet) {
	h := &m.Header
	op := map[uint8]string{1: "request", 2: "reply"}[h.Op]
	flags := ""
	if h.Flags&dhcpopts.FlagBroadcast != 0 {
		flags = " (answer by broadcast)"
	}
	line := func(at int, name, format string, args ...any) {
		fmt.Fprintf(b, "  %4d  %-22s %s\n", at, name, strings.TrimRight(fmt.Sprintf(format, args...), " "))
	}
	line(0, "op", "%d %s", h.Op, op)
	line(1, "htype, hlen, hops", "%d, %d, %d", h.HType, h.HLen, h.Hops)
	line(4, "xid", "%08x", h.XID)
	line(8, "secs", "%d", h.Secs)
	line(10, "flags", "%04x%s", h.Flags, flags)
	line(12, "ciaddr", "%s", h.CIAddr)
	line(16, "yiaddr", "%s", h.YIAddr)
	line(20, "siaddr (next server)", "%s", h.SIAddr)
	line(24, "giaddr (relay)", "%s", h.GIAddr)
	line(28, "chaddr", "%s", dhcpopts.FormatHex(dhcpopts.HexColon, h.MAC()))
	line(44, "sname", "%s", fieldText(h.SName[:], m.Overload&2 != 0))
	line(108, "file", "%s", fieldText(h.File[:], m.Overload&1 != 0))
}

// fieldText shows a header field without the zeros that fill it up. One that
// holds options (52) is no name; they are listed with the others.
func fieldText(field []byte, options bool) string {
	value := bytes.TrimRight(field, "\x00")
	switch {
	case len(value) == 0:
		return "(empty)"
	case options:
		return "(options, listed below)  [" + dhcpopts.FormatHex(dhcpopts.HexSpaced, value) + "]"
	}
	closing := ""
	if len(value) == len(field) {
		closing = "  (full, no NUL)"
	}
	return dhcpopts.SafeText(value) + "  [" + dhcpopts.FormatHex(dhcpopts.HexSpaced, value) + "]" + closing
}

// rawPerLine is how many octets stand beside an option's text; longer values
// get lines of their own.
const rawPerLine = 20

func optionText(b *strings.Builder, o jsonout.PacketOption) {
	in := ""
	if o.In != string(dhcpopts.InOptions) {
		in = " (in " + o.In + ")"
	}
	fmt.Fprintf(b, "  %4d  %-3d %s%s: %s", o.Offset, o.Code, o.Name, in, o.Text)
	raw := o.Hex
	if len(raw) <= rawPerLine {
		fmt.Fprintf(b, "  [%s]\n", dhcpopts.FormatHex(dhcpopts.HexSpaced, raw))
		return
	}
	b.WriteString("\n")
	for ; len(raw) > 0; raw = raw[min(rawPerLine, len(raw)):] {
		fmt.Fprintf(b, "            %s\n", dhcpopts.FormatHex(dhcpopts.HexSpaced, raw[:min(rawPerLine, len(raw))]))
	}
}

func tftpText(t *jsonout.TFTP) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %s", t.Opcode)
	switch t.Opcode {
	case "RRQ", "WRQ":
		fmt.Fprintf(&b, " %s, %s", t.File, t.Mode)
	case "DATA", "ACK":
		fmt.Fprintf(&b, " block %d", t.Block)
	case "ERROR":
		fmt.Fprintf(&b, " %d: %s", t.Error, t.Message)
	}
	for _, o := range t.Options {
		fmt.Fprintf(&b, ", %s %s", dhcpopts.SafeText([]byte(o.Name)), dhcpopts.SafeText([]byte(o.Value)))
	}
	return b.String() + "\n"
}

// findingLines are findings as part of the result.
func findingLines(indent string, found []dhcpopts.Finding) string {
	var b strings.Builder
	for _, f := range found {
		place := ""
		if f.Place.Offset > 0 {
			place = fmt.Sprintf("byte %d: ", f.Place.Offset)
		}
		fmt.Fprintf(&b, "%s%s: %s%s (%s)\n", indent, kindOf(f.Severity), place, safeLines(f.Message), f.ID)
		if f.Hint != "" {
			fmt.Fprintf(&b, "%shint: %s\n", indent, safeLines(f.Hint))
		}
	}
	return b.String()
}

// valueText is a single value for people.
func valueText(code uint8, value []byte) string {
	name := dhcpopts.LookupOption(code).Name
	return fmt.Sprintf("option %d %s: %s\n%s (%d bytes)\n", code, name, dhcpopts.FormatOption(code, value),
		dhcpopts.FormatHex(dhcpopts.HexSpaced, value), len(value))
}

// readingText is what a server makes of typed text, for people.
func readingText(target dialect.Target, code uint8, typed string, r dialect.Reading) string {
	var b strings.Builder
	fmt.Fprintf(&b, "typed:     %s\n", dhcpopts.SafeText([]byte(typed)))
	fmt.Fprintf(&b, "sent:      %s  (%s)\n", dhcpopts.FormatOption(code, r.Sent), target.Title)
	fmt.Fprintf(&b, "bytes:     %s (%d)\n", dhcpopts.FormatHex(dhcpopts.HexSpaced, r.Sent), len(r.Sent))
	if code == dhcpopts.OptBootFile {
		name, _, _ := bytes.Cut(r.Sent, []byte{0})
		fmt.Fprintf(&b, "asked for: %s\n", dhcpopts.SafeText(name))
	}
	if r.Note != "" {
		fmt.Fprintf(&b, "because:   %s\n", safeLines(r.Note))
	}
	return b.String()
}
