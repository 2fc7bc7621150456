package dnsmasq

import (
	"errors"
	"slices"
)

// errIn is dnsmasq's word for an argument it cannot read.
var errIn = errors.New("error")

// Parse reads a dnsmasq.conf. Keywords that do not decide a boot answer are
// passed over, their arguments unread; what is no keyword at all, and what
// dnsmasq refuses in those read, is a [*SyntaxError].
func Parse(text string) (*Config, error) {
	lines, err := statements(text)
	if err != nil {
		return nil, err
	}
	c := &Config{}
	seen := map[string]bool{}
	for _, s := range lines {
		if err := check(s, seen); err != nil {
			return nil, &SyntaxError{s.line, err.Error()}
		}
		if err := c.read(s); err != nil {
			return nil, &SyntaxError{s.line, err.Error()}
		}
	}
	slices.Reverse(c.options)
	slices.Reverse(c.boots)
	slices.Reverse(c.hosts)
	slices.Reverse(c.pxeClasses)
	if c.pxeClasses == nil {
		c.pxeClasses = []string{"PXEClient"}
	}
	return c, nil
}

// check holds a line to the table of keywords.
func check(s statement, seen map[string]bool) error {
	switch {
	case !takesNothing[s.key] && !takesValue[s.key] && !mayTakeValue[s.key]:
		return errors.New("bad option")
	case takesNothing[s.key] && s.hasArg:
		return errors.New("extraneous parameter")
	case takesValue[s.key] && !s.hasArg:
		return errors.New("missing parameter")
	case onlyOnce[s.key] && seen[s.key]:
		return errors.New("illegal repeated keyword")
	}
	seen[s.key] = true
	return nil
}

// readers are the keywords that decide a boot answer.
var readers = map[string]func(*Config, statement) error{
	"dhcp-range":        (*Config).readRange,
	"dhcp-boot":         (*Config).readBoot,
	"dhcp-option":       (*Config).readOption,
	"dhcp-option-force": (*Config).readOption,
	"dhcp-match":        (*Config).readOption,
	"dhcp-host":         (*Config).readHost,
	"dhcp-mac":          (*Config).readMAC,
	"dhcp-name-match":   (*Config).readName,
	"dhcp-vendorclass":  (*Config).readClass,
	"dhcp-userclass":    (*Config).readClass,
	"dhcp-circuitid":    (*Config).readClass,
	"dhcp-remoteid":     (*Config).readClass,
	"dhcp-subscrid":     (*Config).readClass,
	"dhcp-ignore":       (*Config).readIgnore,
	"dhcp-pxe-vendor":   (*Config).readPXEVendor,
	"tag-if":            (*Config).readTagIf,
	"pxe-prompt":        (*Config).readPrompt,
	"pxe-service":       (*Config).readService,
}

func (c *Config) read(s statement) error {
	if read, ok := readers[s.key]; ok {
		return read(c, s)
	}
	switch s.key {
	case "dhcp-no-override":
		c.noOverride = true
	case "dhcp-authoritative":
		c.authority = true
	case "port":
		c.dnsOff = s.arg == "0"
	case "interface":
		if c.Interface == "" {
			c.Interface = unhide(s.arg)
		}
	case "domain":
		if name, _, ranged := split(s.arg); !ranged {
			c.domain = unhide(name)
		}
	}
	return nil
}

// tagsAhead takes the tag: words before an argument.
func tagsAhead(arg string) (tags []string, rest string, ok bool) {
	for isTag(arg) {
		head, next, more := split(arg)
		tags = append(tags, unhide(head[4:]))
		if !more {
			return nil, "", false
		}
		arg = next
	}
	return tags, arg, true
}

func isTag(s string) bool {
	return len(s) >= 4 && (s[:4] == "tag:" || s[:4] == "net:")
}

// fields splits an argument at its commas.
func fields(arg string) []string {
	var all []string
	for more := true; more; {
		var head string
		head, arg, more = split(arg)
		all = append(all, head)
	}
	return all
}

func (c *Config) readOption(s statement) error {
	u := asOption
	switch s.key {
	case "dhcp-option-force":
		u = asForced
	case "dhcp-match":
		u = asMatch
	}
	o, err := parseOption(s.arg, u)
	if err != nil {
		return err
	}
	o.line = s.line
	if u == asMatch {
		c.matches = append(c.matches, o)
	} else {
		c.options = append(c.options, o)
	}
	return nil
}

func (c *Config) readIgnore(s statement) error {
	var tags []string
	for _, f := range fields(s.arg) {
		if isTag(f) {
			f = f[4:]
		}
		tags = append(tags, unhide(f))
	}
	c.ignores = append(c.ignores, tags)
	return nil
}

func (c *Config) readPXEVendor(s statement) error {
	for _, f := range fields(s.arg) {
		c.pxeClasses = append(c.pxeClasses, unhide(f))
	}
	return nil
}

func (c *Config) readTagIf(s statement) error {
	var t tagIf
	for _, f := range fields(s.arg) {
		switch {
		case len(f) < 5:
			return errors.New("bad tag-if")
		case f[:4] == "set:":
			t.set = append(t.set, unhide(f[4:]))
		case f[:4] == "tag:":
			t.need = append(t.need, unhide(f[4:]))
		default:
			return errors.New("bad tag-if")
		}
	}
	if t.set == nil {
		return errors.New("bad tag-if")
	}
	c.tagIfs = append(c.tagIfs, t)
	return nil
}
