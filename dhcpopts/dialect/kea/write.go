package kea

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// The forms.
const (
	formClasses = "classes"
	formFlex    = "flex-option"
)

// FlexLibrary is where Debian puts the hook on amd64; other systems have it in
// their own library folder, RHEL in /usr/lib64/kea/hooks.
const FlexLibrary = "/usr/lib/x86_64-linux-gnu/kea/hooks/libdhcp_flex_option.so"

// writer builds the config of a plan and keeps what cannot be said.
type writer struct {
	plan  *plan.Plan
	flex  bool
	notes dialect.NoteList
	lost  dialect.NoteList
	hook  []*Node
}

func write(p *plan.Plan, r dialect.Request) (dialect.Output, error) {
	w := &writer{plan: p, flex: r.As == formFlex}
	if r.As != "" && r.As != formClasses && !w.flex {
		return dialect.Output{}, fmt.Errorf("kea has no form %q", r.As)
	}
	if err := whole(p, r); err != nil {
		return dialect.Output{}, err
	}
	all := guard(entries(p.Cases()))
	text := w.text(all, r)
	w.remarks(r)
	return dialect.Output{
		Text: text, Notes: w.notes.Notes, Lost: w.lost.Notes,
		Expect: expect(text), Evidence: dialect.Wire,
		Check: "kea-dhcp4 -t /etc/kea/kea-dhcp4.conf",
		Where: where(r.Full),
	}, nil
}

// whole refuses a request for a whole file that would serve no network, or that
// would drop the range.
func whole(p *plan.Plan, r dialect.Request) error {
	switch inScope := func(n netip.Prefix) bool { return n.Contains(r.RangeLow) && n.Contains(r.RangeHigh) }; {
	case !r.Full:
		return nil
	case len(p.Scope) == 0:
		return fmt.Errorf("a whole kea-dhcp4.conf needs a scope: the network it serves")
	case r.RangeLow.IsValid() && !slices.ContainsFunc(p.Scope, inScope):
		return fmt.Errorf("the range %s-%s is in none of the scopes", r.RangeLow, r.RangeHigh)
	}
	return nil
}

func where(full bool) string {
	if full {
		return "the whole of /etc/kea/kea-dhcp4.conf"
	}
	return "merge its members into \"Dhcp4\" of /etc/kea/kea-dhcp4.conf"
}

func comment(full bool) string {
	if full {
		return ""
	}
	return "// Merge into your own \"Dhcp4\": add these classes to \"client-classes\", in this order, and to each subnet here\n" +
		"// its \"require-client-classes\". The part loads by itself, so it can be checked before.\n"
}

// classesHere stands for the classes while what is around them is formatted, as
// long as they are. The nodes of 100,000 classes would take half a gigabyte.
var classesHere = strings.Repeat("classes", lineMax)

// text writes the config of the entries.
func (w *writer) text(all []*entry, r dialect.Request) string {
	head := append(server(r), member("client-classes", str(classesHere)))
	before, _ := around(head)
	var b strings.Builder
	b.WriteString(comment(r.Full))
	b.WriteString(before)
	w.classes(&b, all)
	_, after := around(append(head, w.rest(all, r)...)) // the classes have filled the hook
	b.WriteString(after)
	b.WriteString("\n")
	return b.String()
}

// around formats what stands before and after the classes.
func around(members []Member) (before, after string) {
	before, after, _ = strings.Cut(Format(object(member("Dhcp4", object(members...)))), Quote(classesHere))
	return before, after
}

// classes writes the classes one by one.
func (w *writer) classes(b *strings.Builder, all []*entry) {
	const indent = "    "
	if len(all) == 1 { // may fit on a line
		b.Write(appendNode(nil, list(w.class(all[0])), indent))
		return
	}
	var class []byte
	for i, e := range all {
		class = appendNode(append(class[:0], indent+"  "...), w.class(e), indent+"  ")
		b.WriteString(separator(i))
		b.Write(class)
		dialect.Reserve(b, i+1, len(all))
	}
	b.WriteString("\n" + indent + "]")
}

func separator(i int) string {
	if i == 0 {
		return "[\n"
	}
	return ",\n"
}

// server is what a whole file has before the classes.
func server(r dialect.Request) []Member {
	if !r.Full {
		return nil
	}
	iface := r.Interface
	if iface == "" {
		iface = "*"
	}
	return []Member{
		member("interfaces-config", object(member("interfaces", list(str(iface))))),
		member("lease-database", object(member("type", str("memfile")))),
	}
}

// rest builds what stands in Dhcp4 after the classes.
func (w *writer) rest(all []*entry, r dialect.Request) []Member {
	var members []Member
	if len(w.hook) > 0 {
		hook := object(member("library", str(FlexLibrary)), member("parameters", object(member("options", list(w.hook...)))))
		members = append(members, member("hooks-libraries", list(hook)))
	}
	if len(w.plan.Scope) == 0 {
		return members
	}
	var subnets []*Node
	for i, prefix := range w.plan.Scope {
		subnets = append(subnets, subnetNode(i, prefix, all, r))
	}
	return append(members, member("subnet4", list(subnets...)))
}

func subnetNode(i int, prefix netip.Prefix, all []*entry, r dialect.Request) *Node {
	var members []Member
	if r.Full {
		members = append(members, member("id", number10(i+1)))
	}
	members = append(members, member("subnet", str(prefix.Masked().String())))
	if r.Full && r.RangeLow.IsValid() && prefix.Contains(r.RangeLow) {
		pool := fmt.Sprintf("%s - %s", r.RangeLow, r.RangeHigh)
		members = append(members, member("pools", list(object(member("pool", str(pool))))))
	}
	var required []*Node
	for _, e := range all {
		required = append(required, str(e.name))
	}
	return object(append(members, member("require-client-classes", list(required...)))...)
}

// class builds one client-class. One with a scope is only evaluated where a
// subnet requires it: header fields and options of a class that took a client
// reach it whatever subnet it is in.
func (w *writer) class(e *entry) *Node {
	members := []Member{member("name", str(e.name))}
	if e.origin == "" {
		members = append(members, member("test", str(takenTest(e.guards))))
	} else {
		members = append(members, member("test", str(e.test())))
	}
	if len(w.plan.Scope) > 0 {
		members = append(members, member("only-if-required", boolean(true)))
	}
	return object(append(members, w.answer(e)...)...)
}

func takenTest(classes []string) string {
	var terms []string
	for _, c := range classes {
		terms = append(terms, "member('"+c+"')")
	}
	return strings.Join(terms, " or ")
}

// snameMax is the longest server-hostname (servers.md 2.4).
const snameMax = 63

func (w *writer) answer(e *entry) (members []Member) {
	a := e.answer
	if a.HasServer() {
		if a.SIAddr.Is4() && a.SIAddr != netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
			members = append(members, member("next-server", str(a.SIAddr.String())))
		} else {
			w.lose(dialect.FeatSIAddr, "%s: next-server is an IPv4 address, not %s", e.origin, a.SIAddr)
		}
	}
	if len(a.SName) > snameMax {
		w.lose(dialect.FeatSName, "%s: server-hostname has at most %d octets, this name has %d", e.origin, snameMax, len(a.SName))
	} else if len(a.SName) > 0 {
		members = append(members, member("server-hostname", str(string(a.SName))))
	}
	if len(a.File) > 0 {
		members = append(members, member("boot-file-name", str(string(a.File))))
	}
	return append(members, w.options(e)...)
}

// options builds a class's option-data, or the entries of the hook.
func (w *writer) options(e *entry) (members []Member) {
	var data []*Node
	seen := map[uint8]bool{}
	for _, o := range e.answer.Options {
		switch {
		case seen[o.Code]:
			w.lose(dialect.FeatOptions, "%s: kea sends one option %d, not two", e.origin, o.Code)
			continue
		case reserved(o.Code):
			w.lose(dialect.FeatOptions, "%s: kea makes option %d itself", e.origin, o.Code)
			continue
		}
		seen[o.Code] = true
		if w.flex {
			w.hook = append(w.hook, flexNode(e.name, o))
			continue
		}
		sent, ok := w.sayable(e, o)
		if !ok {
			continue
		}
		if o.Code == dhcpopts.OptVendor {
			members = append(members, member("option-def", list(vendorDef())))
		}
		data = append(data, optionNode(dhcpopts.Option{Code: o.Code, Data: sent}))
	}
	if data != nil {
		members = append(members, member("option-data", list(data...)))
	}
	return members
}

// reserved are the options that Kea computes for each reply.
func reserved(code uint8) bool {
	switch code {
	case 0, 50, dhcpopts.OptOverload, dhcpopts.OptRequestList, dhcpopts.OptMaxSize, dhcpopts.OptClientID, 81, dhcpopts.OptRelayAgent, 255:
		return true
	}
	return dhcpopts.Lease(code)
}

// sayable returns what option-data sends for a value, if it takes it at all, and
// says what it changes: the closing NUL of every text, and what does not fit the
// option's definition.
func (w *writer) sayable(e *entry, o dhcpopts.Option) (sent []byte, ok bool) {
	sent, err := classValue(o)
	switch {
	case err != nil:
		w.lose(dialect.OptionFeature(o.Code), "%s: kea refuses this value of option %d: %v", e.origin, o.Code, err)
	case string(sent) == string(o.Data):
	case string(sent) != string(trimNUL(o.Data)):
		w.lose(dialect.OptionFeature(o.Code), "%s: kea cuts option %d to %d octets by its definition", e.origin, o.Code, len(sent))
	case o.Code != dhcpopts.OptBootFile && o.Code != dhcpopts.OptTFTPServer:
		w.lose(dialect.OptionFeature(o.Code), "%s: kea trims the closing NUL of option %d; --as %s sends it", e.origin, o.Code, formFlex)
	case w.plan.NUL.For(o.Code) == plan.NULAlways:
		w.lose(dialect.FeatNUL, "kea trims the closing NUL of option %d; --as %s sends it", o.Code, formFlex)
	default:
		w.note(dialect.FeatNUL, "kea trims the closing NUL of option %d; for ROMs that read past its end use --as %s", o.Code, formFlex)
	}
	return sent, err == nil
}

// classValue is what a class's option-data sends for a value.
func classValue(o dhcpopts.Option) ([]byte, error) {
	if def, ok := standardByCode(o.Code); ok {
		return def.fromBytes(o.Data)
	}
	return o.Data, nil // no definition, or the class's own binary one for 43
}

func (w *writer) lose(f dialect.Feature, format string, args ...any) {
	w.lost.Add(f, format, args...)
}

func (w *writer) note(f dialect.Feature, format string, args ...any) {
	w.notes.Add(f, format, args...)
}

func (w *writer) remarks(r dialect.Request) {
	if r.Full && !r.RangeLow.IsValid() {
		w.note("", "without a range the subnets have no addresses to give")
	}
	if !r.Full {
		w.note("", "options 66 and 67 that a subnet, pool or reservation sets itself beat those of a class")
	}
	if len(w.plan.Scope) > 0 {
		w.note("", "from Kea 2.7.4 on require-client-classes is called evaluate-additional-classes and only-if-required only-in-additional-list; the old names still load")
	} else {
		w.note("", "without a scope the classes hold in every subnet of the server")
	}
	if w.flex {
		w.note("", "the hook library of other systems is elsewhere, as /usr/lib64/kea/hooks/libdhcp_flex_option.so; a server that has the hook already takes these options into its list")
	}
}

// expect reads the text back and asks the model. A part without subnets is asked
// as if pasted into a server that serves every network.
func expect(text string) func(dhcpopts.Client) dhcpopts.Answer {
	parse := sync.OnceValue(func() *Config {
		conf, err := Parse(text)
		if err != nil {
			return &Config{}
		}
		if len(conf.networks) == 0 {
			everywhere := subnet{prefix: netip.PrefixFrom(netip.IPv4Unspecified(), 0)}
			conf.networks = []network{{subnets: []subnet{everywhere}}}
		}
		return conf
	})
	return func(c dhcpopts.Client) dhcpopts.Answer { return parse().Answer(c) }
}
