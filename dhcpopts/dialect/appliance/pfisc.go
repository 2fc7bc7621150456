package appliance

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/isc"
	"pxekit/dhcpopts/plan"
)

// PfSenseISC is pfSense with its ISC backend (source: src/etc/inc/services.inc).
// A numbered option's value is base64 in config.xml. Older releases look at the
// fields by architecture only when all of the BIOS, 32 and 64 bit ones are
// filled, so an empty one gets the BIOS file, which its clients get anyway.
var PfSenseISC = (&pfTarget{
	name: "pfsense-isc", title: "pfSense with ISC dhcpd",
	where:   "Services > DHCP Server > LAN > Additional BOOTP/DHCP Options: type String",
	encode:  func(v string) string { return base64.StdEncoding.EncodeToString([]byte(v)) },
	decode:  func(v string) (string, error) { b, err := base64.StdEncoding.DecodeString(v); return string(b), err },
	fillAll: true,
	support: pfSupport(),
}).target()

// OPNsenseISC is OPNsense with the plugin isc-dhcp (source: opnsense/plugins
// net/isc-dhcp, dhcpd.inc), which has fields for option 67 and for iPXE. The
// latter compares the bare user class, as iPXE sends it.
var OPNsenseISC = (&pfTarget{
	name: "opnsense-isc", title: "OPNsense with ISC dhcpd",
	where:   "Services > ISC DHCPv4 > [LAN] > Additional options: type String",
	encode:  func(v string) string { return v },
	decode:  func(v string) (string, error) { return v, nil },
	hasIPXE: true,
	include: "/usr/local/etc/dhcpd.opnsense.d/pxekit.conf",
	support: opnsenseSupport(),
}).target()

// opnsenseSupport: dhcpd.conf ends in the files of dhcpd.opnsense.d (dhcpd.inc),
// so what the fields cannot say a class in such a file can.
func opnsenseSupport() map[dialect.Feature]dialect.Support {
	all := pfSupport(can(dialect.Derived, dialect.FeatIPXE))
	for f, row := range all {
		if !row.Can {
			all[f] = dialect.Support{Can: true, Evidence: dialect.Derived, Note: row.Note, Forms: []string{"include"}}
		}
	}
	return all
}

// pfTarget is one of the two.
type pfTarget struct {
	name, title, where string
	encode             func(string) string
	decode             func(string) (string, error)
	fillAll            bool // empty fields get the BIOS file
	hasIPXE            bool
	include            string // a file that dhcpd.conf includes; "" when it has none
	support            map[dialect.Feature]dialect.Support
}

func (d *pfTarget) target() dialect.Target {
	forms := []dialect.Form{{Name: "xml", Title: "the fields of the interface in config.xml"}}
	if d.include != "" {
		forms = append(forms, dialect.Form{Name: "include", Title: "a class of dhcpd in " + d.include})
	}
	return dialect.Target{
		Name: d.name, Title: d.title, Forms: forms, Comment: "#",
		Write: d.write, Spell: d.spell, Read: readPfValue, Support: d.support,
	}
}

func (d *pfTarget) write(p *plan.Plan, r dialect.Request) (dialect.Output, error) {
	if r.As == "include" {
		return d.writeInclude(p)
	}
	var l losses
	fields := everyForm(d.support)
	pfLost(p, fields, &l)
	b := d.boot(p, &l)
	iface := r.Interface
	if iface == "" || strings.Trim(iface, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || iface[0] < 'a' {
		iface = "lan"
	}
	notes := []dialect.Note{
		{Feature: dialect.FeatScope, Text: "the fields belong to an interface, not to a network"},
		{Feature: dialect.FeatUnasked, Text: "66 and 67 go to clients that request them, as all boot firmware does; the header goes to all"},
		{Text: "restoring this part of config.xml replaces the interface's DHCP settings: merge it, or type the fields; a field of the page takes the text between the tags"},
	}
	if b.Numbered != nil || b.BootFilename != "" {
		notes = append(notes, dialect.Note{Feature: dialect.Feat67, Text: "option 67 goes to every client of the interface that requests it"})
	}
	l.rest(p, noted(fields, dialect.FeatScope, dialect.Feat67))
	text, err := pfXML(iface, b)
	if err != nil {
		return dialect.Output{}, fmt.Errorf("%s: %w", d.name, err)
	}
	cfg, err := d.read(text)
	if err != nil {
		return dialect.Output{}, err
	}
	return dialect.Output{
		Text: text, Notes: notes, Lost: l.Notes, Expect: cfg.Answer, Evidence: dialect.Derived, Bare: true,
		Where: fmt.Sprintf("into config.xml, or field by field into the page; put the name of the clients' interface in place of %s", iface),
		Check: "dhcpd -t -cf /var/dhcpd/etc/dhcpd.conf", Undo: "empty the fields and clear Enable network booting",
	}, nil
}

// writeInclude writes dhcpd's own language, where dhcpd.conf includes files.
func (d *pfTarget) writeInclude(p *plan.Plan) (dialect.Output, error) {
	out, err := isc.Write(p, dialect.Request{As: "class"})
	if err != nil {
		return dialect.Output{}, fmt.Errorf("%s: %w", d.name, err)
	}
	out.Where, out.Evidence = "into "+d.include+", then restart the DHCP service", dialect.Derived
	out.Check, out.Undo = "dhcpd -t -cf /var/dhcpd/etc/dhcpd.conf", "rm "+d.include
	return out, nil
}

// read is what the appliance's page makes of the part, as dhcpd reads it.
func (d *pfTarget) read(text string) (*isc.Config, error) {
	b, err := pfRead(text)
	if err != nil {
		return nil, err
	}
	conf, err := b.conf(d.decode)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.name, err)
	}
	cfg, err := isc.Parse(conf)
	if err != nil {
		return nil, fmt.Errorf("%s: dhcpd.conf: %w", d.name, err)
	}
	return cfg, nil
}

// boot fills the fields.
func (d *pfTarget) boot(p *plan.Plan, l *losses) pfBoot {
	var b pfBoot
	common := b.fill(p, d.hasIPXE, l)
	if common.Empty() {
		return b
	}
	l.Add(dialect.FeatLaptop, "%s has no condition on the vendor class: siaddr and the options go to every client of the interface, "+
		"and the BIOS file to each that no other field names; a laptop ignores them", d.title)
	if common.HasServer() {
		b.NextServer = common.SIAddr.String()
	}
	if d.fillAll && b.Filename32+b.Filename64+b.Filename32ARM+b.Filename64ARM != "" {
		for _, f := range []*string{&b.Filename32, &b.Filename64} {
			if *f == "" {
				*f = b.Filename
			}
		}
	}
	for _, o := range common.Options {
		d.option(&b, o, l)
	}
	return b
}

// option puts an option into its own field, or among the numbered ones as
// octets.
func (d *pfTarget) option(b *pfBoot, o dhcpopts.Option, l *losses) {
	switch {
	case fits(o.Code, o.Data) != nil:
		l.Add(dialect.OptionFeature(o.Code), "%v", fits(o.Code, o.Data))
	case o.Code == dhcpopts.OptTFTPServer:
		b.TFTP = pfText(o.Data)
	case o.Code == dhcpopts.OptBootFile && d.hasIPXE && b.TFTP != "":
		b.BootFilename = pfText(o.Data)
	case slices.Contains([]uint8{1, 3, 6, 15, 51, 53, 54, 93}, o.Code):
		l.Add(dialect.FeatOptions, "option %d has a meaning of its own on the page", o.Code)
	default:
		b.Numbered = &pfOptions{append(b.options(), pfOption{Number: o.Code, Type: "string", Value: d.encode(colonHex(o.Data))})}
	}
}

func (d *pfTarget) spell(code uint8, value []byte) (dialect.Spelling, error) {
	if err := fits(code, value); err != nil {
		return dialect.Spelling{}, err
	}
	s := dialect.Spelling{Text: colonHex(value), Where: d.where, Sent: value}
	if code == dhcpopts.OptBootFile {
		s.Note = "for the file name fields of network booting type " + pfText(slices.Clone(value))
	}
	return s, nil
}

// readPfValue reads octets in colon hex, as type String takes them, or the text
// of a field, which dhcpd reads between quotes.
func readPfValue(code uint8, typed string) (dialect.Reading, error) {
	if v, err := readValue("hex", []string{typed}); err == nil && len(typed) == 3*len(v)-1 {
		return dialect.Reading{Sent: v, Evidence: dialect.Derived}, nil
	}
	r, err := isc.Read(code, typed)
	r.Evidence = dialect.Derived
	return r, err
}
