package isc

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// generator writes random expressions and statements as words, most of them
// valid.
type generator struct{ *rand.Rand }

func (g generator) pick(choices ...string) string { return choices[g.IntN(len(choices))] }

func (g generator) boolean(depth int) string {
	if depth == 0 {
		return g.pick("known", "static", "exists user-class", "exists unknown-175", "option user-class = \"iPXE\"", "option pxe-system-type = 00:07")
	}
	switch g.IntN(7) {
	case 0:
		return "not " + g.pick("exists host-name", "known", "( "+g.boolean(depth-1)+" )")
	case 1:
		return g.boolean(depth-1) + " and " + g.boolean(depth-1)
	case 2:
		return "( " + g.boolean(depth-1) + " or " + g.boolean(depth-1) + " )"
	case 3:
		return g.number(depth-1) + " = " + g.number(depth-1)
	case 4:
		return g.data(depth-1) + " ~= \"" + g.pick("PXE", "^.P", "[0-9]+", "") + "\""
	}
	return g.data(depth-1) + g.pick(" = ", " != ") + g.data(depth-1)
}

func (g generator) data(depth int) string {
	if depth == 0 {
		return g.pick(`"PXEClient"`, `"a\\b\000"`, "hardware", "option vendor-class-identifier", "option user-class",
			"option pxe-client-id", "option host-name", "00:07", "option dhcp-parameter-request-list", `""`, "packet ( 28 , 6 )")
	}
	d := g.data(depth - 1)
	switch g.IntN(10) {
	case 0:
		return fmt.Sprintf("substring ( %s , %d , %d )", d, g.IntN(12), g.IntN(12))
	case 1:
		return fmt.Sprintf("suffix ( %s , %d )", d, g.IntN(12))
	case 2:
		return "concat ( " + d + " , " + g.data(depth-1) + g.pick("", " , \"z\"") + " )"
	case 3:
		return g.pick("lcase", "ucase") + " ( " + d + " )"
	case 4:
		return fmt.Sprintf("binary-to-ascii ( %s , %s , \"%s\" , %s )", g.pick("2", "8", "10", "16"), g.pick("8", "16"), g.pick("", ":", "."), d)
	case 5:
		return "encode-int ( " + g.number(depth-1) + " , " + g.pick("8", "16", "32") + " )"
	case 6:
		return "pick-first-value ( " + d + " , " + g.data(depth-1) + " )"
	case 7:
		return fmt.Sprintf("reverse ( %s , %s )", g.pick("1", "2"), d)
	case 8:
		return "config-option " + g.pick("domain-name", "bootfile-name", "root-path")
	}
	return d
}

func (g generator) number(depth int) string {
	if depth == 0 {
		return fmt.Sprintf("extract-int ( %s , 8 )", g.pick("hardware", "option vendor-class-identifier", "option pxe-system-type"))
	}
	return fmt.Sprintf("extract-int ( %s , %s ) %s %d", g.data(depth-1), g.pick("32", "16"), g.pick("&", "+", "-", "*", "/", "%", "|", "^"), g.IntN(20))
}

func (g generator) statement(depth int) string {
	switch g.IntN(5) {
	case 0:
		text := "if " + g.boolean(2) + " { " + g.statement(0) + " }"
		if depth > 0 {
			text += g.pick("", " elsif "+g.boolean(1)+" { }", " else { "+g.statement(0)+" }", " else if "+g.boolean(1)+" { "+g.statement(0)+" }")
		}
		return text
	case 1:
		return "option " + g.pick("bootfile-name", "root-path", "unknown-200", "vendor-class-identifier") + " = " + g.data(2) + " ;"
	case 2:
		return g.pick("filename", "server-name", "option bootfile-name") + " " + g.pick(`"a\\b"`, "bare", "= "+g.data(1)) + " ;"
	case 3:
		return g.pick("option routers 10.0.0.1 , 10.0.0.2 ;", "next-server 10.0.0.9 ;", "option boot-size 5 ;", "option tftp-server-address 10.0.0.1 ;",
			"append root-path \"x\" ;", "default domain-name \"x\" ;", "always-broadcast on ;", "option pxe-client-id 0 1:2:3 ;")
	}
	return g.pick("class \"c\" { match if ", "class \"c\" { match ") + g.boolean(1) + " ; }"
}

// mutate drops, doubles or replaces one word of a text.
func (g generator) mutate(text string) string {
	words := strings.Fields(text)
	i := g.IntN(len(words))
	switch g.IntN(3) {
	case 0:
		words = append(words[:i:i], words[i+1:]...)
	case 1:
		words = append(words[:i+1:i+1], words[i:]...)
	case 2:
		words[i] = g.pick("{", "}", "(", ")", ";", "=", ",", "and", "0", "7", "\"s\"", "x", "option", "exists", ":", ".")
	}
	return strings.Join(words, " ")
}
