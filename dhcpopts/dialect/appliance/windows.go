package appliance

import (
	"fmt"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// Windows is the Microsoft DHCP server, version 2012 and later, which has
// policies (cmdlets of the DhcpServer module: Add-DhcpServerv4Policy and
// others). A policy compares vendor class, user class and MAC address; a name
// with a closing asterisk compares the beginning of the class's data.
//
// There is no cmdlet for siaddr, sname and file: the server is said to fill
// siaddr from option 66 and the boot file from 67 (Broadcom KB 157148).
var Windows = dialect.Target{
	Name: "windows", Title: "Microsoft DHCP Server", Comment: "#",
	Forms: []dialect.Form{
		{Name: "powershell", Title: "a script with classes and policies; safe to run twice"},
		{Name: "netsh", Title: "netsh lines, without policies"},
	},
	Write: writeWindows, Spell: spellWindows, Read: readWindows,
	Support: windowsSupport,
}

var windowsSupport = support(
	can(dialect.Documented, dialect.Feat66, dialect.Feat67, dialect.FeatScope),
	can(dialect.Unverified, dialect.FeatSIAddr, dialect.FeatFile),
	inForm("powershell", "netsh has no policies", dialect.Documented, dialect.FeatArch, dialect.FeatHTTP, dialect.FeatHosts, dialect.FeatVendorClass, dialect.FeatLaptop),
	inForm("powershell", "netsh has no policies", dialect.Unverified, dialect.FeatIPXE, dialect.FeatUserClass),
	inForm("powershell", "netsh sends option 43 to every client", dialect.Derived, dialect.FeatPXE43, dialect.FeatOptions),
	cannot("there is no setting for sname", dialect.FeatSName),
	cannot("a String value cannot hold a NUL; captures show the server adding one, which is not documented", dialect.FeatNUL),
	cannot("policies cannot compare option 97", dialect.FeatUUID),
	cannot("the server sends 66 and 67 to clients that request them", dialect.FeatUnasked),
)

// inForm is a Support row that holds in one form.
func inForm(form, otherwise string, e dialect.Evidence, features ...dialect.Feature) map[dialect.Feature]dialect.Support {
	return rows(dialect.Support{Can: true, Evidence: e, Note: otherwise, Forms: []string{form}}, features)
}

func writeWindows(p *plan.Plan, r dialect.Request) (dialect.Output, error) {
	if r.As == "netsh" {
		return writeNetsh(p)
	}
	var l losses
	s := windowsScript(p, &l)
	text := s.String()
	back, err := readScript(text)
	if err != nil {
		return dialect.Output{}, fmt.Errorf("windows: %w", err)
	}
	if strings.Contains(text, "[char]") {
		s.notes = append(s.notes, dialect.Note{Feature: dialect.FeatIPXE, Text: "the counted form of a user class (RFC 3004) begins with a control character, " +
			"which class data is not documented to hold; iPXE sends the bare form"})
	}
	notes := append(s.notes,
		dialect.Note{Text: "siaddr and the header field file have no setting: the server is said to fill them from 66 and 67; look at a capture of the reply with pxekit decode"},
		dialect.Note{Feature: dialect.FeatUnasked, Text: "66 and 67 go to clients that request them, as all boot firmware does"})
	return dialect.Output{
		Text: text, Notes: notes, Lost: l.Notes, Expect: back.answer, Evidence: dialect.Unverified,
		Where: "into a file FILE.ps1, to run on the DHCP server as its administrator",
		Check: "powershell -File FILE.ps1 -WhatIf",
		Undo:  windowsUndo(p),
	}, nil
}

// windowsUndo removes the policies of each level, then the classes.
func windowsUndo(p *plan.Plan) string {
	levels := []string{""}
	if len(p.Scope) > 0 {
		levels = nil
	}
	for _, n := range p.Scope {
		levels = append(levels, " -ScopeId "+network(n))
	}
	var undo string
	for _, level := range levels {
		undo += "Get-DhcpServerv4Policy" + level + " | Where-Object Name -like 'pxekit *' | Remove-DhcpServerv4Policy; "
	}
	return undo + "Get-DhcpServerv4Class | Where-Object Name -like 'pxekit *' | Remove-DhcpServerv4Class"
}

// windowsScript turns a plan's cases into the script's tables.
func windowsScript(p *plan.Plan, l *losses) *script {
	s := &script{levels: p.Scope}
	for _, c := range p.Cases() {
		pol, ok := s.policy(c, l)
		if !ok {
			continue
		}
		pol.options = windowsOptions(p, c, l, &s.notes)
		for _, o := range pol.options {
			s.define(o.Code)
		}
		s.policies = append(s.policies, pol)
	}
	s.exclude()
	s.leaks(l)
	return s
}

// windowsStrings are options that the server knows as String; 43 and those from
// 128 on are, or are defined as, BinaryData.
var windowsStrings = []uint8{17, dhcpopts.OptClass, dhcpopts.OptTFTPServer, dhcpopts.OptBootFile}

// windowsOptions are the values a policy can hold, in the plan's order.
func windowsOptions(p *plan.Plan, c plan.Case, l *losses, notes *[]dialect.Note) []dhcpopts.Option {
	var out []dhcpopts.Option
	for _, o := range headerAsOptions(c.Answer, l) {
		if closed(o.Data) && slices.Contains(windowsStrings, o.Code) {
			o.Data = o.Data[:len(o.Data)-1]
			openEnded(p, o.Code, "a String value", l, notes)
		}
		switch {
		case slices.Contains(windowsStrings, o.Code) && !windowsText(o.Data):
			l.Add(dialect.OptionFeature(o.Code), "%s: option %d is String, which is written here for 1 to 255 printable ASCII characters, not %q", c.Origin, o.Code, o.Data)
		case !slices.Contains(windowsStrings, o.Code) && o.Code != dhcpopts.OptVendor && o.Code < 128:
			l.Add(dialect.FeatOptions, "%s: the type that the server gives option %d is not known here", c.Origin, o.Code)
		default:
			out = append(out, o)
		}
	}
	return out
}

func windowsText(b []byte) bool { return printable(b) && len(b) > 0 && len(b) <= 255 }

// headerAsOptions puts siaddr and file into 66 and 67, the only places the
// server has for them.
func headerAsOptions(a dhcpopts.Answer, l *losses) []dhcpopts.Option {
	options := slices.Clone(a.Options)
	same := func(code uint8, header string, f dialect.Feature) {
		value, ok := a.Get(code)
		switch {
		case header == "" || strings.TrimSuffix(string(value), "\x00") == header:
		case ok:
			l.Add(f, "the header is filled from option %d, so it cannot differ from %q", code, value)
		default:
			options = append(options, dhcpopts.Option{Code: code, Data: []byte(header)})
			l.Add(f, "the header is filled from option %d, which is sent too", code)
		}
	}
	if a.HasServer() {
		same(dhcpopts.OptTFTPServer, a.SIAddr.String(), dialect.FeatSIAddr)
	}
	same(dhcpopts.OptBootFile, string(a.File), dialect.FeatFile)
	if len(a.SName) > 0 {
		l.Add(dialect.FeatSName, "%s", windowsSupport[dialect.FeatSName].Note)
	}
	return options
}

// windowsPolicy is one policy: conditions that must all hold, and its options.
type windowsPolicy struct {
	name         string
	vendor, user []string // names of classes, any of which
	notUser      []string // names of classes, none of which
	mac          string   // hex, with an asterisk when it is a beginning
	options      []dhcpopts.Option
}

// policy makes a case's condition a policy and defines the classes it names.
func (s *script) policy(c plan.Case, l *losses) (windowsPolicy, bool) {
	pol := windowsPolicy{name: "pxekit " + c.Origin + " " + c.Cond.Class}
	if c.Cond.UUID != nil {
		l.Add(dialect.FeatUUID, "%s is left out: policies cannot compare option 97", c.Origin)
		return pol, false
	}
	known := c.Cond.Class == dhcpopts.ClassPXE || c.Cond.Class == dhcpopts.ClassHTTP
	if !known && c.Cond.Archs != nil || !windowsText([]byte(c.Cond.Class)) {
		l.Add(dialect.FeatVendorClass, "%s is left out: the vendor class %q cannot be told by its architecture or is no printable text", c.Origin, c.Cond.Class)
		return pol, false
	}
	if !known {
		pol.name = "pxekit " + c.Origin
	}
	pol.vendor = s.vendorClasses(c.Cond)
	if c.Cond.Stage == dhcpopts.FirstStage {
		pol.notUser = s.userClasses("iPXE")
	}
	if c.Cond.Stage == dhcpopts.IPXEStage {
		pol.user = s.userClasses("iPXE")
	}
	if c.Cond.UserClass != "" {
		if !windowsText([]byte(c.Cond.UserClass)) || pol.user != nil {
			l.Add(dialect.FeatUserClass, "%s is left out: user class %q cannot be compared beside its other conditions", c.Origin, c.Cond.UserClass)
			return pol, false
		}
		pol.user = s.userClasses(c.Cond.UserClass)
	}
	if c.Cond.MAC != nil {
		pol.mac = fmt.Sprintf("%X", c.Cond.MAC)
		if len(c.Cond.MAC) < 6 {
			pol.mac += "*"
		}
	}
	return pol, true
}
