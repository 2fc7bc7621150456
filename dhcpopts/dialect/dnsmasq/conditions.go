package dnsmasq

import (
	"fmt"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// The tags that a generated file sets; the prefix keeps them apart from the
// admin's own.
const (
	tagPrefix    = "pxk-"
	tagDone      = tagPrefix + "done"      // an earlier rule has the client
	tagIPXE      = tagPrefix + "ipxe"      // iPXE asks
	tagElsewhere = tagPrefix + "elsewhere" // to be set by ranges out of scope
	tagHasArch   = tagPrefix + "has-arch"  // option 93 is there
)

// conditions defines the tags that the rules of a plan ask for, each once, in
// the order of first use.
type conditions struct {
	lines  []string
	byText map[string]string // definition to tag
	count  map[string]int    // tags of a kind
}

// need returns the tags that must hold for a condition, or the feature that
// cannot be said: what is compared must fit an option with its count, and an
// address the 16 octets of chaddr.
func (c *conditions) need(cond plan.Cond) (tags []string, lost dialect.Feature) {
	switch {
	case cond.Class == "" || len(cond.Class) > 255:
		return nil, dialect.FeatVendorClass
	case len(cond.UserClass) > 254:
		return nil, dialect.FeatUserClass
	case len(cond.MAC) > 16:
		return nil, dialect.FeatHosts
	}
	tags = append(tags, c.class(cond.Class))
	if cond.Archs != nil {
		tags = append(tags, c.archs(cond.Archs))
	}
	switch cond.Stage {
	case dhcpopts.IPXEStage:
		tags = append(tags, c.ipxe())
	case dhcpopts.FirstStage:
		tags = append(tags, "!"+c.ipxe())
	}
	if cond.UserClass != "" {
		tags = append(tags, c.userClass(cond.UserClass))
	}
	if cond.MAC != nil {
		tags = append(tags, c.mac(cond.MAC))
	}
	if cond.UUID != nil {
		tags = append(tags, c.define("uuid", func(tag string) []string {
			return []string{fmt.Sprintf("dhcp-match=set:%s,%d,*:%s", tag, dhcpopts.OptMachineID, hexOctets(cond.UUID))}
		}, string(cond.UUID)))
	}
	return tags, ""
}

// define writes a tag's definition at its first use. Tags of one kind are told
// apart by number.
func (c *conditions) define(kind string, lines func(tag string) []string, key string) string {
	key = kind + "\x00" + key
	if tag, ok := c.byText[key]; ok {
		return tag
	}
	c.count[kind]++
	tag := fmt.Sprintf("%s%s%d", tagPrefix, kind, c.count[kind])
	c.byText[key] = tag
	c.lines = append(c.lines, lines(tag)...)
	return tag
}

// class is a tag for the start of option 60: only octets in hex are compared
// from the start, text is looked for anywhere (dhcp-common.c, match_bytes). One
// octet is not taken for hex, and gets a second that may be any.
func (c *conditions) class(value string) string {
	pattern := hexOctets([]byte(value))
	if len(value) == 1 {
		pattern += ":*"
	}
	return c.define("class", func(tag string) []string {
		return []string{
			fmt.Sprintf("# %s: option 60 begins with %q", tag, value),
			fmt.Sprintf("dhcp-match=set:%s,%d,%s", tag, dhcpopts.OptClass, pattern),
		}
	}, value)
}

// archs is a tag for any of the types as the first of option 93. A client
// without option 93 counts as bios.
func (c *conditions) archs(archs []dhcpopts.Arch) string {
	return c.define("arch", func(tag string) []string {
		names := make([]string, len(archs))
		for i, a := range archs {
			names[i] = a.String()
		}
		lines := []string{fmt.Sprintf("# %s: the first type of option 93 is %s", tag, strings.Join(names, " or "))}
		for _, a := range archs {
			lines = append(lines, fmt.Sprintf("dhcp-match=set:%s,%d,%02x:%02x", tag, dhcpopts.OptClientArch, byte(a>>8), byte(a)))
		}
		if slices.Contains(archs, dhcpopts.BIOS) {
			lines = append(lines,
				fmt.Sprintf("dhcp-match=set:%s,%d", tagHasArch, dhcpopts.OptClientArch),
				fmt.Sprintf("tag-if=set:%s,tag:!%s", tag, tagHasArch))
		}
		return lines
	}, fmt.Sprint(archs))
}

// ipxe is a tag for iPXE: its user class in either wire form, or option 175.
func (c *conditions) ipxe() string {
	const key = "ipxe\x00"
	if _, ok := c.byText[key]; !ok {
		c.byText[key] = tagIPXE
		class := c.userClass("iPXE")
		c.lines = append(c.lines,
			fmt.Sprintf("tag-if=set:%s,tag:%s", tagIPXE, class),
			fmt.Sprintf("dhcp-match=set:%s,%d", tagIPXE, dhcpopts.OptIPXE))
	}
	return tagIPXE
}

// userClass is a tag for a whole user class: bare, which is "begins with it and
// is no longer", or counted as RFC 3004 says.
func (c *conditions) userClass(class string) string {
	return c.define("user", func(tag string) []string {
		code := dhcpopts.OptUserClass
		octets := hexOctets([]byte(class))
		lines := []string{
			fmt.Sprintf("# %s: the user class is %q", tag, class),
			fmt.Sprintf("dhcp-match=set:%s,%d,%02x:%s", tag, code, byte(len(class)), octets),
			fmt.Sprintf("dhcp-match=set:%s-longer,%d,%s:*", tag, code, octets),
		}
		bare := fmt.Sprintf("dhcp-match=set:%s-bare,%d,%s", tag, code, octets)
		if len(class) == 1 {
			bare = fmt.Sprintf("dhcp-match=set:%s-bare,%d,%db", tag, code, class[0])
			lines[2] = fmt.Sprintf("dhcp-match=set:%s-longer,%d,*:*", tag, code)
		}
		return append(lines, bare, fmt.Sprintf("tag-if=set:%s,tag:%s-bare,tag:!%s-longer", tag, tag, tag))
	}, class)
}

// mac is a tag for an address, or for its first octets of six. dhcp-mac leaves
// the admin's own dhcp-host lines alone: of those only one counts.
func (c *conditions) mac(mac []byte) string {
	return c.define("mac", func(tag string) []string {
		pattern := hexOctets(mac) + strings.Repeat(":*", max(6-len(mac), 0))
		return []string{fmt.Sprintf("dhcp-mac=set:%s,%s", tag, pattern)}
	}, string(mac))
}
