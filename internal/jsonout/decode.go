package jsonout

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"slices"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/internal/capture"
	"pxekit/tftpserve"
)

// DecodeSchema is the schema of "pxekit decode --json".
const DecodeSchema = "pxekit/decode/1"

// Decode is the result of "pxekit decode --json". It is printed packet by
// packet, so that captures of any size need no memory.
type Decode struct {
	Schema  string   `json:"schema"`
	Packets []Packet `json:"packets"`
}

// Value is the result of "pxekit decode --option CODE --json", and of --as.
type Value struct {
	Schema   string    `json:"schema"`
	Option   OneOption `json:"option"`
	As       *Read     `json:"as,omitempty"`     // with --as
	Expect   *Compared `json:"expect,omitempty"` // with --expect
	Findings []Finding `json:"findings"`
}

// Compared is how a value compares with what was expected.
type Compared struct {
	Equal bool   `json:"equal"`
	Text  string `json:"text"` // "19 bytes equal, NUL missing"
}

// OneOption is a single value.
type OneOption struct {
	Code uint8  `json:"code"`
	Name string `json:"name"`
	Hex  Hex    `json:"hex"`
	Text string `json:"text"`
}

// Read is what a server made of typed text.
type Read struct {
	Target   string `json:"target"`
	Typed    string `json:"typed"`
	Note     string `json:"note"`
	Asks     string `json:"asks"` // the file that the client will ask for
	Evidence string `json:"evidence"`
}

// ValueOf is a single value, with how a server read it and how it compares, or
// nil for either.
func ValueOf(code uint8, value []byte, as *Read, found []dhcpopts.Finding, c *Compared) Value {
	one := OneOption{Code: code, Name: dhcpopts.LookupOption(code).Name, Hex: Hex(value), Text: dhcpopts.FormatOption(code, value)}
	return Value{Schema: DecodeSchema, Option: one, As: as, Expect: c, Findings: Findings(found)}
}

// ReadOf is how a target read typed text.
func ReadOf(target, typed string, r dialect.Reading) *Read {
	asks, _, _ := bytes.Cut(r.Sent, []byte{0})
	return &Read{Target: target, Typed: typed, Note: r.Note, Asks: dhcpopts.SafeText(asks), Evidence: string(r.Evidence)}
}

// Packet is a packet of "pxekit decode --json". Fields is null when the packet
// is no DHCP message, TFTP when it is no TFTP packet.
type Packet struct {
	Index    int            `json:"index"` // from 1
	Time     string         `json:"time"`  // RFC 3339 with nanoseconds; "" when not known
	Link     string         `json:"link"`
	Src      string         `json:"src"`
	SPort    uint16         `json:"sport"`
	Dst      string         `json:"dst"`
	DPort    uint16         `json:"dport"`
	Kind     string         `json:"kind"` // dhcp, tftp, dhcpv6 or other
	Fields   *Fields        `json:"fields"`
	Options  []PacketOption `json:"options"`
	End      bool           `json:"end"` // the options are closed by 255
	Trailing Hex            `json:"trailing"`
	TFTP     *TFTP          `json:"tftp"`
	Findings []Finding      `json:"findings"`
	Error    string         `json:"error"`
}

// Fields are the header fields of a DHCP message. XID and Flags are hex;
// CHAddr has hlen octets; SName and File are raw without trailing zeros.
type Fields struct {
	Op     uint8  `json:"op"`
	HType  uint8  `json:"htype"`
	HLen   uint8  `json:"hlen"`
	Hops   uint8  `json:"hops"`
	XID    string `json:"xid"`
	Secs   uint16 `json:"secs"`
	Flags  string `json:"flags"`
	CIAddr string `json:"ciaddr"`
	YIAddr string `json:"yiaddr"`
	SIAddr string `json:"siaddr"`
	GIAddr string `json:"giaddr"`
	CHAddr Hex    `json:"chaddr"`
	SName  Hex    `json:"sname"`
	File   Hex    `json:"file"`
}

// PacketOption is an option where it stands. Offset counts from the start of
// the DHCP message to the code; Length is the declared one.
type PacketOption struct {
	Code   uint16 `json:"code"`
	Name   string `json:"name"`
	Offset int    `json:"offset"`
	Length int    `json:"length"`
	Hex    Hex    `json:"hex"`
	Text   string `json:"text"`
	In     string `json:"in"` // options, file or sname
}

// TFTP is a TFTP packet. What its opcode does not have is empty.
type TFTP struct {
	Opcode  string       `json:"opcode"`
	File    string       `json:"file"`
	Mode    string       `json:"mode"`
	Options []TFTPOption `json:"options"`
	Block   uint16       `json:"block"`
	Error   uint16       `json:"error"`
	Message string       `json:"message"`
}

// TFTPOption is an option of a request or an OACK.
type TFTPOption struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// PacketOf begins a packet with what its frame says.
func PacketOf(f capture.Frame, kind capture.Kind) Packet {
	p := Packet{
		Index: f.Index, Link: f.Link, SPort: f.SPort, DPort: f.DPort, Kind: string(kind),
		Options: []PacketOption{}, Findings: []Finding{}, Error: f.Problem,
	}
	if !f.Time.IsZero() {
		p.Time = f.Time.Format("2006-01-02T15:04:05.000000000Z07:00")
	}
	if f.Src.IsValid() {
		p.Src, p.Dst = f.Src.String(), f.Dst.String()
	}
	return p
}

// DHCP fills in a DHCP message, whose memory it shares.
func (p *Packet) DHCP(m *dhcpopts.Packet) {
	h := &m.Header
	p.Fields = &Fields{
		Op: h.Op, HType: h.HType, HLen: h.HLen, Hops: h.Hops, Secs: h.Secs,
		XID: hex.EncodeToString(binary.BigEndian.AppendUint32(nil, h.XID)), Flags: hex.EncodeToString(binary.BigEndian.AppendUint16(nil, h.Flags)),
		CIAddr: h.CIAddr.String(), YIAddr: h.YIAddr.String(), SIAddr: h.SIAddr.String(), GIAddr: h.GIAddr.String(),
		CHAddr: Hex(m.MAC()), SName: trimZeros(h.SName[:]), File: trimZeros(h.File[:]),
	}
	p.End, p.Trailing = m.End >= 0, Hex(m.Trailing)
	p.AddOptions(m.Options)
}

// AddOptions adds options where they stand.
func (p *Packet) AddOptions(options []dhcpopts.Option) {
	p.Options = slices.Grow(p.Options, len(options))
	for _, o := range options {
		p.Options = append(p.Options, PacketOption{
			Code: uint16(o.Code), Name: dhcpopts.LookupOption(o.Code).Name, Offset: o.Offset, Length: o.Length,
			Hex: Hex(o.Data), Text: dhcpopts.FormatOption(o.Code, o.Data), In: string(o.In),
		})
	}
}

// DHCPv6 fills in the options of DHCPv6 that boot.
func (p *Packet) DHCPv6(options []capture.Option6) {
	for _, o := range options {
		p.Options = append(p.Options, PacketOption{
			Code: o.Code, Name: o.Name, Offset: o.Offset, Length: len(o.Data), Hex: Hex(o.Data), Text: o.Text, In: string(dhcpopts.InOptions),
		})
	}
}

// SetTFTP fills in a TFTP packet.
func (p *Packet) SetTFTP(t tftpserve.Packet) {
	p.TFTP = &TFTP{
		Opcode: t.Op.String(), File: dhcpopts.SafeText([]byte(t.File)), Mode: t.Mode, Options: []TFTPOption{},
		Block: t.Block, Error: uint16(t.Code), Message: dhcpopts.SafeText([]byte(t.Message)),
	}
	for _, o := range t.Options {
		p.TFTP.Options = append(p.TFTP.Options, TFTPOption{o.Name, o.Value})
	}
}

func trimZeros(b []byte) Hex { return Hex(bytes.TrimRight(b, "\x00")) }
