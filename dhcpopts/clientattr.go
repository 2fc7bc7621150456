package dhcpopts

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// attribute is one changeable value of a client, as text both ways. set takes
// whatever get returns.
type attribute struct {
	name string
	get  func(Client) string
	set  func(*Client, string) error
}

// named lists the attributes with a name; mac stands before the options, as it
// brings the client identifier.
var named = []attribute{
	{"archs", func(c Client) string { return formatArchs(c.Archs) }, setArchs},
	{"mac", func(c Client) string { return formatMAC(c.MAC) }, setMAC},
	{"uuid", func(c Client) string { return formatUUIDAttr(c.MachineID) }, setUUID},
	octets("vendor-class", func(c *Client) *[]byte { return &c.VendorClass }),
	octets("user-class", func(c *Client) *[]byte { return &c.UserClass }),
	octets("host-name", func(c *Client) *[]byte { return &c.HostName }),
	{"prl", func(c Client) string { return formatRequestList(c.RequestList) }, setRequestList},
	{"max-size", func(c Client) string { return strconv.Itoa(int(c.MaxSize)) }, number(func(c *Client) *uint16 { return &c.MaxSize })},
	{"message", func(c Client) string { return messageName(c.messageType()) }, setMessage},
	{"port", func(c Client) string { return strconv.Itoa(int(c.Port)) }, number(func(c *Client) *uint16 { return &c.Port })},
	addr("ciaddr", func(c *Client) *netip.Addr { return &c.CIAddr }),
	addr("giaddr", func(c *Client) *netip.Addr { return &c.GIAddr }),
	{"broadcast", func(c Client) string { return yesNo(!c.Unicast) }, setBroadcast},
}

// countedUserClass only sets: user-class tells both forms apart.
var countedUserClass = attribute{name: "counted-user-class", set: func(c *Client, v string) error {
	if len(v) == 0 || len(v) > 254 {
		return fmt.Errorf("%q: a counted class has 1 to 254 octets", v)
	}
	c.UserClass = append([]byte{uint8(len(v))}, v...)
	return nil
}}

// attributes lists all that a client's text can say: the named ones and every
// other option by its number.
func attributes() []attribute {
	all := slices.Clone(named)
	for code := 1; code < OptEnd; code++ {
		if !clientField(uint8(code)) {
			all = append(all, optionAttribute(uint8(code)))
		}
	}
	return all
}

func findAttribute(name string) (attribute, error) {
	for _, a := range append(attributes(), countedUserClass) {
		if a.name == name {
			return a, nil
		}
	}
	names := []string{countedUserClass.name}
	for _, a := range named {
		names = append(names, a.name)
	}
	return attribute{}, fmt.Errorf("unknown; there are %s, and options by number", strings.Join(names, ", "))
}

func optionAttribute(code uint8) attribute {
	is := func(o Option) bool { return o.Code == code }
	return attribute{strconv.Itoa(int(code)),
		func(c Client) string { v, _ := c.Option(code); return formatOctets(v) },
		func(c *Client, s string) error {
			v, err := parseOctets(s)
			if err != nil {
				return err
			}
			i := slices.IndexFunc(c.Options, is)
			c.Options = slices.DeleteFunc(slices.Clone(c.Options), is)
			if i < 0 {
				i = len(c.Options)
			}
			if v != nil {
				c.Options = slices.Insert(c.Options, i, Option{Code: code, Data: v})
			}
			return nil
		}}
}

func octets(name string, field func(*Client) *[]byte) attribute {
	return attribute{name,
		func(c Client) string { return formatOctets(*field(&c)) },
		func(c *Client, s string) (err error) { *field(c), err = parseOctets(s); return err }}
}

func addr(name string, field func(*Client) *netip.Addr) attribute {
	return attribute{name,
		func(c Client) string {
			if a := *field(&c); a.IsValid() {
				return a.String()
			}
			return "none"
		},
		func(c *Client, s string) error {
			a, err := netip.ParseAddr(s)
			switch {
			case s == "none":
				*field(c) = netip.Addr{}
				return nil
			case err != nil || !a.Is4():
				return fmt.Errorf("%q is not an IPv4 address", s)
			}
			*field(c) = a
			return nil
		}}
}

func number(field func(*Client) *uint16) func(*Client, string) error {
	return func(c *Client, s string) error {
		n, err := strconv.ParseUint(s, 10, 16)
		if err != nil {
			return fmt.Errorf("%q is not a number from 0 to 65535", s)
		}
		*field(c) = uint16(n)
		return nil
	}
}

// formatOctets writes a value that may hold any octet: text as it is, unless
// something in it would be read differently.
func formatOctets(b []byte) string {
	plain := len(b) > 0 && !bytes.HasPrefix(b, []byte("hex:")) && string(b) != "none"
	for _, c := range b {
		plain = plain && c > ' ' && c < 0x7f && c != ','
	}
	switch {
	case b == nil:
		return "none"
	case plain:
		return string(b)
	}
	return "hex:" + hex.EncodeToString(b)
}

func parseOctets(s string) ([]byte, error) {
	if s == "none" {
		return nil, nil
	}
	if digits, ok := strings.CutPrefix(s, "hex:"); ok {
		b, err := hex.DecodeString(digits)
		if err != nil {
			return nil, fmt.Errorf("%q is not pairs of hex digits", digits)
		}
		return b, nil
	}
	return []byte(s), nil
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func setBroadcast(c *Client, s string) error {
	if s != "yes" && s != "no" {
		return fmt.Errorf("%q is neither yes nor no", s)
	}
	c.Unicast = s == "no"
	return nil
}

func formatArchs(archs []Arch) string {
	if len(archs) == 0 {
		return "none"
	}
	var texts []string
	for _, a := range archs {
		texts = append(texts, strconv.Itoa(int(a)))
	}
	return strings.Join(texts, "/")
}

func setArchs(c *Client, s string) error {
	c.Archs = nil
	if s == "none" {
		return nil
	}
	for _, text := range strings.Split(s, "/") {
		a, _, err := ParseArch(text)
		if err != nil {
			return err
		}
		c.Archs = append(c.Archs, a)
	}
	return nil
}

var macSeparators = strings.NewReplacer(":", "", "-", "", ".", "")

// ParseMAC reads a hardware address of 1 to 16 octets in hex, with colons,
// hyphens or dots between the digits or nothing.
func ParseMAC(s string) ([]byte, error) {
	mac, err := hex.DecodeString(macSeparators.Replace(s))
	if err != nil || len(mac) == 0 || len(mac) > 16 {
		return nil, fmt.Errorf("%q is not a hardware address of 1 to 16 octets, such as 52:54:00:12:34:56", s)
	}
	return mac, nil
}

// setMAC also changes a client identifier made of the old address.
func setMAC(c *Client, s string) error {
	var mac []byte
	if s != "none" {
		var err error
		if mac, err = ParseMAC(s); err != nil {
			return err
		}
	}
	c.Options = slices.Clone(c.Options)
	for i, o := range c.Options {
		if o.Code == OptClientID && bytes.Equal(o.Data, append([]byte{1}, c.MAC...)) {
			c.Options[i].Data = append([]byte{1}, mac...)
		}
	}
	c.MAC = mac
	return nil
}
