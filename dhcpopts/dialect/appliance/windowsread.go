package appliance

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// readBack is a script as the server would keep it: classes and policies in
// order.
type readBack struct {
	data     map[string]string // class data by name
	policies []windowsPolicy
}

// readScript reads the tables of a script.
func readScript(text string) (readBack, error) {
	back := readBack{data: map[string]string{}}
	classes, err := (&psReader{text: text}).table("classes")
	if err != nil {
		return back, err
	}
	for _, c := range hashes(classes) {
		back.data[str(c["Name"])] = str(c["Data"])
	}
	policies, err := (&psReader{text: text}).table("policies")
	for _, p := range hashes(policies) {
		pol := windowsPolicy{
			name: str(p["Name"]), vendor: strs(p["Vendor"]), user: strs(p["User"]), notUser: strs(p["NotUser"]), mac: str(p["Mac"]),
		}
		for _, o := range hashes(p["Options"]) {
			code, _ := o["OptionId"].(int)
			value, isBytes := o["Value"].([]byte)
			if !isBytes {
				value = []byte(str(o["Value"]))
			}
			pol.options = append(pol.options, dhcpopts.Option{Code: uint8(code), Data: value})
		}
		back.policies = append(back.policies, pol)
	}
	return back, err
}

func str(v any) string { s, _ := v.(string); return s }

func strs(v any) []string {
	var all []string
	items, _ := v.([]any)
	for _, i := range items {
		all = append(all, str(i))
	}
	return all
}

func hashes(v any) []map[string]any {
	var all []map[string]any
	items, _ := v.([]any)
	for _, i := range items {
		if h, ok := i.(map[string]any); ok {
			all = append(all, h)
		}
	}
	return all
}

// answer is the reply to a client: the options of all policies that hold, of
// each option the first, and those that the client requests.
func (b readBack) answer(c dhcpopts.Client) dhcpopts.Answer {
	var options []dhcpopts.Option
	for _, p := range b.policies {
		if !b.holds(p, c) {
			continue
		}
		for _, o := range p.options {
			if !slices.ContainsFunc(options, func(x dhcpopts.Option) bool { return x.Code == o.Code }) {
				options = append(options, o)
			}
		}
	}
	return windowsAnswer(options, c)
}

// windowsAnswer fills siaddr and file from 66 and 67, and keeps the options
// that the client requests.
func windowsAnswer(options []dhcpopts.Option, c dhcpopts.Client) dhcpopts.Answer {
	var a dhcpopts.Answer
	for _, o := range options {
		switch o.Code {
		case dhcpopts.OptTFTPServer:
			if addr, err := netip.ParseAddr(string(o.Data)); err == nil {
				a.SIAddr = addr
			}
		case dhcpopts.OptBootFile:
			if len(o.Data) <= plan.HeaderFileMax {
				a.File = o.Data
			}
		}
		if slices.Contains(c.RequestList, o.Code) {
			a.Options = append(a.Options, o)
		}
	}
	return a
}

func (b readBack) holds(p windowsPolicy, c dhcpopts.Client) bool {
	vendor := slices.ContainsFunc(p.vendor, func(n string) bool { return strings.HasPrefix(string(c.VendorClass), b.data[n]) })
	isUser := func(n string) bool { return string(c.UserClass) == b.data[n] }
	mac := fmt.Sprintf("%X", c.MAC)
	prefix, wild := strings.CutSuffix(p.mac, "*")
	return vendor &&
		(p.user == nil || slices.ContainsFunc(p.user, isUser)) &&
		!slices.ContainsFunc(p.notUser, isUser) &&
		(p.mac == "" || mac == p.mac || wild && strings.HasPrefix(mac, prefix))
}

func spellWindows(code uint8, value []byte) (dialect.Spelling, error) {
	if err := fits(code, value); err != nil {
		return dialect.Spelling{}, err
	}
	where := "in PowerShell, with -ScopeId and -PolicyName as you need them"
	if !slices.Contains(windowsStrings, code) {
		text := fmt.Sprintf("Set-DhcpServerv4OptionValue -OptionId %d -Value ([byte[]]@(%s))", code, strings.TrimSuffix(strings.TrimPrefix(psBytes(value), "[byte[]]@("), ")"))
		return dialect.Spelling{Text: text, Where: where, Sent: value, Note: "for an option whose type is BinaryData, as 43 is"}, nil
	}
	s := dialect.Spelling{Where: where, Sent: value}
	if closed(value) {
		s.Sent = value[:len(value)-1]
		s.Note = "a String value cannot hold the closing NUL; captures show the server adding one, which is not documented"
	}
	if !windowsText(s.Sent) {
		return s, fmt.Errorf("a String option is written here for 1 to 255 printable ASCII characters, not %q", value)
	}
	s.Text = fmt.Sprintf("Set-DhcpServerv4OptionValue -OptionId %d -Value %s", code, psQuote(string(s.Sent)))
	return s, nil
}

// readWindows reads a whole command, a quoted string, or the bare content of a
// field of the console, which has no escapes.
func readWindows(_ uint8, typed string) (dialect.Reading, error) {
	r := dialect.Reading{Sent: []byte(typed), Evidence: dialect.Documented}
	if _, value, found := strings.Cut(typed, " -Value "); found {
		typed = value
	}
	if !strings.HasPrefix(typed, "'") && !strings.HasPrefix(typed, "([byte[]]") {
		return r, nil
	}
	v, err := (&psReader{text: typed}).expression()
	if err != nil {
		return dialect.Reading{}, fmt.Errorf("%q: %w", typed, err)
	}
	if b, ok := v.([]byte); ok {
		r.Sent = b
		return r, nil
	}
	r.Sent = []byte(str(v))
	return r, nil
}
