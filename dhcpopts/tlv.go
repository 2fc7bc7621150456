package dhcpopts

import "fmt"

// Fault is a way in which a message or a value breaks its format.
type Fault string

// The faults a parser meets.
const (
	FaultShort    Fault = "short"     // the message ends inside the fixed header
	FaultCookie   Fault = "cookie"    // the four octets after the header are not 63 82 53 63
	FaultNoLength Fault = "no length" // a code is the last octet
	FaultPastEnd  Fault = "past end"  // an option's length runs past the end of its field
	FaultNoEnd    Fault = "no end"    // no option 255 closes the field
	FaultHLen     Fault = "hlen"      // hardware address longer than chaddr
	FaultValue    Fault = "value"     // a value is not built as its option wants
)

// SyntaxError is what is wrong at one place of a message or a value.
type SyntaxError struct {
	Fault  Fault
	Offset int    // octets from the start of what was parsed
	Code   uint8  // the option, where the fault is in one
	Text   string // what, where and the numbers
}

// Error returns the text, such as
// "option 43 at byte 247: length 12 runs past end (5 left)".
func (e *SyntaxError) Error() string { return e.Text }

func faultAt(f Fault, code uint8, offset int, format string, args ...any) *SyntaxError {
	return &SyntaxError{Fault: f, Code: code, Offset: offset, Text: fmt.Sprintf(format, args...)}
}

// field is a run of options: the options field of a message, its file or sname
// field under overload, or the value of an option that is built the same way.
type field struct {
	options []Option
	end     int // offset of END; -1 without one
	rest    int // offset of the first octet not read
	err     *SyntaxError
}

// countOptions is how many options a field has, for one allocation of their list.
func countOptions(b []byte) (n int) {
	for i := 0; i < len(b) && b[i] != OptEnd; {
		if b[i] == OptPad {
			i++
			continue
		}
		n++
		if i+1 == len(b) {
			break
		}
		i += 2 + int(b[i+1])
	}
	return n
}

// readField reads options from b[from:to] up to END (RFC 2132 section 2: pad 0
// and END 255 have no length octet). An option that runs past the end is kept
// with the octets there are.
func readField(b []byte, from, to int, in Area, what string) field {
	f := field{end: -1, rest: from, options: make([]Option, 0, countOptions(b[from:to]))}
	for f.rest < to {
		code := b[f.rest]
		switch {
		case code == OptPad:
			f.rest++
		case code == OptEnd:
			f.end = f.rest
			f.rest++
			return f
		case !f.readOne(b, to, in, what):
			return f
		}
	}
	return f
}

// readOne reads the option at f.rest and reports whether it was whole.
func (f *field) readOne(b []byte, to int, in Area, what string) bool {
	at := f.rest
	code := b[at]
	if at+1 >= to {
		f.err = faultAt(FaultNoLength, code, at, "%s %d at byte %d: no length octet follows", what, code, at)
		return false
	}
	length := int(b[at+1])
	left := to - at - 2
	if length > left {
		f.err = faultAt(FaultPastEnd, code, at, "%s %d at byte %d: length %d runs past end (%d left)", what, code, at, length, left)
	}
	stop := at + 2 + min(length, left)
	f.options = append(f.options, Option{Code: code, Data: b[at+2 : stop : stop], Offset: at, Length: length, In: in})
	f.rest = stop
	return f.err == nil
}

// appendTLV appends code, length and value; the value has at most 255 octets.
func appendTLV(b []byte, code uint8, value []byte) []byte {
	return append(append(b, code, uint8(len(value))), value...)
}
