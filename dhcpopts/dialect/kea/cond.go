package kea

import (
	"bytes"
	"fmt"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

// condition writes a Cond as a class expression. Values are compared as octets:
// .text would never match an option that Kea takes for binary, and == needs as
// many octets on both sides.
func condition(c plan.Cond) string {
	terms := []string{prefix("option[60].hex", []byte(c.Class))}
	if c.Archs != nil {
		terms = append(terms, archTerm(c.Archs))
	}
	if c.Stage != dhcpopts.AnyStage {
		ipxe := "(" + userClass("iPXE") + " or option[175].exists)"
		if c.Stage == dhcpopts.FirstStage {
			ipxe = "not " + ipxe
		}
		terms = append(terms, ipxe)
	}
	if c.UserClass != "" {
		terms = append(terms, "("+userClass(c.UserClass)+")")
	}
	if c.MAC != nil {
		terms = append(terms, macTerm(c.MAC))
	}
	if c.UUID != nil {
		terms = append(terms, fmt.Sprintf("substring(option[97].hex,1,all) == 0x%X", c.UUID))
	}
	return strings.Join(terms, " and ")
}

func prefix(value string, want []byte) string {
	return fmt.Sprintf("substring(%s,0,%d) == %s", value, len(want), exprText(want))
}

// archTerm holds for the first type of option 93; bios also without one.
func archTerm(archs []dhcpopts.Arch) string {
	var terms []string
	for _, a := range archs {
		if a == dhcpopts.BIOS {
			terms = append(terms, "not option[93].exists")
		}
		terms = append(terms, fmt.Sprintf("substring(option[93].hex,0,2) == 0x%04X", uint16(a)))
	}
	return anyOf(terms)
}

// anyOf joins alternatives, in parentheses where there are several.
func anyOf(terms []string) string {
	if len(terms) == 1 {
		return terms[0]
	}
	return "(" + strings.Join(terms, " or ") + ")"
}

// userClass takes option 77 bare, as iPXE sends it, and as the first of RFC
// 3004's counted strings.
func userClass(name string) string {
	counted := append([]byte{byte(len(name))}, name...)
	return "option[77].hex == " + exprText([]byte(name)) + " or " + prefix("option[77].hex", counted)
}

// wholeMAC is the length of an Ethernet address; a shorter one is a prefix.
const wholeMAC = 6

func macTerm(mac []byte) string {
	if len(mac) < wholeMAC {
		return fmt.Sprintf("substring(pkt4.mac,0,%d) == 0x%X", len(mac), mac)
	}
	return fmt.Sprintf("pkt4.mac == 0x%X", mac)
}

// exprText writes octets as a literal: text in single quotes where it can be read,
// else hexadecimal. The language has no escapes.
func exprText(b []byte) string {
	if len(b) > 0 && (!printable(b) || bytes.IndexByte(b, '\'') >= 0) {
		return fmt.Sprintf("0x%X", b)
	}
	return "'" + string(b) + "'"
}

// exprValue writes what the flex-option hook sends: readable text and its closing
// NULs apart.
func exprValue(b []byte) string {
	head := trimNUL(b)
	nuls := len(b) - len(head)
	if nuls == 0 || exprText(head)[0] != '\'' || len(head) == 0 {
		return exprText(b)
	}
	return fmt.Sprintf("concat(%s,0x%s)", exprText(head), strings.Repeat("00", nuls))
}

func printable(b []byte) bool {
	return !bytes.ContainsFunc(b, func(r rune) bool { return r < ' ' || r > '~' })
}
