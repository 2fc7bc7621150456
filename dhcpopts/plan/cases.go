package plan

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"pxekit/dhcpopts"
)

// HeaderFileMax is the longest boot file that leaves the header field file its
// closing NUL (RFC 2131 table 1: 128 octets, null terminated).
const HeaderFileMax = 127

// Case is one resolved line of a plan: who, and exactly what. The first Case
// whose Cond holds is the answer; no Case holds for a machine that does not boot
// from the network.
type Case struct {
	Cond   Cond
	Answer dhcpopts.Answer
	Origin string // "rule 2", "host 1": for comments and logs
	Host   bool
	Rule   *Rule
}

// Cond is a Match made exact.
type Cond struct {
	Class     string          // prefix of option 60, never empty: a laptop has neither
	Archs     []dhcpopts.Arch // first type of option 93; nil: any. BIOS also holds without option 93
	Stage     dhcpopts.Stage
	UserClass string
	MAC       []byte
	UUID      []byte
}

// Holds reports whether a client meets the condition.
func (c Cond) Holds(cl dhcpopts.Client) bool {
	return strings.HasPrefix(string(cl.VendorClass), c.Class) &&
		(c.Archs == nil || slices.Contains(c.Archs, cl.Arch())) &&
		(c.Stage == dhcpopts.AnyStage || c.Stage == cl.Stage()) &&
		(c.UserClass == "" || cl.HasUserClass(c.UserClass)) &&
		strings.HasPrefix(string(cl.MAC), string(c.MAC)) &&
		(c.UUID == nil || len(cl.MachineID) == 17 && string(cl.MachineID[1:]) == string(c.UUID))
}

// Cases resolves the plan, hosts first, in match order.
func (p *Plan) Cases() []Case {
	all := make([]Case, 0, len(p.Hosts)+len(p.Rules))
	all = p.cases(all, p.Hosts, "host", true)
	return p.cases(all, p.Rules, "rule", false)
}

// cases resolves some of the plan's rules and appends what comes of it.
func (p *Plan) cases(all []Case, rules []Rule, kind string, host bool) []Case {
	x64 := []dhcpopts.Arch{dhcpopts.EFIX64, dhcpopts.EFIBC}
	if p.namesEFIBC() {
		x64 = x64[:1]
	}
	for i := range rules {
		all = p.resolve(all, x64, &rules[i], kind+" "+strconv.Itoa(i+1), host)
	}
	return all
}

// Head is the plan with its first n hosts alone, for what goes through a few
// machines only. They and the rules mean the same there.
func (p *Plan) Head(n int) *Plan {
	if len(p.Hosts) <= n {
		return p
	}
	head := *p
	head.Hosts = p.Hosts[:n:n]
	head.efiBC = p.namesEFIBC()
	return &head
}

// Answer is what the plan wants a client to get; ok is false when no rule takes
// it.
func (p *Plan) Answer(cl dhcpopts.Client) (dhcpopts.Answer, string, bool) {
	return AnswerOf(p.Cases(), cl)
}

// AnswerOf is Answer on cases already resolved.
func AnswerOf(cases []Case, cl dhcpopts.Client) (dhcpopts.Answer, string, bool) {
	for _, c := range cases {
		if c.Cond.Holds(cl) {
			return c.Answer, c.Origin, true
		}
	}
	return dhcpopts.Answer{}, "", false
}

// resolve appends a rule's cases: one for each vendor class its architectures
// say, since a rule may name PXE and HTTP types together and the two are
// answered with different options 60. x64 is what the name efi-x64 stands for.
func (p *Plan) resolve(cases []Case, x64 []dhcpopts.Arch, r *Rule, origin string, host bool) []Case {
	for _, class := range r.classes() {
		cond := Cond{
			Class: class, Archs: r.archsOf(class, x64), Stage: r.Match.Stage,
			UserClass: r.Match.UserClass, MAC: r.Match.MAC, UUID: r.Match.UUID,
		}
		cases = append(cases, Case{Cond: cond, Answer: p.answerOf(r, class), Origin: origin, Host: host, Rule: r})
	}
	return cases
}

// classes lists the values of option 60 that a rule's clients begin with.
func (r *Rule) classes() []string {
	if r.Match.VendorClass != "" {
		return []string{r.Match.VendorClass}
	}
	if len(r.Match.Archs) == 0 {
		return []string{dhcpopts.ClassPXE}
	}
	var classes []string
	for _, a := range r.Match.Archs {
		if c := a.Arch.Class(); !slices.Contains(classes, c) {
			classes = append(classes, c)
		}
	}
	return classes
}

// archsOf makes a rule's architectures exact numbers, those of one class.
func (r *Rule) archsOf(class string, x64 []dhcpopts.Arch) []dhcpopts.Arch {
	var archs []dhcpopts.Arch
	for _, ref := range r.Match.Archs {
		if r.Match.VendorClass == "" && ref.Arch.Class() != class {
			continue
		}
		exact := []dhcpopts.Arch{ref.Arch}
		if ref.Arch == dhcpopts.EFIX64 && !ref.Exact {
			exact = x64
		}
		for _, a := range exact {
			if !slices.Contains(archs, a) {
				archs = append(archs, a)
			}
		}
	}
	return archs
}

// namesEFIBC reports whether any rule or host names efi-bc itself.
func (p *Plan) namesEFIBC() bool {
	names := func(r Rule) bool {
		return slices.ContainsFunc(r.Match.Archs, func(ref ArchRef) bool { return ref.Arch == dhcpopts.EFIBC })
	}
	return p.efiBC || slices.ContainsFunc(p.Hosts, names) || slices.ContainsFunc(p.Rules, names)
}

// answerOf builds the exact answer of a rule for one vendor class: option 60
// where a client needs it, 43, the rule's own options, 66, and 67 last, as edk2
// overwrites the octet after an option 67 without NUL (facts: edk2 rule 2).
func (p *Plan) answerOf(r *Rule, class string) dhcpopts.Answer {
	server := p.ServerOf(r)
	address := addrText(server)
	file := []byte(expand(r.File, address))
	a := dhcpopts.Answer{SIAddr: server, SName: []byte(r.ServerName), Options: make([]dhcpopts.Option, 0, 2+len(r.Options))} // mostly 66 and 67
	if p.Via != ViaOption && len(file) <= HeaderFileMax {
		a.File = file
	}
	add := func(code uint8, value []byte) {
		if len(value) > 0 {
			a.Options = append(a.Options, dhcpopts.Option{Code: code, Data: value})
		}
	}
	switch {
	case strings.HasPrefix(class, dhcpopts.ClassHTTP):
		add(dhcpopts.OptClass, []byte(dhcpopts.ClassHTTP))
	case r.PXE != nil:
		add(dhcpopts.OptClass, []byte(dhcpopts.ClassPXE))
	}
	if r.PXE != nil {
		add(dhcpopts.OptVendor, dhcpopts.EncodePXE(r.PXE.PXE))
	}
	if p.Via != ViaHeader {
		if server.IsValid() {
			add(dhcpopts.OptTFTPServer, p.close(dhcpopts.OptTFTPServer, []byte(address), class))
		}
		if len(file) > 0 {
			add(dhcpopts.OptBootFile, p.close(dhcpopts.OptBootFile, file, class))
		}
	}
	a.Options = override(a.Options, r.Options)
	return a
}

// override puts a rule's own options in, in place of those the plan derived,
// and before 66 and 67.
func override(derived, own []dhcpopts.Option) []dhcpopts.Option {
	isOwn := func(o dhcpopts.Option) bool {
		return slices.ContainsFunc(own, func(x dhcpopts.Option) bool { return x.Code == o.Code })
	}
	all := append(slices.DeleteFunc(derived, isOwn), own...)
	slices.SortStableFunc(all, func(a, b dhcpopts.Option) int { return wireOrder(a.Code) - wireOrder(b.Code) })
	return all
}

func wireOrder(code uint8) int {
	switch code {
	case dhcpopts.OptClass:
		return 0
	case dhcpopts.OptVendor:
		return 1
	case dhcpopts.OptTFTPServer:
		return 1000
	case dhcpopts.OptBootFile:
		return 1001
	}
	return 1 + int(code)
}

// close adds the closing NUL where the plan wants one.
func (p *Plan) close(code uint8, value []byte, class string) []byte {
	mode := p.NUL.For(code)
	auto := code == dhcpopts.OptBootFile && !IsURL(string(value)) && !strings.HasPrefix(class, dhcpopts.ClassHTTP)
	if mode == NULAlways || mode == NULAuto && auto {
		return append(slices.Clip(value), 0)
	}
	return value
}

// ServerOf is the server a rule sends its clients to.
func (p *Plan) ServerOf(r *Rule) netip.Addr {
	if r.Server.IsValid() {
		return r.Server
	}
	return p.Server
}

// IsURL reports whether a boot file is a URL (RFC 3986 scheme and authority).
func IsURL(file string) bool {
	scheme, _, ok := strings.Cut(file, "://")
	return ok && scheme != "" && strings.Trim(strings.ToLower(scheme), "abcdefghijklmnopqrstuvwxyz0123456789+-.") == ""
}

// serverMark stands for the server's address in a boot file.
const serverMark = "{server}"

// expand puts the server's address in for {server}; iPXE's own ${server} stays.
func expand(file, server string) string {
	if !strings.Contains(file, serverMark) {
		return file
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(file, serverMark)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if strings.HasSuffix(before, "$") {
			b.WriteString(serverMark)
		} else {
			b.WriteString(server)
		}
		file = after
	}
}

func addrText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}
