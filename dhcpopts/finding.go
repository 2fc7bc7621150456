package dhcpopts

import "fmt"

// Severity orders findings. Errors decide the exit code.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Place is where a finding is: in text (File, Line, Column, from 1) or in a
// packet (Packet from 1, Offset in octets from the start of the DHCP message).
type Place struct {
	File         string
	Line, Column int
	Packet       int
	Offset       int
}

// String writes the place as file:line:column or as packet and offset.
func (p Place) String() string {
	switch {
	case p.Line > 0 && p.File != "":
		return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	case p.Line > 0:
		return fmt.Sprintf("line %d, column %d", p.Line, p.Column)
	case p.Packet > 0:
		return fmt.Sprintf("packet %d, byte %d", p.Packet, p.Offset)
	case p.Offset > 0:
		return fmt.Sprintf("byte %d", p.Offset)
	}
	return ""
}

// Finding is the one shape of every complaint.
type Finding struct {
	ID       string   // "PXK001", a row of [Rules]
	Severity Severity // the row's, unless the case is milder
	Place    Place
	Message  string // what is wrong, with the value, and what the machine will do
	Hint     string // what to do
	Fix      string // the corrected text, where there is one
}

// FindingRule is a row of the findings table.
type FindingRule struct {
	ID       string
	Severity Severity
	Title    string // the rule in one line
	Why      string // what machines do, and how that is known
	Ref      string // RFC section, source file, or measurement
}
