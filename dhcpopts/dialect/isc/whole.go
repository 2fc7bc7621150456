package isc

import (
	"fmt"
	"net/netip"
	"strings"

	"pxekit/dhcpopts/dialect"
)

// intoSubnet says where the if form goes.
func intoSubnet(scope []netip.Prefix) string {
	if len(scope) == 0 {
		return "# into the subnet of the clients: subnet … netmask … { }\n"
	}
	var names []string
	for _, s := range scope {
		names = append(names, subnetName(s))
	}
	return "# into " + strings.Join(names, " { }\n# and into ") + " { }\n"
}

func subnetName(s netip.Prefix) string {
	return fmt.Sprintf("subnet %s netmask %s", s.Masked().Addr(), netmask(s.Bits()))
}

func netmask(bits int) netip.Addr {
	var b [4]byte
	for i := range bits {
		b[i/8] |= 0x80 >> (i % 8)
	}
	return netip.AddrFrom4(b)
}

// lowest is the first address that a client may have.
func lowest(s netip.Prefix) netip.Addr {
	if s.Bits() < 31 {
		return s.Masked().Addr().Next()
	}
	return s.Masked().Addr()
}

// header begins a whole file. dhcpd takes its interfaces from the command line.
func header(req dialect.Request) string {
	text := "authoritative;\ndefault-lease-time 3600;\nmax-lease-time 86400;\n"
	if req.Interface != "" {
		text = fmt.Sprintf("# started as: dhcpd -4 %s (Debian: INTERFACESv4=%q in /etc/default/isc-dhcp-server)\n", dialect.Printable(req.Interface), req.Interface) + text
	}
	return text + "\n"
}

// subnets writes a subnet for each network, the range in the one it lies in.
func subnets(scope []netip.Prefix, req dialect.Request, body string) string {
	var b strings.Builder
	for _, s := range scope {
		fmt.Fprintf(&b, "%s {\n", subnetName(s))
		if req.RangeLow.IsValid() && s.Contains(req.RangeLow) {
			fmt.Fprintf(&b, "  range %s %s;\n", req.RangeLow, req.RangeHigh)
		}
		if body != "" {
			b.WriteString(indent(body))
		}
		b.WriteString("}\n")
	}
	return b.String()
}

// inScope asks for a leased address in one of the networks, "" for all
// addresses. "and" and "or" bind alike, so parts are in parentheses, and so is
// the whole: one behind "if" must close around all of it.
func inScope(scope []netip.Prefix) string {
	var terms []string
	for _, s := range scope {
		term := leasedIn(s)
		if term == "" {
			return ""
		}
		terms = append(terms, term)
	}
	if len(terms) < 2 {
		return strings.Join(terms, "")
	}
	return "((" + strings.Join(terms, ") or (") + "))"
}

// leasedIn compares the octets of the address that the mask covers; of the one
// that the mask cuts, the bits.
func leasedIn(s netip.Prefix) string {
	address, whole, rest := s.Masked().Addr().As4(), s.Bits()/8, s.Bits()%8
	var parts []string
	if whole > 0 {
		parts = append(parts, fmt.Sprintf("substring(leased-address, 0, %d) = %s", whole, hexList(address[:whole])))
	}
	if rest > 0 {
		mask := 0xff << (8 - rest) & 0xff
		parts = append(parts, fmt.Sprintf("extract-int(substring(leased-address, %d, 1), 8) & %d = %d", whole, mask, address[whole]))
	}
	return strings.Join(parts, " and ")
}
