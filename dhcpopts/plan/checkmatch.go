package plan

import (
	"fmt"
	"slices"
	"strings"

	"pxekit/dhcpopts"
)

// reach finds rules that no machine reaches, since earlier ones take them all.
// Hosts are compared with each other elsewhere.
func (c *checker) reach() {
	cases := c.plan.cases(nil, c.plan.Rules, "rule", false)
	for i := 0; i < len(cases); {
		end := i + 1 // a rule with PXE and HTTP types has a case for each
		for end < len(cases) && cases[end].Rule == cases[i].Rule {
			end++
		}
		if by, ok := takenBefore(cases[:i], cases[i:end]); ok {
			c.who = cases[i].Origin
			c.add(ruleShadow, cases[i].Rule, fmt.Sprintf("move it before %s, or remove it", by), "no machine reaches it: %s takes them", by)
		}
		i = end
	}
}

// takenBefore reports whether each case is covered by an earlier one, and names
// the last that does.
func takenBefore(earlier, cases []Case) (by string, ok bool) {
	for _, x := range cases {
		i := slices.IndexFunc(earlier, func(e Case) bool { return e.Cond.covers(x.Cond) })
		if i < 0 {
			return "", false
		}
		by = earlier[i].Origin
	}
	return by, true
}

// covers reports whether every client of o is one of c.
func (c Cond) covers(o Cond) bool {
	return strings.HasPrefix(o.Class, c.Class) &&
		(c.Archs == nil || o.Archs != nil && !slices.ContainsFunc(o.Archs, func(a dhcpopts.Arch) bool { return !slices.Contains(c.Archs, a) })) &&
		(c.Stage == dhcpopts.AnyStage || c.Stage == o.Stage) &&
		(c.UserClass == "" || c.UserClass == o.UserClass) &&
		strings.HasPrefix(string(o.MAC), string(c.MAC)) &&
		(c.UUID == nil || string(c.UUID) == string(o.UUID))
}

// Bits of discovery control (PXE 2.1 table 2-1, sub-option 6).
const (
	noBroadcast = 1 << iota
	noMulticast
	onlyListed
	takeFile
)

// pxe checks option 43.
func (c *checker) pxe(r *Rule) {
	x := r.PXE
	var control uint8
	if x.DiscoveryControl != nil {
		control = *x.DiscoveryControl
	}
	if n := len(dhcpopts.EncodePXE(x.PXE)); n > 255 {
		c.add(ruleLong, r, "use fewer or shorter menu entries", "option 43 has %d octets, an option holds 255", n)
	}
	switch {
	case control&takeFile != 0 && r.File == "":
		c.add(ruleBit3, r, "add file:, or clear bit 3", "discovery-control %d says that a boot file comes with it, and there is none", control)
	case control&takeFile != 0:
	case x.Menu != nil && x.Prompt == nil:
		c.add(rulePrompt, r, `add prompt: {timeout: 10, text: "Press F8 for a menu"}`, "it has a menu and no prompt")
	case x.Menu == nil && x.Prompt != nil:
		c.add(rulePrompt, r, "add menu:", "it has a prompt and no menu")
	case x.LocalOnly():
	case len(x.Servers) == 0 && (control&onlyListed != 0 || control&noBroadcast != 0 && (control&noMulticast != 0 || !x.Multicast.IsValid())):
		c.add(ruleDiscovery, r, "add server: to the menu entries, or clear the bit", "discovery-control %d leaves no boot server to ask", control)
	}
	c.menu(r)
}

// menu checks the entries' types and texts.
func (c *checker) menu(r *Rule) {
	seen := map[uint16]bool{}
	for _, item := range r.PXE.Menu {
		if seen[item.Type] {
			c.add(ruleTypes, r, "give each entry a type of its own", "menu type %d stands twice", item.Type)
		}
		seen[item.Type] = true
		c.text(r, "menu text", item.Text)
		c.text(r, "menu file", r.PXE.Files[item.Type])
	}
	if r.PXE.Prompt != nil {
		c.text(r, "prompt", r.PXE.Prompt.Text)
	}
}
