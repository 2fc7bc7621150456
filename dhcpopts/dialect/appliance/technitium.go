package appliance

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// Technitium is the DHCP server of Technitium DNS Server (APIDOCS.md, "Set DHCP
// Scope"; source: DnsServerCore/Dhcp/Scope.cs, DhcpMessage.cs). A scope has
// siaddr, sname and file, for everyone; generic options go to clients that
// request them; vendorInfo sends 60 and 43 to clients whose option 60 matches.
var Technitium = dialect.Target{
	Name: "technitium", Title: "Technitium DNS Server", Comment: "#",
	Forms: []dialect.Form{{Name: "api", Title: "a call of the HTTP API"}},
	Write: writeTechnitium, Spell: spellTechnitium, Read: readTechnitiumValue,
	Support: technitiumSupport,
}

var technitiumSupport = poolSupport(dialect.Derived,
	can(dialect.Derived, dialect.FeatSName, dialect.FeatPXE43),
	cannot("generic options go to clients that request them", dialect.FeatUnasked),
	cannot("a call of the API names a scope, not a network", dialect.FeatScope))

// technitiumOwn are the options that have fields of their own, so that a generic
// option of that code is never sent (Scope.cs, GetOptionsAsync).
var technitiumOwn = []uint8{1, 3, 6, 12, 15, 42, 43, 44, 119, 121, 138}

// technitiumPXE is the key of vendorInfo that PXE clients match.
const technitiumPXE = `substring(vendor-class-identifier,0,9)=="PXEClient"`

func writeTechnitium(p *plan.Plan, _ dialect.Request) (dialect.Output, error) {
	var l losses
	form := technitiumForm(p, &l)
	l.rest(p, noted(technitiumSupport, dialect.FeatScope))
	text := "# nothing of this plan can be said here\n"
	if len(form) > 0 {
		text = "curl --data 'token=TOKEN&name=SCOPE' \\\n     --data '" + strings.Join(form, "' \\\n     --data '") +
			"' \\\n     http://localhost:5380/api/dhcp/scopes/set\n"
	}
	a, vendor, err := readTechnitium(text)
	where := "at a shell; put your token and the name of your scope in place of TOKEN and SCOPE" + ofNetworks(p.Scope)
	return dialect.Output{
		Text: text, Lost: l.Notes, Evidence: dialect.Derived,
		Notes: []dialect.Note{
			{Feature: dialect.FeatScope, Text: "the call names a scope: SCOPE"},
			{Feature: dialect.FeatUnasked, Text: "66 and 67 go to clients that request them, as all boot firmware does; the header goes to all"},
			{Text: "genericOptions and vendorInfo replace those that the scope has"},
		},
		Expect: func(c dhcpopts.Client) dhcpopts.Answer { return technitiumAnswer(a, vendor, c) },
		Where:  where,
		Check:  "curl 'http://localhost:5380/api/dhcp/scopes/get?token=TOKEN&name=SCOPE'",
		Undo:   "curl --data 'token=TOKEN&name=SCOPE&serverAddress=&serverHostName=&bootFileName=&genericOptions=&vendorInfo=' http://localhost:5380/api/dhcp/scopes/set",
	}, err
}

// noted takes features out of what is lost, because a note speaks of them.
func noted(s map[dialect.Feature]dialect.Support, features ...dialect.Feature) map[dialect.Feature]dialect.Support {
	return support(s, can(dialect.Documented, features...))
}

// technitiumForm is the fields of the call, percent-encoded.
func technitiumForm(p *plan.Plan, l *losses) []string {
	c, ok := everyone(p, l)
	if !ok {
		return nil
	}
	l.laptop("a Technitium scope")
	a := c.Answer
	var form []string
	field := func(name, value string) { form = append(form, name+"="+url.QueryEscape(value)) }
	header := func(f dialect.Feature, name string, value []byte, limit int) {
		switch {
		case len(value) == 0:
		case len(value) > limit || slices.ContainsFunc(value, func(b byte) bool { return b > 0x7f }):
			l.Add(f, "%s takes at most %d ASCII characters, not %q", name, limit, value)
		default:
			field(name, string(value))
		}
	}
	if a.HasServer() {
		field("serverAddress", a.SIAddr.String())
	}
	header(dialect.FeatSName, "serverHostName", a.SName, 63)
	header(dialect.FeatFile, "bootFileName", a.File, plan.HeaderFileMax)
	if v, ok := a.Get(dhcpopts.OptVendor); ok {
		field("vendorInfo", technitiumPXE+"|"+hex.EncodeToString(v))
		a = without(a, dhcpopts.OptVendor, dhcpopts.OptClass)
	}
	var generic []string
	for _, o := range a.Options {
		if o.Code == dhcpopts.OptTFTPAddress && len(o.Data)%4 == 0 {
			field("tftpServerAddresses", addrList(o.Data))
			continue
		}
		if slices.Contains(technitiumOwn, o.Code) || o.Code == dhcpopts.OptTFTPAddress || fits(o.Code, o.Data) != nil {
			l.Add(dialect.OptionFeature(o.Code), "option %d with %d octets is none of the generic options", o.Code, len(o.Data))
			continue
		}
		generic = append(generic, fmt.Sprintf("%d|%x", o.Code, o.Data))
	}
	if generic != nil {
		field("genericOptions", strings.Join(generic, "|"))
	}
	return form
}

// addrList writes octets as addresses parted by commas.
func addrList(b []byte) string {
	var addrs []string
	for ; len(b) >= 4; b = b[4:] {
		addrs = append(addrs, netip.AddrFrom4([4]byte(b)).String())
	}
	return strings.Join(addrs, ",")
}

// readTechnitium reads the call as the server's WebServiceDhcpApi.cs does. vendor
// is what PXE clients get beside the answer.
func readTechnitium(text string) (a dhcpopts.Answer, vendor []dhcpopts.Option, err error) {
	for _, quoted := range strings.Split(text, "--data '")[1:] {
		field, _, _ := strings.Cut(quoted, "'")
		form, err := url.ParseQuery(field)
		if err != nil {
			return a, nil, fmt.Errorf("technitium: %q: %w", field, err)
		}
		for name, values := range form {
			switch name {
			case "serverAddress":
				err = readAddr(values[0], &a)
			case "serverHostName":
				a.SName = []byte(values[0])
			case "bootFileName":
				a.File = []byte(values[0])
			case "tftpServerAddresses":
				var v []byte
				v, err = readValue("ip", strings.Split(values[0], ","))
				a.Options = append(a.Options, dhcpopts.Option{Code: dhcpopts.OptTFTPAddress, Data: v})
			case "genericOptions":
				a.Options, err = technitiumGeneric(a.Options, strings.Split(values[0], "|"))
			case "vendorInfo":
				_, digits, _ := strings.Cut(values[0], "|")
				var v []byte
				v, err = hex.DecodeString(digits)
				vendor = []dhcpopts.Option{
					{Code: dhcpopts.OptClass, Data: []byte(dhcpopts.ClassPXE)},
					{Code: dhcpopts.OptVendor, Data: v},
				}
			}
			if err != nil {
				return a, nil, fmt.Errorf("technitium: %s: %w", name, err)
			}
		}
	}
	return a, vendor, nil
}

func technitiumGeneric(options []dhcpopts.Option, parts []string) ([]dhcpopts.Option, error) {
	if len(parts)%2 != 0 {
		return nil, errors.New("a code without a value")
	}
	for i := 0; i < len(parts); i += 2 {
		code, err := strconv.ParseUint(parts[i], 10, 8)
		if err != nil {
			return nil, fmt.Errorf("option code %q is not a number from 0 to 255", parts[i])
		}
		value, err := readValue("hex", parts[i+1:i+2])
		if err != nil {
			return nil, err
		}
		options = append(options, dhcpopts.Option{Code: uint8(code), Data: value})
	}
	return options, nil
}

// technitiumAnswer is the header for everyone, the options a client requests,
// and vendorInfo for those whose option 60 begins with PXEClient.
func technitiumAnswer(a dhcpopts.Answer, vendor []dhcpopts.Option, c dhcpopts.Client) dhcpopts.Answer {
	a = requested(a, c)
	if strings.HasPrefix(string(c.VendorClass), dhcpopts.ClassPXE) {
		a.Options = append(a.Options, vendor...)
	}
	return a
}

func spellTechnitium(code uint8, value []byte) (dialect.Spelling, error) {
	if slices.Contains(technitiumOwn, code) && code != dhcpopts.OptVendor {
		return dialect.Spelling{}, fmt.Errorf("option %d is none of the generic options", code)
	}
	if err := fits(code, value); err != nil {
		return dialect.Spelling{}, err
	}
	where := fmt.Sprintf("DHCP, scope, Generic Options: code %d, hex value", code)
	if code == dhcpopts.OptVendor {
		where = "DHCP, scope, Vendor Info: beside the identifier " + technitiumPXE
	}
	return dialect.Spelling{Text: hex.EncodeToString(value), Where: where, Sent: value}, nil
}

func readTechnitiumValue(_ uint8, typed string) (dialect.Reading, error) {
	value, err := readValue("hex", []string{typed})
	if err != nil {
		return dialect.Reading{}, fmt.Errorf("a generic option is typed in hex: %w", err)
	}
	return dialect.Reading{Sent: value, Evidence: dialect.Derived}, nil
}
