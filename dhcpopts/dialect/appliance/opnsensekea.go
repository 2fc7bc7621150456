package appliance

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/kea"
	"pxekit/dhcpopts/plan"
)

// OPNsenseKea is the Kea server of OPNsense 26.1 and later, with the Options tab
// (opnsense/core src/opnsense/mvc/app/models/OPNsense/Kea: KeaDhcpv4.php,
// KeaOptionDataField.php). An entry there is sent as hexadecimal option-data and
// may match one option of the client, whole and exact; there is no field for the
// header's boot file.
var OPNsenseKea = dialect.Target{
	Name: "opnsense-kea", Title: "OPNsense with Kea",
	Forms:   []dialect.Form{{Name: "gui", Title: "what to type into which field"}},
	Comment: "#",
	Write:   writeOPNsenseKea, Spell: spellOPNsenseKea, Read: readOPNsenseKea,
	Support: opnsenseKea,
}

var opnsenseKea = support(
	can(dialect.Derived, dialect.FeatSIAddr, dialect.Feat66, dialect.Feat67, dialect.FeatScope, dialect.FeatHTTP, dialect.FeatOptions, dialect.FeatLaptop, dialect.FeatUnasked),
	cannot("there is no field for the header's boot file", dialect.FeatFile),
	cannot("there is no field for sname", dialect.FeatSName),
	cannot("an entry matches option 93 whole: not a client that lists several types, nor one without the option", dialect.FeatArch),
	cannot("an entry matches one option of the client, and no prefix of it", dialect.FeatIPXE, dialect.FeatUserClass, dialect.FeatVendorClass, dialect.FeatUUID),
	cannot("a reservation needs the machine's address, which a plan does not have", dialect.FeatHosts),
	cannot("Kea reads sub-options from it and drops the end mark", dialect.FeatPXE43),
	cannot("Kea trims it", dialect.FeatNUL),
)

// opnEntry is an entry of the Options tab; without match it is for everyone.
type opnEntry struct {
	code  uint8
	data  []byte
	match *dhcpopts.Arch
}

const opnPlace = "Services: Kea DHCP: Kea DHCPv4"

func writeOPNsenseKea(p *plan.Plan, _ dialect.Request) (dialect.Output, error) {
	if len(p.Scope) == 0 {
		return dialect.Output{}, fmt.Errorf("opnsense-kea has no form without a scope: its fields belong to a subnet")
	}
	var l losses
	notes := []dialect.Note{{Text: "entries with a match need Kea 2.7.4 or later, which OPNsense brings along"}}
	server, entries := opnEntries(p, &l, &notes)
	l.rest(p, opnsenseKea)
	text := opnText(p.Scope, server, entries)
	conf, err := readOPN(text).parse(p.Scope)
	if err != nil {
		return dialect.Output{}, fmt.Errorf("opnsense-kea: %w", err)
	}
	return dialect.Output{
		Text: text, Notes: notes, Lost: l.Notes, Expect: conf.Answer, Evidence: dialect.Derived,
		Where: "in the web interface, then Apply", Check: "grep -A8 boot-file /usr/local/etc/kea/kea-dhcp4.conf",
		Undo: "delete the entries of the Options tab and clear Next server",
	}, nil
}

// opnArchs stand for every PXE client where a rule names no architecture.
var opnArchs = []dhcpopts.Arch{dhcpopts.BIOS, dhcpopts.EFIIA32, dhcpopts.EFIX64, dhcpopts.EFIBC, dhcpopts.EFIARM32, dhcpopts.EFIARM64}

// opnEntries writes each rule that is about architectures only; the first rule
// of an architecture wins.
func opnEntries(p *plan.Plan, l *losses, notes *[]dialect.Note) (server netip.Addr, entries []opnEntry) {
	taken := map[dhcpopts.Arch]bool{}
	for _, c := range p.Cases() {
		if !opnSayable(c, l) {
			continue
		}
		switch a := c.Answer; {
		case !server.IsValid() && a.HasServer():
			server = a.SIAddr
		case a.HasServer() && a.SIAddr != server:
			l.Add(dialect.FeatSIAddr, "a subnet has one next server: %s (%s) is left out", a.SIAddr, c.Origin)
		}
		archs := c.Cond.Archs
		if archs == nil {
			archs = opnArchs
		}
		options := opnOptions(p, c, l, notes)
		for _, arch := range archs {
			if taken[arch] {
				continue
			}
			taken[arch] = true
			for _, o := range options {
				entries = append(entries, opnEntry{o.Code, o.Data, &arch})
			}
		}
	}
	return server, entries
}

// opnSayable loses a rule that asks more than an architecture.
func opnSayable(c plan.Case, l *losses) bool {
	ok := true
	for _, f := range needs(c) {
		if f == dialect.FeatArch || f == dialect.FeatHTTP {
			continue
		}
		ok = false
		l.Add(f, "%s (%s) is left out: %s", c.Origin, describe(c.Cond), opnsenseKea[f].Note)
	}
	if ok {
		l.Add(dialect.FeatArch, "%s", opnsenseKea[dialect.FeatArch].Note)
	}
	return ok
}

// opnOptions are the options of a rule that Kea sends as they are.
func opnOptions(p *plan.Plan, c plan.Case, l *losses, notes *[]dialect.Note) (options []dhcpopts.Option) {
	for _, o := range keaNUL(p, c.Answer, "OPNsense with Kea", l, notes).Options {
		s, err := kea.Target.Spell(o.Code, o.Data)
		switch {
		case o.Code == dhcpopts.OptVendor:
			l.Add(dialect.FeatPXE43, "%s", opnsenseKea[dialect.FeatPXE43].Note)
		case err != nil:
			l.Add(dialect.OptionFeature(o.Code), "%s: %v", c.Origin, err)
		case string(s.Sent) != string(o.Data):
			l.Add(dialect.OptionFeature(o.Code), "%s: kea sends option %d as %q, not %q", c.Origin, o.Code, s.Sent, o.Data)
		default:
			options = append(options, o)
		}
	}
	return options
}

// opnText lists the fields; an entry is a block.
func opnText(scopes []netip.Prefix, server netip.Addr, entries []opnEntry) string {
	var b strings.Builder
	for _, s := range scopes {
		fmt.Fprintf(&b, "# %s: Subnets: %s\n", opnPlace, s.Masked())
		if server.IsValid() {
			fmt.Fprintf(&b, "Next server: %s\n", server)
		}
		b.WriteString("Options: all entries below, in their order\n\n")
	}
	fmt.Fprintf(&b, "# %s: Options, one entry for each block\n", opnPlace)
	for _, e := range entries {
		encoding, data := opnData(e.data)
		fmt.Fprintf(&b, "Code: %d\nEncoding: %s\nData: %s\nForce: yes\n", e.code, encoding, data)
		fmt.Fprintf(&b, "Match code: 93\nMatch encoding: uint16\nMatch data: %d\n\n", *e.match)
	}
	return b.String()
}

// opnData is text where a field shows it as it is, else hexadecimal.
func opnData(v []byte) (encoding, data string) {
	if len(v) == 0 || !printable(v) || strings.TrimSpace(string(v)) != string(v) || strings.Contains(string(v), `"`) {
		return "hex", hex.EncodeToString(v)
	}
	return "string", string(v)
}

// readOPN makes of the fields what KeaDhcpv4.php makes of them: hexadecimal
// option-data, and a class for the match. A class of its own for each entry has
// the same effect as the option-data of the subnet that asks for the class.
func readOPN(text string) (c keaConfig) {
	fields := map[string]string{}
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		if key != "" {
			fields[key] = value
			continue
		}
		if code, err := strconv.ParseUint(fields["Code"], 10, 8); err == nil {
			arch, _ := strconv.ParseUint(fields["Match data"], 10, 16)
			option := keaHex(uint8(code), opnBytes(fields["Encoding"], fields["Data"]), fields["Force"] == "yes")
			name := fmt.Sprintf("entry-%d", len(c.classes))
			c.classes = append(c.classes, keaClass(name, fmt.Sprintf("option[93].hex == 0x%04X", arch), keaOptions(option)))
		} else if server := fields["Next server"]; server != "" && c.subnet == nil {
			c.subnet = []string{keaMember("next-server", server)}
		}
		clear(fields)
	}
	return c
}

func opnBytes(encoding, data string) []byte {
	if encoding == "string" {
		return []byte(data)
	}
	b, _ := hex.DecodeString(data) // wrong digits are refused by the field
	return b
}

func spellOPNsenseKea(code uint8, value []byte) (dialect.Spelling, error) {
	s, err := kea.Target.Spell(code, value)
	if err != nil {
		return dialect.Spelling{}, err
	}
	encoding, data := opnData(s.Sent)
	return dialect.Spelling{Text: fmt.Sprintf("Code: %d, Encoding: %s, Data: %s", code, encoding, data), Where: opnPlace + ": Options", Sent: s.Sent}, nil
}

// readOPNsenseKea reads the content of Data, as text unless the encoding is said
// to be hex.
func readOPNsenseKea(code uint8, typed string) (dialect.Reading, error) {
	encoding, data := "string", typed
	if _, rest, ok := strings.Cut(typed, "Encoding: "); ok {
		encoding, data, _ = strings.Cut(rest, ", Data: ")
	}
	r, err := kea.Target.Read(code, keaHex(code, opnBytes(encoding, data), false))
	r.Evidence = dialect.Derived
	return r, err
}
