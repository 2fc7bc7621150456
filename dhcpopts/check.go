package dhcpopts

import (
	"bytes"
	"fmt"
	"slices"
)

// checker collects findings about one message or value.
type checker struct {
	found []Finding
}

// add reports a finding with its row's severity. offset counts from the start of
// the message.
func (c *checker) add(id string, offset int, hint, format string, args ...any) *Finding {
	rule, _ := RuleByID(id)
	c.found = append(c.found, Finding{
		ID: id, Severity: rule.Severity, Place: Place{Offset: offset},
		Message: fmt.Sprintf(format, args...), Hint: hint,
	})
	return &c.found[len(c.found)-1]
}

// Check reports what is wrong with a message: its format, its values, and in a
// reply what firmware will make of them. Findings are in order of their offset.
func Check(p *Packet) []Finding {
	var c checker
	c.format(p)
	c.header(p)
	for code, n := range instances(p) {
		if n > 0 {
			c.option(uint8(code), joined(p, uint8(code)))
		}
	}
	if p.Op == 2 {
		c.reply(p)
	} else {
		c.request(p)
	}
	slices.SortStableFunc(c.found, func(a, b Finding) int {
		return a.Place.Offset - b.Place.Offset
	})
	return c.found
}

// CheckOption reports what is wrong with an option's value alone. Offsets are
// zero: the findings are about the whole value.
func CheckOption(code uint8, value []byte) []Finding {
	var c checker
	o := Option{Code: code, Data: value}
	c.option(code, o)
	if code == OptVendor {
		c.pxe(o, false)
	}
	for i := range c.found {
		c.found[i].Place.Offset = 0
	}
	return c.found
}

// instances counts the options of a packet by code.
func instances(p *Packet) (count [256]int) {
	for _, o := range p.Options {
		count[o.Code]++
	}
	return count
}

// joined is an option with the values of all its instances, at the place of the
// first.
func joined(p *Packet, code uint8) Option {
	o := p.Options[slices.IndexFunc(p.Options, func(o Option) bool { return o.Code == code })]
	o.Data, _ = p.Get(code)
	return o
}

// faultRules gives each fault of the format its row.
var faultRules = map[Fault]string{
	FaultShort: "PXK001", FaultCookie: "PXK002", FaultNoEnd: "PXK003",
	FaultPastEnd: "PXK004", FaultNoLength: "PXK004", FaultHLen: "PXK005",
}

func (c *checker) format(p *Packet) {
	for _, f := range p.Faults {
		c.add(faultRules[f.Fault], f.Offset, "", "%s", f.Text)
	}
	if junk := trimZeros(p.Trailing); p.End >= 0 && len(junk) > 0 {
		c.add("PXK006", p.Size-len(p.Trailing), "", "%d octets after END: %s", len(junk), SafeText(junk))
	}
	for i, n := range instances(p) {
		if n < 2 {
			continue
		}
		code := uint8(i)
		if all := p.All(code); !split(all) {
			c.add("PXK007", all[1].Offset, "send it once", "option %d (%s) stands in the message %d times; firmware reads the first: %s",
				code, LookupOption(code).Name, n, FormatOption(code, all[0].Data))
		}
	}
}

// split reports whether instances are one long value in pieces (RFC 3396): all
// but the last are full.
func split(all []Option) bool {
	for _, o := range all[:len(all)-1] {
		if o.Length != optionMax {
			return false
		}
	}
	return true
}

// header checks the fields sname and file.
func (c *checker) header(p *Packet) {
	if p.Size < headerSize {
		return
	}
	c.headerText(p.SName[:], "sname", snameAt, p.Overload&2 != 0)
	c.headerText(p.File[:], "file", fileAt, p.Overload&1 != 0)
}

func (c *checker) headerText(field []byte, name string, at int, overloaded bool) {
	if overloaded {
		return
	}
	text, hidden, closed := bytes.Cut(field, []byte{0})
	if !closed {
		c.add("PXK025", at, "", "header field %s is full: %d octets without a NUL", name, len(field))
	}
	if junk := trimZeros(hidden); len(junk) > 0 {
		c.add("PXK026", at+len(text)+1, "", "header field %s holds %q and, behind its NUL, %s", name, text, SafeText(junk))
	}
	if name == "file" {
		c.name(text, at, "header field file")
	}
}

// option checks what one value tells by itself.
func (c *checker) option(code uint8, o Option) {
	switch code {
	case OptBootFile:
		c.bootFile(o)
	case OptTFTPServer:
		c.tftpServer(o)
	case OptClass:
		c.class(o)
	case OptClientArch:
		if len(o.Data) == 0 || len(o.Data)%2 != 0 {
			c.add("PXK060", o.Offset, "two octets for each type: 00 07", "option 93 has %d octets: % x", len(o.Data), o.Data)
		}
	case OptMachineID:
		if len(o.Data) != 17 || o.Data[0] != 0 {
			c.add("PXK061", o.Offset, "", "option 97 has %d octets: % x", len(o.Data), o.Data)
		}
	default:
		c.shape(o)
	}
}

// shape checks kinds whose size is fixed.
func (c *checker) shape(o Option) {
	info := LookupOption(o.Code)
	switch info.Kind {
	case KindIP, KindIPs, KindU8, KindU16, KindU32, KindI32, KindFlag, KindEmpty, KindMessage, KindOverload, KindUNDI, KindU16s:
	default:
		return
	}
	if text := FormatOption(o.Code, o.Data); len(text) >= 4 && text[:4] == "hex:" {
		c.add("PXK009", o.Offset, "", "option %d (%s) wants %s, and holds % x", o.Code, info.Name, info.Kind, o.Data)
	}
	if o.Code == OptMaxSize && len(o.Data) == 2 && bigEndian(o.Data) < minDatagram {
		c.add("PXK063", o.Offset, "", "option 57 is %d", bigEndian(o.Data))
	}
}
