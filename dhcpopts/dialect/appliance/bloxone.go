package appliance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// BloxOne is Infoblox Universal DDI, whose DHCP server is Kea. Its option
// filters carry conditions, header fields and options (bloxone-go-client
// ipam/docs: OptionFilter, OptionFilterRule, OptionItem); how it writes them for
// Kea is not public, so nothing here is more than taken from the names.
var BloxOne = dialect.Target{
	Name: "bloxone", Title: "Infoblox Universal DDI (BloxOne DDI)",
	Forms: []dialect.Form{{Name: "api", Title: "JSON bodies of POST /api/ddi/v1/dhcp/option_filter"}},
	Write: writeBloxOne, Spell: spellBloxOne, Read: keaRead,
	Support: bloxOne,
}

var bloxOne = support(
	can(dialect.Unverified, dialect.FeatSIAddr, dialect.FeatFile, dialect.FeatSName, dialect.Feat66, dialect.Feat67, dialect.FeatArch, dialect.FeatIPXE,
		dialect.FeatHTTP, dialect.FeatUserClass, dialect.FeatVendorClass, dialect.FeatUUID, dialect.FeatLaptop),
	cannot("a filter of options cannot compare the MAC address", dialect.FeatHosts),
	cannot("which filters a subnet uses is set in the subnet", dialect.FeatScope),
	cannot("whether the end mark of its sub-options is sent is not documented", dialect.FeatPXE43),
	cannot("a value is written by its option's type, which is known here for texts only", dialect.FeatOptions),
	cannot("Kea trims it", dialect.FeatNUL),
	cannot("Kea sends 66 and 67 to clients that list them; header fields go to all", dialect.FeatUnasked),
)

// bloxFilter is the body of one call.
type bloxFilter struct {
	Name    string       `json:"name"`
	Role    string       `json:"role"`
	Rules   bloxRules    `json:"rules"`
	File    string       `json:"header_option_filename,omitempty"`
	Server  string       `json:"header_option_server_address,omitempty"`
	SName   string       `json:"header_option_server_name,omitempty"`
	Options []bloxOption `json:"dhcp_options,omitempty"`
}

type bloxRules struct {
	Match string     `json:"match"`
	Rules []bloxRule `json:"rules"`
}

type bloxRule struct {
	Code    string `json:"option_code"`
	Compare string `json:"compare"`
	Value   string `json:"option_value,omitempty"`
	Offset  int    `json:"substring_offset,omitempty"`
}

type bloxOption struct {
	Type  string `json:"type"`
	Code  string `json:"option_code"`
	Value string `json:"option_value"`
}

// bloxCode stands for the identifier of an option's definition, which each
// account has its own of.
func bloxCode(code uint8) string { return fmt.Sprintf("{option_code %d}", code) }

func writeBloxOne(p *plan.Plan, _ dialect.Request) (dialect.Output, error) {
	var l losses
	notes := []dialect.Note{
		{Text: "in place of {option_code N} goes the id that GET /api/ddi/v1/dhcp/option_code?_filter=code==N gives"},
		{Text: "which of two filters wins that both match is not documented: they are in the plan's order"},
		{Feature: dialect.FeatScope, Text: "add the filters to the subnet of the clients" + scopeList(p.Scope)},
		{Feature: dialect.FeatUnasked, Text: bloxOne[dialect.FeatUnasked].Note},
	}
	filters := []bloxFilter{}
	for _, c := range p.Cases() {
		filters = append(filters, bloxFilters(p, c, &l, &notes)...)
	}
	l.rest(p, noted(bloxOne, dialect.FeatScope))
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(filters); err != nil {
		return dialect.Output{}, fmt.Errorf("bloxone: %w", err)
	}
	back, err := readBloxOne(text.Bytes())
	if err != nil {
		return dialect.Output{}, err
	}
	conf, err := back.parse(p.Scope)
	if err != nil {
		return dialect.Output{}, fmt.Errorf("bloxone: %w", err)
	}
	return dialect.Output{
		Text: text.String(), Notes: notes, Lost: l.Notes, Expect: conf.Answer, Evidence: dialect.Unverified, Bare: true,
		Where: "each object of the list is the body of a POST to /api/ddi/v1/dhcp/option_filter",
		Check: "GET /api/ddi/v1/dhcp/option_filter", Undo: "DELETE /api/ddi/v1/dhcp/option_filter/{id}",
	}, nil
}

// bloxFilters are the filters of one rule: one for each alternative, as the
// conditions of a filter hold all together.
func bloxFilters(p *plan.Plan, c plan.Case, l *losses, notes *[]dialect.Note) (filters []bloxFilter) {
	if c.Cond.MAC != nil {
		l.Add(dialect.FeatHosts, "%s (%s) is left out: %s", c.Origin, describe(c.Cond), bloxOne[dialect.FeatHosts].Note)
		return nil
	}
	body := bloxAnswer(keaNUL(p, c.Answer, "Kea", l, notes), c.Origin, l)
	for _, o := range body.Options {
		if !keaPlain([]byte(o.Value)) {
			*notes = append(*notes, dialect.Note{Text: fmt.Sprintf("Kea cuts text at commas and halves doubled backslashes; whether %q is escaped for it is not documented: look at the reply", o.Value)})
		}
	}
	for i, rules := range bloxConditions(c.Cond) {
		f := body
		f.Name, f.Role = fmt.Sprintf("pxekit %s %s %d", c.Origin, c.Cond.Class, i+1), "values"
		f.Rules = bloxRules{"all", rules}
		filters = append(filters, f)
	}
	return filters
}

// bloxAnswer is the part of a filter that says what its clients get.
func bloxAnswer(a dhcpopts.Answer, origin string, l *losses) (f bloxFilter) {
	header := func(feature dialect.Feature, v []byte) string {
		if !printable(v) {
			l.Add(feature, "%s: a header field is written here for printable ASCII only, not %q", origin, v)
			return ""
		}
		return string(v)
	}
	if a.HasServer() {
		f.Server = a.SIAddr.String()
	}
	f.File, f.SName = header(dialect.FeatFile, a.File), header(dialect.FeatSName, a.SName)
	for _, o := range a.Options {
		switch o.Code {
		case 17, dhcpopts.OptClass, dhcpopts.OptTFTPServer, dhcpopts.OptBootFile:
			if len(o.Data) > 0 && printable(o.Data) {
				f.Options = append(f.Options, bloxOption{"option", bloxCode(o.Code), string(o.Data)})
				continue
			}
			l.Add(dialect.OptionFeature(o.Code), "%s: a value is written here for printable ASCII only, not %q", origin, o.Data)
		default:
			l.Add(dialect.OptionFeature(o.Code), "%s: option %d is left out: %s", origin, o.Code, bloxOne[dialect.OptionFeature(o.Code)].Note)
		}
	}
	return f
}

// bloxConditions are the alternatives of a condition.
func bloxConditions(c plan.Cond) [][]bloxRule {
	all := [][]bloxRule{{{bloxCode(dhcpopts.OptClass), "text_substring", c.Class, 0}}}
	if c.UUID != nil {
		all = bloxAnd(all, [][]bloxRule{{{bloxCode(dhcpopts.OptMachineID), "hex_substring", fmt.Sprintf("%x", c.UUID), 1}}})
	}
	var archs [][]bloxRule
	for _, a := range c.Archs {
		archs = append(archs, []bloxRule{{bloxCode(dhcpopts.OptClientArch), "hex_substring", fmt.Sprintf("%04x", uint16(a)), 0}})
		if a == dhcpopts.BIOS {
			archs = append(archs, []bloxRule{{Code: bloxCode(dhcpopts.OptClientArch), Compare: "not_exists"}})
		}
	}
	all = bloxAnd(all, archs)
	if c.UserClass != "" {
		all = bloxAnd(all, bloxUserClass(c.UserClass))
	}
	ipxe := append(bloxUserClass("iPXE"), []bloxRule{{Code: bloxCode(dhcpopts.OptIPXE), Compare: "exists"}})
	switch c.Stage {
	case dhcpopts.IPXEStage:
		all = bloxAnd(all, ipxe)
	case dhcpopts.FirstStage:
		var none []bloxRule
		for _, r := range ipxe {
			r[0].Compare = "not_" + r[0].Compare
			none = append(none, r[0])
		}
		all = bloxAnd(all, [][]bloxRule{none})
	}
	return all
}

// bloxUserClass is the user class in its two wire forms.
func bloxUserClass(name string) [][]bloxRule {
	code, counted := bloxCode(dhcpopts.OptUserClass), append([]byte{byte(len(name))}, name...)
	return [][]bloxRule{{{code, "equals", name, 0}}, {{code, "hex_substring", fmt.Sprintf("%x", counted), 0}}}
}

// bloxAnd combines alternatives with further ones; none leaves them as they are.
func bloxAnd(left, right [][]bloxRule) (all [][]bloxRule) {
	if right == nil {
		return left
	}
	for _, a := range left {
		for _, b := range right {
			all = append(all, append(append([]bloxRule{}, a...), b...))
		}
	}
	return all
}

// readBloxOne makes of the filters what Kea would be told: a class for each.
func readBloxOne(text []byte) (c keaConfig, err error) {
	var filters []bloxFilter
	if err := json.Unmarshal(text, &filters); err != nil {
		return c, fmt.Errorf("bloxone: %w", err)
	}
	for _, f := range filters {
		var tests, options []string
		for _, r := range f.Rules.Rules {
			tests = append(tests, r.test())
		}
		for _, o := range f.Options {
			options = append(options, keaHex(bloxNumber(o.Code), []byte(o.Value), false))
		}
		members := []string{keaOptions(options...)}
		for _, m := range []struct{ key, value string }{{"boot-file-name", f.File}, {"next-server", f.Server}, {"server-hostname", f.SName}} {
			if m.value != "" {
				members = append(members, keaMember(m.key, m.value))
			}
		}
		c.classes = append(c.classes, keaClass(f.Name, strings.Join(tests, " and "), members...))
	}
	return c, nil
}

func bloxNumber(code string) (n uint8) {
	fmt.Sscanf(code, "{option_code %d}", &n)
	return n
}

// test is the rule in Kea's expressions.
func (r bloxRule) test() string {
	option := fmt.Sprintf("option[%d]", bloxNumber(r.Code))
	compare, negated := strings.CutPrefix(r.Compare, "not_")
	var test string
	switch compare {
	case "exists":
		test = option + ".exists"
	case "equals":
		test = fmt.Sprintf("%s.hex == 0x%X", option, r.Value)
	case "text_substring":
		test = fmt.Sprintf("substring(%s.hex,%d,%d) == 0x%X", option, r.Offset, len(r.Value), r.Value)
	case "hex_substring":
		test = fmt.Sprintf("substring(%s.hex,%d,%d) == 0x%s", option, r.Offset, len(r.Value)/2, r.Value)
	}
	if negated {
		return "not (" + test + ")"
	}
	return test
}

func spellBloxOne(code uint8, value []byte) (dialect.Spelling, error) {
	sent := bytes.TrimRight(value, "\x00")
	if !keaPlain(sent) {
		return dialect.Spelling{}, fmt.Errorf("kea would not send %q as it is typed", sent)
	}
	r, err := keaRead(code, string(sent))
	if err != nil {
		return dialect.Spelling{}, err
	}
	return dialect.Spelling{Text: string(sent), Where: "Value of the option in DHCP Options", Sent: r.Sent}, nil
}
