package plan

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"pxekit/dhcpopts"
)

// parseServer reads the address of a boot server: IPv4, since ROMs have no
// resolver at that stage and siaddr is four octets. msg is "" when it is good.
func parseServer(s string) (a netip.Addr, msg, hint string) {
	a, err := netip.ParseAddr(s)
	switch {
	case err != nil && strings.Contains(s, "://"):
		return a, fmt.Sprintf("%q is a URL, not an address", s), "give the address here and the URL as the file"
	case err != nil && looksLikeAddr(s):
		return a, fmt.Sprintf("%q is not an IPv4 address", s), "four numbers from 0 to 255 without leading zeros: 192.0.2.10"
	case err != nil:
		return a, fmt.Sprintf("%q is not an address", s), "boot ROMs do not resolve names: give the IPv4 address of the server"
	case !a.Is4():
		return a, fmt.Sprintf("%q is not an IPv4 address", s), "PXE over DHCPv4 needs an IPv4 boot server"
	case a.IsUnspecified() || a.IsMulticast() || a == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return netip.Addr{}, fmt.Sprintf("%q is not the address of a machine", s), "give the boot server's own address"
	}
	return a, "", ""
}

func looksLikeAddr(s string) bool {
	return s != "" && strings.Trim(s, "0123456789./:") == ""
}

// addScope adds an IPv4 network to the plan's.
func (p *Plan) addScope(s string) (msg, hint string) {
	n, msg, hint := parseScope(s)
	switch {
	case msg != "":
		return msg, hint
	case slices.Contains(p.Scope, n):
		return fmt.Sprintf("scope %q stands twice", s), "leave one out"
	}
	for _, other := range p.Scope { // dhcpd would find the same lease in both
		if n.Overlaps(other) {
			inner := n
			if n.Bits() < other.Bits() {
				inner = other
			}
			return fmt.Sprintf("scope %q overlaps %s", s, other), fmt.Sprintf("leave out %s, the other holds it", inner)
		}
	}
	p.Scope = append(p.Scope, n)
	return "", ""
}

// parseScope reads an IPv4 network.
func parseScope(s string) (p netip.Prefix, msg, hint string) {
	p, err := netip.ParsePrefix(s)
	if err != nil {
		if a, err := netip.ParseAddr(s); err == nil && a.Is4() {
			hint = fmt.Sprintf("add the prefix length: %s/24", netip.PrefixFrom(a, 24).Masked().Addr())
		}
		return p, fmt.Sprintf("scope %q is not a network in CIDR form", s), hint
	}
	if !p.Addr().Is4() {
		return p, fmt.Sprintf("scope %q is not an IPv4 network", s), ""
	}
	if p.Masked() != p {
		return p, fmt.Sprintf("scope %q has host bits set", s), "the network is " + p.Masked().String()
	}
	return p, "", ""
}

// ParseNUL reads what --nul takes: a mode for all, or modes for options 66 and
// 67, comma-separated ("66=never,67=always").
func ParseNUL(s string) (NUL, error) {
	var n NUL
	for part := range strings.SplitSeq(s, ",") {
		code, mode, single := strings.Cut(strings.TrimSpace(part), "=")
		if !single {
			code, mode = "", code
		}
		m := NULMode(strings.TrimSpace(mode))
		if m != NULAuto && m != NULAlways && m != NULNever {
			return n, fmt.Errorf("nul %q is not auto, always or never", mode)
		}
		var opt uint8
		switch strings.TrimSpace(code) {
		case "66":
			opt = dhcpopts.OptTFTPServer
		case "67":
			opt = dhcpopts.OptBootFile
		case "":
			if n.Mode != "" {
				return n, fmt.Errorf("nul %q has two modes for all options", s)
			}
			n.Mode = m
			continue
		default:
			return n, fmt.Errorf("nul %q: only options 66 and 67 may close with a NUL", part)
		}
		if _, twice := n.Codes[opt]; twice {
			return n, fmt.Errorf("nul %q names option %d twice", s, opt)
		}
		if n.Codes == nil {
			n.Codes = map[uint8]NULMode{}
		}
		n.Codes[opt] = m
	}
	return n, nil
}

// String writes n as ParseNUL reads it.
func (n NUL) String() string {
	var parts []string
	if n.Mode != "" || len(n.Codes) == 0 {
		parts = append(parts, string(n.For(0)))
	}
	for _, code := range []uint8{dhcpopts.OptTFTPServer, dhcpopts.OptBootFile} {
		if m, ok := n.Codes[code]; ok {
			parts = append(parts, fmt.Sprintf("%d=%s", code, m))
		}
	}
	return strings.Join(parts, ",")
}

// parseVia reads where the file's name travels.
func parseVia(s string) (Via, error) {
	v := Via(s)
	if v != ViaBoth && v != ViaHeader && v != ViaOption {
		return "", fmt.Errorf("via %q is not both, header or option", s)
	}
	return v, nil
}

// parseStage reads a stage.
func parseStage(s string) (dhcpopts.Stage, error) {
	switch st := dhcpopts.Stage(s); st {
	case dhcpopts.FirstStage, dhcpopts.IPXEStage:
		return st, nil
	}
	if s == "any" {
		return dhcpopts.AnyStage, nil
	}
	return "", fmt.Errorf("stage %q is not first, ipxe or any", s)
}

// parseMAC reads an Ethernet address or its first octets, in the forms of Unix
// (52:54:00), Windows (52-54-00), Cisco (5254.0012.3456) or bare.
func parseMAC(s string) ([]byte, error) {
	sep, size := "", 2
	for _, c := range []struct {
		sep  string
		size int
	}{{":", 2}, {"-", 2}, {".", 4}} {
		if strings.Contains(s, c.sep) {
			sep, size = c.sep, c.size
			break
		}
	}
	parts := []string{s}
	if sep != "" {
		parts = strings.Split(s, sep)
	}
	bad := sep != "" && slices.ContainsFunc(parts, func(p string) bool { return len(p) != size })
	b, err := hex.DecodeString(strings.Join(parts, ""))
	if bad || err != nil || len(b) == 0 || len(b) > 6 {
		return nil, fmt.Errorf("%q is not a MAC address or its first octets", s)
	}
	return b, nil
}

// parseUUID reads a machine's UUID as its firmware shows it and gives the 16
// octets of option 97: the first three fields go little-endian (PXE 2.1).
func parseUUID(s string) ([]byte, error) {
	b, err := hex.DecodeString(strings.ReplaceAll(strings.Trim(s, "{}"), "-", ""))
	if err != nil || len(b) != 16 {
		return nil, fmt.Errorf("%q is not a UUID", s)
	}
	return swapUUID(b), nil
}

// swapUUID turns the text order of a UUID into that of option 97, and back.
func swapUUID(b []byte) []byte {
	b = slices.Clone(b)
	slices.Reverse(b[0:4])
	slices.Reverse(b[4:6])
	slices.Reverse(b[6:8])
	return b
}

// parseIPv4 reads any IPv4 address.
func parseIPv4(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	return a, err == nil && a.Is4()
}
