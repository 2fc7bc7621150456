package plan

import (
	"fmt"
	"strings"

	"pxekit/dhcpopts"
)

// Check finds what will go wrong with the plan, in the order of its hosts and
// rules. It is asked again after every change of the plan.
func (p *Plan) Check() []dhcpopts.Finding {
	c := &checker{plan: p}
	for i := range p.Hosts {
		c.who = fmt.Sprintf("host %d", i+1)
		c.rule(&p.Hosts[i])
		c.host(&p.Hosts[i], i+1)
	}
	for i := range p.Rules {
		c.who = fmt.Sprintf("rule %d", i+1)
		c.rule(&p.Rules[i])
	}
	c.reach()
	c.shims()
	c.unproven()
	return c.found
}

// checker collects findings; who names the rule at hand.
type checker struct {
	plan  *Plan
	who   string
	known program // the file of the rule at hand
	found []dhcpopts.Finding
	ids   map[string]int // hosts by what they match
}

func (c *checker) add(id string, r *Rule, hint, format string, args ...any) *dhcpopts.Finding {
	c.found = append(c.found, finding(id, r.Pos, c.who+": "+fmt.Sprintf(format, args...), hint))
	return &c.found[len(c.found)-1]
}

// rule checks one rule or host by itself.
func (c *checker) rule(r *Rule) {
	c.known = known(r.File)
	c.text(r, "file", r.File)
	c.text(r, "server-name", r.ServerName)
	c.file(r)
	c.protocol(r)
	c.ipxe(r)
	c.architecture(r)
	c.everyone(r)
	c.server(r)
	c.options(r)
	if r.PXE != nil {
		c.pxe(r)
	}
	if r.WDS != nil {
		c.wds(r)
	}
}

// host checks what only hosts need.
func (c *checker) host(r *Rule, number int) {
	if len(r.Match.MAC) == 0 && len(r.Match.UUID) == 0 {
		c.add(ruleNoID, r, "add mac: or uuid:, or make it a rule", "it has neither mac nor uuid")
		return
	}
	if c.ids == nil {
		c.ids = map[string]int{}
	}
	m := r.Match
	key := string(m.MAC) + "|" + string(m.UUID) + "|" + string(m.Stage) + "|" + m.VendorClass + "|" + m.UserClass + "|" + fmt.Sprint(m.Archs)
	if first, twice := c.ids[key]; twice {
		c.add(ruleTwice, r, "remove one", "host %d is the same machine", first)
		return
	}
	c.ids[key] = number
}

// text checks the octets of a value.
func (c *checker) text(r *Rule, what, s string) {
	control := func(x rune) bool { return x < ' ' && x != '\r' && x != '\n' || x == 0x7f }
	switch {
	case strings.ContainsFunc(s, control):
		c.add(ruleControl, r, "in a plan file use single quotes or none", "%s %s has a control character", what, quoted(s))
	case strings.ContainsAny(s, "\r\n"):
		c.add(ruleLineEnd, r, "remove the line end", "%s %s has a line end in it", what, quoted(s))
	case strings.Trim(s, " ") != s:
		f := c.add(ruleBlank, r, "write "+quoted(strings.Trim(s, " ")), "%s %s begins or ends with a blank", what, quoted(s))
		if isHTTP(strings.Trim(s, " ")) {
			f.Severity = dhcpopts.Error
		}
	}
	if strings.ContainsAny(s, `'"`) {
		c.add(ruleQuote, r, "remove the quotes", "%s %s has quotes in it", what, quoted(s))
	}
}

// file checks the form and the length of the boot file.
func (c *checker) file(r *Rule) {
	if fixed := undouble(r.File); fixed != r.File {
		c.add(ruleDoubled, r, "write it as the client must send it: "+fixed, "file %s has doubled backslashes", quoted(r.File)).Fix = fixed
	}
	if c.known.Role == roleWDS && strings.Contains(r.File, "/") && !IsURL(r.File) {
		fixed := strings.ReplaceAll(r.File, "/", `\`)
		c.add(ruleSlash, r, "on a WDS server write "+fixed, "file %s has forward slashes", quoted(r.File)).Fix = fixed
	}
	c.length(r)
	if r.File == "" && (r.PXE == nil || r.PXE.Menu == nil) && len(r.Options) == 0 {
		c.add(ruleNoFile, r, "add file:", "it names no boot file")
	}
}

// undouble makes one backslash of each two, but for the two that begin a UNC
// name; when all are doubled, those are too.
func undouble(file string) string {
	const doubled, single = `\\`, `\`
	rest, unc := strings.CutPrefix(file, doubled)
	if !strings.Contains(rest, doubled) {
		return file
	}
	if all := 2*strings.Count(file, doubled) == strings.Count(file, single); unc && !all {
		return doubled + strings.ReplaceAll(rest, doubled, single)
	}
	return strings.ReplaceAll(file, doubled, single)
}

// length checks what does not fit its field.
func (c *checker) length(r *Rule) {
	n := len(expand(r.File, addrText(c.plan.ServerOf(r))))
	if n > 255 && c.plan.Via != ViaHeader {
		c.add(ruleLong, r, "use a shorter path", "file has %d octets, option 67 holds 255", n)
	} else if n > HeaderFileMax {
		f := c.add(ruleHeader, r, "use a shorter path", "file has %d octets, the header field holds %d", n, HeaderFileMax)
		if c.plan.Via == ViaHeader {
			f.Severity = dhcpopts.Error
		}
	}
	if len(r.ServerName) > 63 {
		c.add(ruleSName, r, "use a shorter name, or leave it out: boot firmware does not read it", "server-name has %d octets, the header field holds 63", len(r.ServerName))
	}
}

// server checks who the machine is sent to.
func (c *checker) server(r *Rule) {
	if c.plan.ServerOf(r).IsValid() {
		return
	}
	switch {
	case expand(r.File, "") != r.File:
		c.add(ruleMark, r, "add server:", "file %s needs a server", quoted(r.File))
	case r.File != "" && !IsURL(r.File):
		c.add(ruleNoServer, r, "add server:", "there is no server for %s", quoted(r.File))
	}
}

// options checks the rule's own options.
func (c *checker) options(r *Rule) {
	for _, o := range r.Options {
		if len(o.Data) > 255 {
			c.add(ruleLong, r, "use a shorter value", "option %d has %d octets, an option holds 255", o.Code, len(o.Data))
		}
		if o.Code == dhcpopts.OptVendor && r.PXE != nil {
			c.add(ruleOwn43, r, "keep one of the two", "it has both pxe: and an option 43 of its own")
		}
		text := strings.TrimRight(string(o.Data), "\x00")
		if _, ok := parseIPv4(text); o.Code == dhcpopts.OptTFTPServer && !ok {
			c.add(ruleName, r, "give the address", "option 66 %s is not an IPv4 address", quoted(text))
		}
	}
}
