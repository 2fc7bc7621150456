package appliance

import (
	"fmt"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/udhcpd"
	"pxekit/dhcpopts/plan"
)

// Udhcpd is busybox udhcpd. A value is text to the end of its line, but for a #,
// which cuts it, and a backslash at the end, which takes the next line in; hex
// says all else, a closing NUL too.
var Udhcpd = dialect.Target{
	Name: "udhcpd", Title: "busybox udhcpd 1.35", Comment: "#",
	Forms:   []dialect.Form{{Name: "conf", Title: "lines of udhcpd.conf"}},
	Write:   udhcpdServer.write,
	Spell:   udhcpdServer.spell("udhcpd.conf"),
	Read:    func(code uint8, typed string) (dialect.Reading, error) { return udhcpdRead(code, typed) },
	Support: udhcpdServer.support,
	Whole:   true,
}

var udhcpdServer = &oneAnswer{
	name: "udhcpd", field: udhcpdField, option: udhcpdOption, head: udhcpdHead, model: udhcpdModel, support: oneAnswerSupport(),
}

func udhcpdModel(text string) (func(dhcpopts.Client) dhcpopts.Answer, error) {
	c, err := udhcpd.Parse(text)
	if err != nil {
		return nil, err
	}
	return c.Answer, nil
}

// udhcpdRead reads "VALUE" as the value of the option, or a whole line.
func udhcpdRead(code uint8, typed string) (dialect.Reading, error) {
	if !strings.HasPrefix(typed, "opt") {
		typed = fmt.Sprintf("option %s %s", udhcpdName(code), typed)
	}
	return udhcpdServer.sent(code, typed+"\n")
}

// udhcpdName is the option's name where its value is text, else its number.
func udhcpdName(code uint8) string {
	switch code {
	case dhcpopts.OptClass:
		return "vendor"
	case dhcpopts.OptTFTPServer:
		return "tftp"
	case dhcpopts.OptBootFile:
		return "bootfile"
	}
	return fmt.Sprint(code)
}

func udhcpdField(f dialect.Feature, v []byte) (string, error) {
	keyword, limit := map[dialect.Feature]string{dialect.FeatSIAddr: "siaddr", dialect.FeatFile: "boot_file", dialect.FeatSName: "sname"}[f], plan.HeaderFileMax
	if f == dialect.FeatSName {
		limit = 63
	}
	s := string(v)
	switch {
	case !typable(v):
		return "", fmt.Errorf("%s %q: %w", keyword, v, errControl)
	case strings.Contains(s, "#") || strings.Trim(s, " ") != s || strings.HasSuffix(s, `\`):
		return "", fmt.Errorf("%s %q: udhcpd cuts a value at # and loses blanks around it and a backslash at its end", keyword, v)
	case len(v) > limit:
		return "", fmt.Errorf("%s %q is longer than %d octets", keyword, v, limit)
	}
	return keyword + " " + s, nil
}

// udhcpdOption writes a plain word by name, and all else in hex.
func udhcpdOption(code uint8, v []byte) (string, error) {
	if len(v) == 0 || len(v) > 255 {
		return "", fmt.Errorf("option %d of %d octets: udhcpd sends 1 to 255", code, len(v))
	}
	if name := udhcpdName(code); bare(v) && len(v) <= 254 && name[0] > '9' && !strings.HasSuffix(string(v), `\`) {
		return fmt.Sprintf("option %s %s", name, v), nil
	}
	return fmt.Sprintf("option 0x%02x %x", code, v), nil
}

// udhcpdHead starts a whole file: it serves one interface.
func udhcpdHead(r dialect.Request, p *plan.Plan) ([]string, error) {
	if err := oneNetwork(r, p, "udhcpd.conf"); err != nil {
		return nil, err
	}
	return []string{
		"start " + r.RangeLow.String(), "end " + r.RangeHigh.String(), "interface " + r.Interface,
		"option subnet " + mask(p.Scope[0]),
	}, nil
}

// oneNetwork refuses a whole file of a server of one interface without what it
// needs: a network, a range in it, and the interface.
func oneNetwork(r dialect.Request, p *plan.Plan, file string) error {
	switch {
	case len(p.Scope) != 1 || !p.Scope[0].Addr().Is4():
		return fmt.Errorf("a whole %s needs one IPv4 scope", file)
	case !r.RangeLow.Is4() || !r.RangeHigh.Is4() || r.Interface == "":
		return fmt.Errorf("a whole %s needs a range and an interface", file)
	case !p.Scope[0].Contains(r.RangeLow) || !p.Scope[0].Contains(r.RangeHigh):
		return fmt.Errorf("range %s-%s is not in scope %s", r.RangeLow, r.RangeHigh, p.Scope[0])
	}
	return nil
}
