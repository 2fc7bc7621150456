package appliance

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// Meraki is the DHCP server of Meraki MX ("Dashboard API: Update Network
// Appliance Vlan": dhcpBootOptionsEnabled, dhcpBootNextServer,
// dhcpBootFilename, and dhcpOptions with code, type text, ip, hex or integer,
// and value). JSON is the only quoting. How hex digits are parted is not
// documented; colons are taken.
var Meraki = dialect.Target{
	Name: "meraki", Title: "Cisco Meraki MX",
	Forms: []dialect.Form{{Name: "api", Title: "JSON body of PUT /networks/{networkId}/appliance/vlans/{vlanId}"}},
	Write: writeMeraki, Spell: spellMeraki, Read: readMerakiValue,
	Support: merakiSupport,
}

var merakiSupport = poolSupport(dialect.Documented,
	cannot("an option of type text has no NUL; whether one of type hex keeps it is not documented", dialect.FeatNUL),
	cannot("the call names a VLAN, not a network", dialect.FeatScope))

// merakiVLAN is the part of a VLAN that says how its clients boot.
type merakiVLAN struct {
	Enabled    bool           `json:"dhcpBootOptionsEnabled"`
	NextServer string         `json:"dhcpBootNextServer,omitempty"`
	Filename   string         `json:"dhcpBootFilename,omitempty"`
	Options    []merakiOption `json:"dhcpOptions,omitempty"`
}

type merakiOption struct {
	Code  string `json:"code"`
	Type  string `json:"type"`
	Value string `json:"value"`
}

func writeMeraki(p *plan.Plan, _ dialect.Request) (dialect.Output, error) {
	var l losses
	notes := []dialect.Note{
		{Feature: dialect.FeatScope, Text: "the call names a VLAN"},
		{Text: "dhcpOptions replaces the list that the VLAN has: add those you want to keep"},
	}
	vlan := merakiPlan(p, &l, &notes)
	l.rest(p, noted(merakiSupport, dialect.FeatScope))
	text, err := merakiJSON(vlan)
	if err != nil {
		return dialect.Output{}, err
	}
	a, err := readMeraki([]byte(text))
	return dialect.Output{
		Text: text, Notes: notes, Lost: l.Notes, Evidence: dialect.Unverified,
		Expect: func(dhcpopts.Client) dhcpopts.Answer { return a },
		Where:  "into the body of a PUT to the VLAN of the clients" + ofNetworks(p.Scope), Bare: true,
		Check: "GET /networks/{networkId}/appliance/vlans/{vlanId}",
		Undo:  `PUT /networks/{networkId}/appliance/vlans/{vlanId} with {"dhcpBootOptionsEnabled": false, "dhcpOptions": []}`,
	}, err
}

func merakiPlan(p *plan.Plan, l *losses, notes *[]dialect.Note) merakiVLAN {
	c, ok := everyone(p, l)
	if !ok {
		return merakiVLAN{}
	}
	l.laptop("a Meraki VLAN")
	a := refuse43(c.Answer, l)
	vlan := merakiVLAN{Enabled: a.HasServer() || len(a.File) > 0}
	if a.HasServer() {
		vlan.NextServer = a.SIAddr.String()
	}
	if utf8.Valid(a.File) && !strings.ContainsFunc(string(a.File), unicode.IsControl) {
		vlan.Filename = string(a.File)
	} else {
		l.Add(dialect.FeatFile, "the boot file name is text, and %q is not UTF-8 without control characters", a.File)
	}
	for _, o := range a.Options {
		if closed(o.Data) {
			o.Data = o.Data[:len(o.Data)-1]
			openEnded(p, o.Code, "an option of type text", l, notes)
		}
		if err := fits(o.Code, o.Data); err != nil {
			l.Add(dialect.OptionFeature(o.Code), "%v", err)
			continue
		}
		vlan.Options = append(vlan.Options, merakiValue(o))
	}
	return vlan
}

// merakiValue is text where the value is printable, and hex elsewhere.
func merakiValue(o dhcpopts.Option) merakiOption {
	if printable(o.Data) {
		return merakiOption{fmt.Sprint(o.Code), "text", string(o.Data)}
	}
	return merakiOption{fmt.Sprint(o.Code), "hex", colonHex(o.Data)}
}

func readMeraki(text []byte) (dhcpopts.Answer, error) {
	var vlan merakiVLAN
	var a dhcpopts.Answer
	if err := json.Unmarshal(text, &vlan); err != nil {
		return a, fmt.Errorf("meraki: %w", err)
	}
	if vlan.Enabled {
		a.SIAddr, _ = netip.ParseAddr(vlan.NextServer)
		a.File = []byte(vlan.Filename)
	}
	for _, o := range vlan.Options {
		if err := readOption([]string{"option", o.Code, strings.Replace(o.Type, "text", "string", 1), o.Value}, &a); err != nil {
			return a, fmt.Errorf("meraki: %w", err)
		}
	}
	return a, nil
}

func spellMeraki(code uint8, value []byte) (dialect.Spelling, error) {
	if err := fits(code, value); err != nil {
		return dialect.Spelling{}, err
	}
	text, err := merakiJSON(merakiValue(dhcpopts.Option{Code: code, Data: value}))
	return dialect.Spelling{Text: strings.TrimSuffix(text, "\n"), Where: "an entry of dhcpOptions", Sent: value}, err
}

// merakiJSON writes JSON without the escapes that only HTML needs.
func merakiJSON(v any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if _, whole := v.(merakiVLAN); whole {
		e.SetIndent("", "  ")
	}
	if err := e.Encode(v); err != nil {
		return "", fmt.Errorf("meraki: %w", err)
	}
	return b.String(), nil
}

// readMerakiValue reads an entry of dhcpOptions, or the bare content of the
// dashboard's field for type text.
func readMerakiValue(code uint8, typed string) (dialect.Reading, error) {
	r := dialect.Reading{Sent: []byte(typed), Evidence: dialect.Unverified}
	if !strings.HasPrefix(typed, "{") {
		return r, nil
	}
	a, err := readMeraki([]byte(`{"dhcpOptions": [` + typed + `]}`))
	r.Sent, _ = a.Get(code)
	return r, err
}
