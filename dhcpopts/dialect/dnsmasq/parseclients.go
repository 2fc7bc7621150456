package dnsmasq

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
)

// The lines that name clients: dhcp-host, dhcp-mac, classes and host names.

func (c *Config) readMAC(s statement) error {
	tag, value, ok := split(s.arg)
	hw, err := parseHardware(unhide(value))
	if !ok || err != nil {
		return errIn
	}
	c.macs = append(c.macs, macTag{unhide(trimSet(tag)), hw})
	return nil
}

// parseHardware reads an address; its type before a dash is not kept, as
// Client has Ethernet alone.
func parseHardware(s string) (hardware, error) {
	if kind, rest, ok := strings.Cut(s, "-"); ok && !strings.Contains(kind, ":") {
		if _, err := strconv.ParseUint(kind, 16, 16); err == nil && strings.Contains(rest, ":") {
			s = rest
		}
	}
	octets, any, ok := parseHex(s)
	if !ok {
		return hardware{}, errors.New("bad hex constant")
	}
	return hardware{octets, any}, nil
}

func trimSet(s string) string { return strings.TrimPrefix(s, "set:") }

func (c *Config) readName(s statement) error {
	tag, name, ok := split(s.arg)
	if !ok || name == "" {
		return errIn
	}
	name, wildcard := strings.CutSuffix(name, "*")
	c.names = append(c.names, nameTag{unhide(trimSet(tag)), unhide(name), wildcard})
	return nil
}

func (c *Config) readClass(s statement) error {
	tag, value, ok := split(s.arg)
	if !ok {
		return errIn
	}
	if head, rest, more := split(value); more {
		if s.key != "dhcp-vendorclass" || !strings.HasPrefix(head, "enterprise:") {
			return errIn
		}
		value = rest
	}
	t := classTag{tag: unhide(trimSet(tag)), data: unhide(value)}
	switch s.key {
	case "dhcp-userclass":
		t.in = inUserClass
	case "dhcp-circuitid":
		t.in = inCircuitID
	case "dhcp-remoteid":
		t.in = inRemoteID
	case "dhcp-subscrid":
		t.in = inSubscriber
	}
	if t.in >= inCircuitID && strings.Contains(value, ":") && strings.Trim(value, "0123456789abcdefABCDEF:") == "" && strings.Trim(value, ":") != "" {
		octets, _, _ := parseHex(value)
		t.data = string(octets)
	}
	c.classes = append(c.classes, t)
	return nil
}

func (c *Config) readHost(s statement) error {
	h := &host{}
	for _, f := range fields(s.arg) {
		if err := h.read(f); err != nil {
			return err
		}
	}
	c.hosts = append(c.hosts, h)
	return nil
}

func (h *host) read(f string) error {
	switch {
	case len(f) > 3 && strings.EqualFold(f[:3], "id:"):
		h.clientID = []byte(unhide(f[3:]))
		if octets, _, ok := parseHex(f[3:]); ok && strings.Contains(f[3:], ":") {
			h.clientID = octets
		}
	case strings.HasPrefix(f, "net:"), strings.HasPrefix(f, "set:"):
		h.set = append(h.set, unhide(f[4:]))
	case strings.HasPrefix(f, "tag:"):
		h.filter = append(h.filter, unhide(f[4:]))
	case strings.HasPrefix(f, "["): // IPv6
	case strings.Contains(f, ":"):
		hw, err := parseHardware(f)
		if err != nil {
			return err
		}
		h.hw = append(h.hw, hw)
	default:
		return h.readWord(unhide(f))
	}
	return nil
}

// readWord reads what has no mark: an address, a lease time, "ignore" or a name.
func (h *host) readWord(f string) error {
	if a, err := netip.ParseAddr(f); err == nil && a.Is4() {
		h.addr = a
		return nil
	}
	switch {
	case f == "ignore":
		h.ignore = true
	case f == "infinite", strings.Trim(strings.TrimRight(f, "wWdDhHmMsS"), "0123456789 ") == "" && strings.ContainsAny(f, "0123456789"):
	case f != "" && legalName(f):
		h.name = f
	case f != "":
		return errors.New("bad DHCP host name")
	}
	return nil
}

// legalName is util.c's legal_hostname: letters, digits, and behind the first
// also - and _, up to a dot.
func legalName(name string) bool {
	label, _, _ := strings.Cut(name, ".")
	for i, c := range label {
		alnum := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !alnum && (i == 0 || c != '-' && c != '_') {
			return false
		}
	}
	return name != ""
}
