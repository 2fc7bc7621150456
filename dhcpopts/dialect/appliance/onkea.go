package appliance

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/kea"
	"pxekit/dhcpopts/plan"
)

// keaConfig is what an appliance makes of its settings, in Kea's own language:
// the members of one subnet, and client classes.
type keaConfig struct {
	subnet  []string // "next-server": "…"
	options []string // option-data of the subnet
	classes []string
}

// keaMember writes a member of a map.
func keaMember(key, value string) string { return kea.Quote(key) + ": " + kea.Quote(value) }

// keaText is option-data as text, which Kea cuts at commas (servers.md 2.2).
func keaText(name, value string) string {
	return "{" + keaMember("name", name) + ", " + keaMember("data", value) + "}"
}

// keaHex is option-data as octets, sent unasked.
func keaHex(code uint8, value []byte, force bool) string {
	return fmt.Sprintf(`{"code": %d, "csv-format": false, "always-send": %t, "data": "%X"}`, code, force, value)
}

// keaClass is a client-class with further members.
func keaClass(name, test string, members ...string) string {
	all := append([]string{keaMember("name", name), keaMember("test", test)}, members...)
	return "{" + strings.Join(all, ", ") + "}"
}

func keaOptions(options ...string) string {
	return `"option-data": [` + strings.Join(options, ", ") + "]"
}

// parse asks Kea's model to read the config, for the networks of the scope.
func (c keaConfig) parse(scopes []netip.Prefix) (*kea.Config, error) {
	if len(scopes) == 0 {
		scopes = []netip.Prefix{netip.PrefixFrom(netip.IPv4Unspecified(), 0)}
	}
	var subnets []string
	for _, s := range scopes {
		members := append([]string{keaMember("subnet", s.Masked().String()), keaOptions(c.options...)}, c.subnet...)
		subnets = append(subnets, "{"+strings.Join(members, ", ")+"}")
	}
	text := fmt.Sprintf(`{"Dhcp4": {"client-classes": [%s], "subnet4": [%s]}}`, strings.Join(c.classes, ", "), strings.Join(subnets, ", "))
	return kea.Parse(text)
}

// keaDiffers loses what Kea would change of an answer on its way, as a comma in
// a text or a doubled backslash.
func keaDiffers(conf *kea.Config, cl dhcpopts.Client, want dhcpopts.Answer, l *losses) {
	for code := uint8(1); code < 255; code++ {
		cl.RequestList = append(cl.RequestList, code)
	}
	got := conf.Answer(cl)
	if !bytes.Equal(got.File, want.File) {
		l.Add(dialect.FeatFile, "kea sends %q in the header, not %q", got.File, want.File)
	}
	for _, o := range want.Options {
		if v, _ := got.Get(o.Code); !bytes.Equal(v, bytes.TrimRight(o.Data, "\x00")) {
			l.Add(dialect.OptionFeature(o.Code), "kea sends option %d as %q, not %q", o.Code, v, o.Data)
		}
	}
}

// keaRead is how an appliance that hands text on to Kea reads it.
func keaRead(code uint8, typed string) (dialect.Reading, error) {
	r, err := kea.Target.Read(code, kea.Quote(typed))
	r.Evidence = dialect.Derived
	return r, err
}

// keaNUL notes or loses the closing NULs that Kea trims, and takes them off.
func keaNUL(p *plan.Plan, a dhcpopts.Answer, title string, l *losses, notes *[]dialect.Note) dhcpopts.Answer {
	a = without(a)
	for i, o := range a.Options {
		if closed(o.Data) {
			a.Options[i].Data = bytes.TrimRight(o.Data, "\x00")
			openEnded(p, o.Code, title, l, notes)
		}
	}
	return a
}

// keaPlain reports whether Kea sends the text of a field as it is.
func keaPlain(v []byte) bool {
	r, err := kea.Target.Read(dhcpopts.OptBootFile, kea.Quote(string(v)))
	return err == nil && printable(v) && bytes.Equal(r.Sent, v)
}
