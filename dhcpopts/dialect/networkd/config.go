// Package networkd reads the [DHCPServer] section of a systemd.network file and
// says what systemd-networkd sends: a model of version 252, written from its
// source (sd-dhcp-server.c, networkd-dhcp-common.c, conf-parser.c, escape.c) and
// held to captured replies.
//
// networkd has no conditions: every client gets the same, whatever it asks for.
// The header fields sname and file stay empty.
package networkd

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"

	"pxekit/dhcpopts"
)

// Config is what a section says about booting.
type Config struct {
	SIAddr   netip.Addr
	Server   string            // BootServerName: option 66
	Filename string            // BootFilename: option 67
	Send     []dhcpopts.Option // SendOption, one a code: the last line counts
	Vendor   []dhcpopts.Option // SendVendorOption: sub-options of 43
	// Warnings are the assignments that networkd ignores with a word.
	Warnings []string
}

// Reply is what networkd does with a message.
type Reply struct {
	Answer dhcpopts.Answer
	// Crash is the signal that ends networkd when it answers; "": none.
	Crash string
	// Silent: the options do not fit the message, nothing is sent.
	Silent bool
}

// Parse reads a file. networkd refuses no file as a whole: what it cannot read
// is in Warnings.
func Parse(text string) *Config {
	c := &Config{}
	section := ""
	for _, l := range logical(text) {
		if strings.HasPrefix(l.text, "[") {
			section = l.text
			continue
		}
		key, value, ok := strings.Cut(l.text, "=")
		if !ok || section != "[DHCPServer]" {
			continue
		}
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		var err error
		if utf8.ValidString(l.text) {
			err = c.set(key, value)
		} else {
			err = fmt.Errorf("%s is not valid UTF-8, ignoring", key)
		}
		if err != nil {
			c.Warnings = append(c.Warnings, fmt.Sprintf("line %d: %v", l.no, err))
		}
	}
	return c
}

type line struct {
	no   int
	text string
}

// logical joins lines that end in a backslash of their own with the next, and
// drops comments.
func logical(text string) []line {
	var all []line
	held := ""
	for i, raw := range strings.Split(text, "\n") {
		l := strings.TrimLeft(raw, " \t")
		if l == "" && held == "" || strings.HasPrefix(l, "#") || strings.HasPrefix(l, ";") {
			continue
		}
		if goesOn(raw) {
			held += raw[:len(raw)-1] + " "
			continue
		}
		all = append(all, line{i + 1, strings.TrimSpace(held + raw)})
		held = ""
	}
	if held != "" {
		all = append(all, line{strings.Count(text, "\n") + 1, strings.TrimSpace(held)})
	}
	return all
}

// goesOn reports whether the last backslash is not itself behind one.
func goesOn(s string) bool {
	n := len(s) - len(strings.TrimRight(s, `\`))
	return n%2 == 1
}

func (c *Config) set(key, value string) error {
	switch key {
	case "BootServerAddress":
		a, err := netip.ParseAddr(value)
		if err != nil || !a.Is4() {
			return fmt.Errorf("failed to parse %s=%q, ignoring", key, value)
		}
		c.SIAddr = a
	case "BootServerName":
		c.Server = value
	case "BootFilename":
		if !safe(value) {
			return fmt.Errorf("BootFilename=%q: specified string contains unsafe characters, ignoring", value)
		}
		c.Filename = value
	case "SendOption":
		return assign(&c.Send, value)
	case "SendVendorOption":
		return assign(&c.Vendor, value)
	}
	return nil
}

// safe is string_is_safe: neither control characters nor quotes nor backslashes.
func safe(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || strings.ContainsRune(`\"'`, r) })
}

// assign reads CODE:TYPE:VALUE; an empty value forgets all.
func assign(to *[]dhcpopts.Option, value string) error {
	if value == "" {
		*to = nil
		return nil
	}
	o, err := parseOption(value)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(*to, func(x dhcpopts.Option) bool { return x.Code == o.Code })
	if i >= 0 {
		(*to)[i] = o
	} else {
		*to = append(*to, o)
	}
	return nil
}

// Sizes of a reply: what is not about booting, and the room for options when
// the client does not say more (dhcp-internal.h).
const (
	leaseOptions = 28 // 53, 51, 1, 3, 54 and the end
	minRoom      = 312
	headers      = 268 // IP, UDP and the fixed part
)

// Reply says what networkd sends. It ends on an option of more than 255 octets
// (an assertion of dhcp_option_append_tlv), and on SendOption=43 (dhcp-option.c
// takes the value for a set).
func (c *Config) Reply(cl dhcpopts.Client) Reply {
	a := dhcpopts.Answer{SIAddr: c.SIAddr}
	add := func(code uint8, v []byte) {
		a.Options = append(a.Options, dhcpopts.Option{Code: code, Data: v})
	}
	if c.Server != "" {
		add(dhcpopts.OptTFTPServer, []byte(c.Server))
	}
	if c.Filename != "" {
		add(dhcpopts.OptBootFile, []byte(c.Filename))
	}
	for _, o := range c.Send {
		if o.Code == dhcpopts.OptVendor {
			return Reply{Crash: "SIGSEGV"}
		}
		add(o.Code, o.Data)
	}
	if len(c.Vendor) > 0 {
		add(dhcpopts.OptVendor, nested(c.Vendor))
	}
	used := leaseOptions
	for _, o := range a.Options {
		if len(o.Data) > 255 {
			return Reply{Crash: "SIGABRT"}
		}
		used += 2 + len(o.Data)
	}
	if used > max(int(cl.MaxSize)-headers, minRoom) {
		return Reply{Silent: true}
	}
	a.Options = slices.DeleteFunc(a.Options, func(o dhcpopts.Option) bool { return dhcpopts.Lease(o.Code) })
	return Reply{Answer: a}
}

// Answer is [Config.Reply] without the reasons.
func (c *Config) Answer(cl dhcpopts.Client) dhcpopts.Answer { return c.Reply(cl).Answer }

func nested(options []dhcpopts.Option) []byte {
	var v []byte
	for _, o := range options {
		v = append(append(v, o.Code, byte(len(o.Data))), o.Data...)
	}
	return v
}
