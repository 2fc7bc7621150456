// Package tftpserve is a read-only TFTP server (RFC 1350, 2347, 2348, 2349,
// 7440) and the codec it speaks with. It knows nothing of DHCP.
//
// A stranger that sends to a transfer's port gets the kernel's ICMP "port
// unreachable" in place of the ERROR 5 of RFC 1350 section 4: the socket is
// connected to its client, which keeps strangers out of the transfer at no cost.
package tftpserve

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// Opcode is the first field of a TFTP packet (RFC 1350 section 5, RFC 2347).
type Opcode uint16

// The opcodes.
const (
	RRQ   Opcode = 1
	WRQ   Opcode = 2
	DATA  Opcode = 3
	ACK   Opcode = 4
	ERROR Opcode = 5
	OACK  Opcode = 6
)

var opcodeNames = [...]string{RRQ: "RRQ", WRQ: "WRQ", DATA: "DATA", ACK: "ACK", ERROR: "ERROR", OACK: "OACK"}

// String returns the name that the RFCs use, or the number.
func (o Opcode) String() string {
	if o >= RRQ && int(o) < len(opcodeNames) {
		return opcodeNames[o]
	}
	return fmt.Sprintf("opcode %d", uint16(o))
}

// ErrorCode is the code of an ERROR packet (RFC 1350 appendix, RFC 2347).
type ErrorCode uint16

// The error codes. edk2 ends its size probe with the last one on purpose.
const (
	NotDefined      ErrorCode = 0
	FileNotFound    ErrorCode = 1
	AccessViolation ErrorCode = 2
	DiskFull        ErrorCode = 3
	IllegalOp       ErrorCode = 4
	UnknownTID      ErrorCode = 5
	FileExists      ErrorCode = 6
	NoSuchUser      ErrorCode = 7
	OptionRefused   ErrorCode = 8
)

var errorNames = [...]string{"not defined", "file not found", "access violation", "disk full", "illegal operation",
	"unknown transfer", "file exists", "no such user", "option refused"}

// String returns the meaning of the code.
func (c ErrorCode) String() string {
	if int(c) < len(errorNames) {
		return errorNames[c]
	}
	return fmt.Sprintf("error %d", uint16(c))
}

// Option is a name and value of a request or an OACK, as sent: names are
// compared without regard to case (RFC 2347).
type Option struct{ Name, Value string }

// Packet is any TFTP packet. Only the fields of its Op are set.
type Packet struct {
	Op      Opcode
	File    string // RRQ, WRQ: octets as sent, backslashes and all
	Mode    string // RRQ, WRQ: as sent; compared without regard to case
	Options []Option
	Block   uint16 // DATA, ACK
	Data    []byte // DATA; shares memory with what was parsed
	Code    ErrorCode
	Message string
}

// Parse reads a TFTP packet. A request whose name is followed by a stray NUL
// ("name\0\0octet\0") is understood: some ROMs send one when option 67 counts
// its closing NUL. With an error comes what was read before it: a request with a
// Mode is malformed in its options only.
func Parse(b []byte) (Packet, error) {
	if len(b) < 4 {
		return Packet{}, fmt.Errorf("tftp packet of %d bytes, need 4", len(b))
	}
	p := Packet{Op: Opcode(binary.BigEndian.Uint16(b))}
	number, rest := binary.BigEndian.Uint16(b[2:]), b[4:]
	switch p.Op {
	case RRQ, WRQ:
		return p.parseRequest(b[2:])
	case OACK:
		words, err := splitWords(b[2:])
		if err == nil {
			p.Options, err = pairs(words)
		}
		return p, err
	case DATA:
		p.Block, p.Data = number, rest
	case ACK:
		p.Block = number
	case ERROR:
		p.Code = ErrorCode(number)
		p.Message, _, _ = strings.Cut(string(rest), "\x00")
	default:
		return p, fmt.Errorf("tftp %v is none of 1 to 6", p.Op)
	}
	return p, nil
}

func (p Packet) parseRequest(b []byte) (Packet, error) {
	words, err := splitWords(b)
	if err != nil {
		return p, err
	}
	p.File, words = words[0], words[1:]
	if len(words) > 1 && words[0] == "" && isMode(words[1]) {
		words = words[1:]
	}
	if len(words) == 0 {
		return p, fmt.Errorf("tftp %v of %q has no mode", p.Op, p.File)
	}
	p.Mode = words[0]
	p.Options, err = pairs(words[1:])
	return p, err
}

// splitWords cuts NUL-terminated strings apart.
func splitWords(b []byte) ([]string, error) {
	if len(b) == 0 || b[len(b)-1] != 0 {
		return nil, fmt.Errorf("tftp strings %q do not end in NUL", b)
	}
	return strings.Split(string(b[:len(b)-1]), "\x00"), nil
}

func pairs(words []string) ([]Option, error) {
	var options []Option
	for ; len(words) >= 2; words = words[2:] {
		options = append(options, Option{words[0], words[1]})
	}
	if len(words) == 1 && words[0] != "" {
		return options, fmt.Errorf("tftp option %q has no value", words[0])
	}
	return options, nil
}

// Append writes the packet after b.
func (p Packet) Append(b []byte) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(p.Op))
	switch p.Op {
	case RRQ, WRQ:
		b = appendWords(b, p.File, p.Mode)
		fallthrough
	case OACK:
		for _, o := range p.Options {
			b = appendWords(b, o.Name, o.Value)
		}
	case DATA:
		b = append(binary.BigEndian.AppendUint16(b, p.Block), p.Data...)
	case ACK:
		b = binary.BigEndian.AppendUint16(b, p.Block)
	case ERROR:
		b = appendWords(binary.BigEndian.AppendUint16(b, uint16(p.Code)), p.Message)
	}
	return b
}

func appendWords(b []byte, words ...string) []byte {
	for _, w := range words {
		b = append(append(b, w...), 0)
	}
	return b
}
