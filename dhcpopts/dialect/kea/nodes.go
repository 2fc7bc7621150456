package kea

import (
	"fmt"
	"strconv"

	"pxekit/dhcpopts"
)

func str(s string) *Node                { return &Node{Kind: String, Str: s} }
func number10(n int) *Node              { return &Node{Kind: Int, Str: strconv.Itoa(n)} }
func boolean(b bool) *Node              { return &Node{Kind: Bool, Bool: b} }
func list(items ...*Node) *Node         { return &Node{Kind: List, Items: items} }
func object(members ...Member) *Node    { return &Node{Kind: Map, Members: members} }
func member(key string, v *Node) Member { return Member{Key: key, Value: v} }

// optionNode is an option-data entry that sends these octets whatever the client
// asks for. csv-format false keeps commas and backslashes as they are.
func optionNode(o dhcpopts.Option) *Node {
	return object(optionKey(o.Code), member("always-send", boolean(true)), member("csv-format", boolean(false)), member("data", str(dataText(o.Data))))
}

// optionKey names an option that Kea has a name for.
func optionKey(code uint8) Member {
	if def, ok := standardByCode(code); ok {
		return member("name", str(def.name))
	}
	return member("code", number10(int(code)))
}

// dataText is the text of csv-format false: single quotes around what can be
// read, else hexadecimal digits. Kea trims blanks inside the quotes.
func dataText(b []byte) string {
	if len(b) == 0 || !printable(b) || b[0] == ' ' || b[len(b)-1] == ' ' {
		return fmt.Sprintf("%X", b)
	}
	return "'" + string(b) + "'"
}

// vendorDef makes option 43 plain octets in its class: without it Kea reads
// sub-options and drops the end mark (servers.md 2.3).
func vendorDef() *Node {
	return object(member("name", str("pxe-vendor-options")), member("code", number10(dhcpopts.OptVendor)),
		member("space", str(mainSpace)), member("type", str("binary")))
}

// flexNode is an entry of the hook for the clients of one class.
func flexNode(class string, o dhcpopts.Option) *Node {
	return object(member("code", number10(int(o.Code))), member("client-class", str(class)), member("supersede", str(exprValue(o.Data))))
}
