package isc

import (
	"fmt"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

// condition writes a Cond as dhcpd's expression: terms that all must hold. No
// term needs a definition at the top of the file: pxe-system-type, pxe-client-id
// and user-class are built in, and unknown-175 is what dhcpd calls an option it
// has no name for.
func condition(c plan.Cond) []string {
	terms := append(make([]string, 0, 4), startsWith("option vendor-class-identifier", c.Class))
	if c.Archs != nil {
		terms = append(terms, archTerm(c.Archs))
	}
	switch c.Stage {
	case dhcpopts.IPXEStage:
		terms = append(terms, anyOf(ipxeTerms()))
	case dhcpopts.FirstStage:
		terms = append(terms, "not ("+strings.Join(ipxeTerms(), " or ")+")")
	}
	if c.UserClass != "" {
		terms = append(terms, anyOf(userClassTerms(c.UserClass)))
	}
	if c.MAC != nil {
		terms = append(terms, fmt.Sprintf("substring(hardware, 1, %d) = %s", len(c.MAC), hexList(c.MAC)))
	}
	if c.UUID != nil {
		// Type octet first. One octet more is asked for than a UUID has: a longer
		// identifier is then not equal.
		terms = append(terms, fmt.Sprintf("substring(option pxe-client-id, 1, %d) = %s", len(c.UUID)+1, hexList(c.UUID)))
	}
	return terms
}

// archTerm compares the first of the client's types: a client may list several.
func archTerm(archs []dhcpopts.Arch) string {
	var terms []string
	for _, a := range archs {
		terms = append(terms, "substring(option pxe-system-type, 0, 2) = "+hexList([]byte{byte(a >> 8), byte(a)}))
		if a == dhcpopts.BIOS {
			terms = append(terms, "not exists pxe-system-type")
		}
	}
	return anyOf(terms)
}

func ipxeTerms() []string {
	return append(userClassTerms("iPXE"), fmt.Sprintf("exists unknown-%d", dhcpopts.OptIPXE))
}

// userClassTerms take both wire forms: bare, and RFC 3004's with a length octet.
func userClassTerms(class string) []string {
	terms := []string{"option user-class = " + Quote([]byte(class))}
	if len(class) > 255 {
		return terms
	}
	return append(terms, startsWith("option user-class", string([]byte{byte(len(class))})+class))
}

func startsWith(data, prefix string) string {
	return fmt.Sprintf("substring(%s, 0, %d) = %s", data, len(prefix), Quote([]byte(prefix)))
}

// anyOf joins terms of which one must hold. A single term stays bare: dhcpd
// takes a parenthesis right behind "if" for one around the whole condition.
func anyOf(terms []string) string {
	if len(terms) == 1 {
		return terms[0]
	}
	return "(" + strings.Join(terms, " or ") + ")"
}

// hexList writes octets as dhcpd reads them: 52:54:0a.
func hexList(b []byte) string { return dhcpopts.FormatHex(dhcpopts.HexColon, b) }
