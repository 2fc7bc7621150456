package kea

import (
	"bytes"
	"fmt"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
)

// spell gives the option-data entry for a value. Sent is without the closing NUL
// that option-data trims; the Note then has the hook's entry that keeps it.
func spell(code uint8, value []byte) (dialect.Spelling, error) {
	o := dhcpopts.Option{Code: code, Data: value}
	if reserved(code) {
		return dialect.Spelling{}, fmt.Errorf("kea makes option %d itself", code)
	}
	sent, err := classValue(o)
	if err != nil {
		return dialect.Spelling{}, fmt.Errorf("kea refuses this value of option %d: %w", code, err)
	}
	s := dialect.Spelling{Text: formatFlat(optionNode(dhcpopts.Option{Code: code, Data: sent})), Where: `in "option-data" of a class, subnet, pool or reservation`, Sent: sent}
	if code == dhcpopts.OptVendor {
		s.Where = fmt.Sprintf(`in "option-data" of a class that has "option-def": [%s]`, formatFlat(vendorDef()))
	}
	if !bytes.Equal(sent, value) {
		hook := object(member("code", number10(int(code))), member("supersede", str(exprValue(value))))
		s.Note = "kea changes this value; the hook libdhcp_flex_option sends it as it is: " + formatFlat(hook)
	}
	return s, nil
}

// read says what Kea sends for what stands in "data": the text between the
// quotes of the config, with or without them, or a whole option-data entry.
func read(code uint8, typed string) (dialect.Reading, error) {
	t := strings.TrimSpace(typed)
	if !strings.HasPrefix(t, "{") {
		if len(t) < 2 || t[0] != '"' || t[len(t)-1] != '"' {
			t = `"` + typed + `"`
		}
		t = fmt.Sprintf(`{"code": %d, "data": %s}`, code, t)
	}
	n, err := ParseJSON(t)
	if err != nil {
		return dialect.Reading{}, fmt.Errorf("kea refuses %q: %w", typed, err)
	}
	l := &loader{conf: &Config{byName: map[string]int{}}}
	if n.Kind == Map && n.Get("code") == nil && n.Get("name") == nil {
		n.Members = append(n.Members, member("code", number10(int(code))))
	}
	o := l.optionData(n, []definition{{code: dhcpopts.OptVendor, name: "pxe-vendor-options", types: typesOf(typeBinary)}}, false)
	if l.err != nil {
		return dialect.Reading{}, fmt.Errorf("kea refuses %q: %w", typed, l.err)
	}
	if o.code != code {
		return dialect.Reading{}, fmt.Errorf("%q is option %d, not %d", typed, o.code, code)
	}
	data, _ := l.text(n, "data")
	return dialect.Reading{Sent: o.value, Note: changed(n, data, o.value), Evidence: dialect.Wire}, nil
}

// changed tells what happened to text on its way to the wire.
func changed(n *Node, data string, sent []byte) string {
	def := find(nil, mainSpace, "", codeOf(n))
	if def == nil || def.types[0] != typeString || data == string(sent) {
		return ""
	}
	if csv := n.Get("csv-format"); csv != nil && !csv.Bool {
		if b, _ := literal(data); len(b) > len(sent) {
			return "closing NULs are trimmed"
		}
		return ""
	}
	var what []string
	add := func(is bool, text string) {
		if is {
			what = append(what, text)
		}
	}
	add(len(tokens(data)) > 1, "cut at the comma")
	add(strings.Trim(data, blanks) != data, "blanks at the ends are trimmed")
	add(strings.HasSuffix(data, "\x00"), "closing NULs are trimmed")
	add(strings.Contains(data, `\\`) || strings.Contains(data, `\,`), `\\ becomes one backslash and \, a comma`)
	return strings.Join(what, "; ")
}

func codeOf(n *Node) uint8 {
	code, _ := (&loader{conf: &Config{byName: map[string]int{}}}).code(n)
	if name := n.Get("name"); code == 0 && name != nil {
		if def := find(nil, mainSpace, name.Str, 0); def != nil {
			code = def.code
		}
	}
	return code
}
