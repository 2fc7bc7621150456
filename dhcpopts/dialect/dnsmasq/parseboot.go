package dnsmasq

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
)

// The lines that say what to boot and where: dhcp-range, dhcp-boot, pxe-prompt
// and pxe-service.

const defaultLease = 3600 // DEFLEASE, seconds

func (c *Config) readRange(s statement) error {
	r := &dhcpRange{lease: defaultLease}
	arg := s.arg
	for {
		head, rest, more := split(arg)
		if rangeValue(arg) || !more {
			break
		}
		switch {
		case isTag(head):
			r.filter = append(r.filter, unhide(head[4:]))
		case r.tag != "":
			return errors.New("only one tag allowed")
		default:
			r.tag = unhide(trimSet(head))
		}
		arg = rest
	}
	f := fields(arg)
	if len(f) < 2 {
		return errors.New("bad dhcp-range")
	}
	start, err := netip.ParseAddr(f[0])
	if err == nil && start.Is6() {
		return nil
	}
	if err != nil {
		return errors.New("bad dhcp-range")
	}
	r.start, r.end = start, start
	if err := r.readEnd(f); err != nil {
		return err
	}
	c.ranges = append(c.ranges, r)
	return nil
}

// rangeValue tells the first address of a range from a tag: nothing but what
// addresses are made of, up to the comma.
func rangeValue(arg string) bool {
	rest := strings.TrimLeft(arg, " .:0123456789abcdefABCDEF")
	return strings.HasPrefix(rest, ",")
}

// readEnd reads end address or mode, netmask, broadcast and lease time.
func (r *dhcpRange) readEnd(f []string) error {
	bad := errors.New("bad dhcp-range")
	switch f[1] {
	case "static":
		r.static = true
	case "proxy":
		r.proxy = true
	default:
		end, err := netip.ParseAddr(f[1])
		if err != nil || !end.Is4() {
			return bad
		}
		r.end = end
	}
	if r.end.Less(r.start) {
		r.start, r.end = r.end, r.start
	}
	rest := f[2:]
	if len(rest) > 0 && strings.Contains(rest[0], ".") {
		mask, err := netip.ParseAddr(rest[0])
		if err != nil {
			return bad
		}
		r.mask = mask
		if !r.holds(r.end) {
			return errors.New("inconsistent DHCP range")
		}
		rest = rest[1:]
	}
	if len(rest) > 0 && strings.Contains(rest[0], ".") {
		rest = rest[1:] // broadcast address
	}
	switch {
	case len(rest) == 0 || rest[0] == "":
	case len(rest) > 1:
		return bad
	case rest[0] == "infinite":
		r.lease = -1
	case strings.Trim(strings.TrimRight(rest[0], "wWdDhHmMsS"), "0123456789") == "":
		r.lease = max(seconds(rest[0]), 120)
	case rest[0] != "deprecated":
		return bad
	}
	return nil
}

func (c *Config) readBoot(s statement) error {
	tags, arg, ok := tagsAhead(s.arg)
	if !ok {
		return errIn
	}
	b := &boot{line: s.line, tags: tags}
	file, rest, more := split(arg)
	b.file = unhide(file)
	if more {
		var sname string
		sname, rest, more = split(rest)
		b.sname = unhide(sname)
	}
	if more {
		rest = unhide(rest)
		if a, err := netip.ParseAddr(rest); err == nil && a.Is4() {
			b.server = a
		} else {
			b.serverName = rest
		}
	}
	c.boots = append(c.boots, b)
	return nil
}

// readPrompt makes option 43's sub-option 10 for PXE clients.
func (c *Config) readPrompt(s statement) error {
	tags, arg, ok := tagsAhead(s.arg)
	if !ok {
		return errIn
	}
	text, timeout, more := split(arg)
	seconds := 255
	if timeout = unhide(timeout); more && digits(timeout) {
		seconds = atoi(timeout)
	}
	c.pxe = true
	c.options = append(c.options, &option{
		line: s.line, code: 10, tags: tags, pxe: true, vendor: new(string),
		val: append([]byte{byte(seconds)}, unhide(text)...),
	})
	return nil
}

// serviceArchs are pxe-service's names, by architecture type.
var serviceArchs = []string{
	"x86PC", "PC98", "IA64_EFI", "Alpha", "Arc_x86", "Intel_Lean_Client",
	"IA32_EFI", "x86-64_EFI", "Xscale_EFI", "BC_EFI", "ARM32_EFI", "ARM64_EFI",
}

// firstType is the boot server type of the first service with a file; the next
// ones count on.
const firstType = 0x8000

func (c *Config) readService(s statement) error {
	tags, arg, ok := tagsAhead(s.arg)
	f := fields(arg)
	if !ok || len(f) < 2 {
		return errIn
	}
	v := &service{tags: tags, menu: unhide(f[1])}
	v.arch = slices.IndexFunc(serviceArchs, func(name string) bool { return strings.EqualFold(name, f[0]) })
	if v.arch < 0 {
		number := unhide(f[0])
		if !digits(number) {
			return errIn
		}
		v.arch = atoi(number)
	}
	if len(f) > 2 {
		if target := unhide(f[2]); digits(target) {
			v.kind = atoi(target)
		} else {
			v.kind, v.file = firstType+c.files(), target
		}
	}
	if len(f) > 3 {
		rest := unhide(strings.Join(f[3:], ","))
		if a, err := netip.ParseAddr(rest); err == nil && a.Is4() {
			v.server = a
		} else {
			v.serverName = rest
		}
	}
	c.pxe = true
	c.services = append(c.services, v)
	return nil
}

// files counts the services that have a file.
func (c *Config) files() (n int) {
	for _, s := range c.services {
		if s.file != "" {
			n++
		}
	}
	return n
}
