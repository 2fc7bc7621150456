package dhcpopts

import (
	"fmt"
	"strings"
)

// ParseClient reads a client as it is named on a command line:
//
//	KIND[+ipxe][,ATTRIBUTE=VALUE]...
//
// KIND is an architecture ("efi-x64", "7", "00011") or "laptop", and stands for
// what real firmware of that kind sends (see [Firmware], [Laptop]); "+ipxe" is
// the same machine once iPXE runs on it. Attributes change single values:
//
//	archs=7/0 (option 93)    vendor-class=TEXT (60)    host-name=TEXT (12)
//	mac=52:54:00:12:34:56    uuid=UUID (97)            max-size=1472 (57, 0: none)
//	user-class=TEXT (77, bare as iPXE sends it)        counted-user-class=TEXT (77, RFC 3004)
//	prl=full|short|none|1+3+67 (55)                    message=discover|request|inform|… (53)
//	giaddr=IP    ciaddr=IP    broadcast=yes|no    port=4011
//	N=TEXT (any other option)
//
// The value "none" takes an option away; "hex:00ff" gives its octets.
func ParseClient(s string) (Client, error) {
	parts := strings.Split(s, ",")
	c, err := parseClientKind(strings.TrimSpace(parts[0]))
	if err != nil {
		return Client{}, fmt.Errorf("client %q: %w", s, err)
	}
	for _, part := range parts[1:] {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok {
			return Client{}, fmt.Errorf("client %q: %q is not attribute=value", s, part)
		}
		attr, err := findAttribute(name)
		if err == nil {
			err = attr.set(&c, value)
		}
		if err != nil {
			return Client{}, fmt.Errorf("client %q: attribute %q: %w", s, name, err)
		}
	}
	c.Name = s
	return c, nil
}

func parseClientKind(kind string) (Client, error) {
	if kind == "laptop" {
		return Laptop(), nil
	}
	name, ipxe := strings.CutSuffix(kind, "+ipxe")
	a, _, err := ParseArch(name)
	if err != nil {
		return Client{}, err
	}
	if ipxe {
		return Firmware(a).WithIPXE(), nil
	}
	return Firmware(a), nil
}

// String names the client so that [ParseClient] gives the same request again:
// the kind it is nearest to, and the attributes in which it differs.
func (c Client) String() string {
	best := ""
	for _, kind := range []Client{Firmware(c.Arch()), Firmware(c.Arch()).WithIPXE(), Laptop()} {
		if text := c.from(kind); best == "" || len(text) < len(best) {
			best = text
		}
	}
	return best
}

// from writes c as kind and what has to be changed in it. Each change is made
// to kind at once, since one attribute may bring others (mac brings option 61).
func (c Client) from(kind Client) string {
	text := kind.Name
	for _, attr := range attributes() {
		if v := attr.get(c); v != attr.get(kind) && attr.set(&kind, v) == nil {
			text += "," + attr.name + "=" + v
		}
	}
	return text
}
