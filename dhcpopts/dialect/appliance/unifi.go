package appliance

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/dnsmasq"
	"pxekit/dhcpopts/plan"
)

// UniFi is the network application of Ubiquiti. Its API names come from public
// clients of it (go-unifi, the Terraform provider); that its gateways run dnsmasq
// and how they fill its file is not documented, so nothing here is verified.
var UniFi = dialect.Target{
	Name: "unifi", Title: "Ubiquiti UniFi", Comment: "",
	Forms: []dialect.Form{
		{Name: "gui", Title: "Settings: Networks: a network: DHCP: Network Boot"},
		{Name: "json", Title: "members of a network for the API"},
	},
	Write: writeUniFi,
	Spell: func(code uint8, v []byte) (dialect.Spelling, error) {
		if code != dhcpopts.OptBootFile {
			return dialect.Spelling{}, fmt.Errorf("UniFi has no documented field for option %d", code)
		}
		name := strings.TrimSuffix(string(v), "\x00")
		if err := unifiName([]byte(name)); err != nil {
			return dialect.Spelling{}, err
		}
		return dialect.Spelling{Text: name, Where: "Network Boot, file name", Sent: append([]byte(name), 0),
			Note: "unverified: as dnsmasq would send it"}, nil
	},
	Support: unifiSupport,
}

var unifiSupport = support(
	can(dialect.Unverified, dialect.FeatSIAddr, dialect.FeatFile, dialect.Feat67, dialect.FeatNUL, dialect.FeatScope),
	cannot("network boot has a server and a file name, the same for every client", dialect.FeatArch, dialect.FeatIPXE, dialect.FeatHTTP,
		dialect.FeatHosts, dialect.FeatUserClass, dialect.FeatVendorClass, dialect.FeatUUID, dialect.FeatLaptop),
	cannot("there is no documented field for it", dialect.FeatSName, dialect.FeatPXE43, dialect.FeatOptions),
	cannot("sources disagree whether the TFTP server field is option 66 or 150", dialect.Feat66),
	cannot("the name goes in option 67 of a client that asks for it, else in the header", dialect.FeatUnasked))

// unifiBoot are the members of a network that boot.
type unifiBoot struct {
	Enabled bool   `json:"dhcpd_boot_enabled"`
	Server  string `json:"dhcpd_boot_server"`
	File    string `json:"dhcpd_boot_filename"`
}

func writeUniFi(p *plan.Plan, r dialect.Request) (dialect.Output, error) {
	var l losses
	l.laptop("UniFi")
	var boot unifiBoot
	if c, ok := everyone(p, &l); ok {
		boot = unifiAnswer(refuse43(c.Answer, &l), &l)
	}
	l.rest(p, unifiSupport)
	text := boot.gui()
	if r.As == "json" {
		text = boot.json()
	}
	return dialect.Output{
		Text: text, Lost: l.Notes, Evidence: dialect.Unverified,
		Notes:  []dialect.Note{{Feature: dialect.FeatScope, Text: "set it in each network of the plan; look at a capture of the reply with pxekit decode, as nothing of this is documented"}},
		Expect: boot.expect(),
	}, nil
}

func unifiAnswer(a dhcpopts.Answer, l *losses) (b unifiBoot) {
	if a.HasServer() {
		b.Server = a.SIAddr.String()
	}
	name := a.File
	if v, ok := a.Get(dhcpopts.OptBootFile); ok && len(name) == 0 {
		name = []byte(strings.TrimSuffix(string(v), "\x00"))
	}
	if err := unifiName(name); err != nil {
		l.Add(dialect.FeatFile, "%v", err)
		l.Add(dialect.Feat67, "%v", err)
		return b
	}
	b.Enabled, b.File = len(name) > 0, string(name)
	return b
}

// unifiName refuses what a line of dnsmasq reads in its own way, as nobody says
// whether UniFi quotes it.
func unifiName(v []byte) error {
	if !utf8.Valid(v) || !typable(v) || strings.ContainsAny(string(v), "\",# ") || len(v) > plan.HeaderFileMax {
		return fmt.Errorf("file name %q: not known how UniFi writes blanks, quotes, commas, # or other than UTF-8, nor more than %d octets", v, plan.HeaderFileMax)
	}
	return nil
}

func (b unifiBoot) gui() string {
	on := map[bool]string{true: "on", false: "off"}[b.Enabled]
	return fmt.Sprintf("Network Boot: %s\nServer: %s\nFile name: %s\n", on, b.Server, b.File)
}

func (b unifiBoot) json() string {
	text, _ := json.MarshalIndent(b, "", "  ") // strings and a bool: nothing that JSON lacks
	return string(text) + "\n"
}

// expect is what dnsmasq sends for the two fields, should it be told them with
// dhcp-boot.
func (b unifiBoot) expect() func(dhcpopts.Client) dhcpopts.Answer {
	if !b.Enabled {
		return func(dhcpopts.Client) dhcpopts.Answer { return dhcpopts.Answer{} }
	}
	return dnsmasq.Expect(func() string {
		return fmt.Sprintf("dhcp-boot=%s,,%s\n", b.File, b.Server) + dnsmasq.Ranges([]netip.Prefix{})
	})
}
