package dhcpopts

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// endItem stands for the 255 that closes a list of sub-options.
const endItem = "end"

// subOptionCodec writes a list of sub-options:
// "6 discovery control: 8; 9 boot menu: 1 Install, 0 Local boot; end".
func subOptionCodec(kind Kind) codec {
	return codec{
		func(b []byte) string { return formatSubOptions(kind, b) },
		func(s string) ([]byte, error) { return parseSubOptions(kind, s) },
	}
}

// DecodeSubOptions reads the value of an option that is a list of sub-options
// (see [SubOptions]). Offsets count from the start of value. closed reports a
// 255 at the end. The error is the first fault, a [*SyntaxError].
func DecodeSubOptions(code uint8, value []byte) (subs []Option, closed bool, err error) {
	f := readSubOptions(LookupOption(code).Kind, value, fmt.Sprintf("option %d sub-option", code))
	if f.err != nil {
		return f.options, false, f.err
	}
	return f.options, f.end >= 0, nil
}

// readSubOptions: the sub-options of a relay agent have neither pad nor END (RFC
// 3046 section 2.0); the others are built as an options field is.
func readSubOptions(kind Kind, value []byte, what string) field {
	if kind != KindRelay {
		return readField(value, 0, len(value), "", what)
	}
	f := field{end: -1}
	for f.rest < len(value) && f.readOne(value, len(value), "", what) {
	}
	return f
}

func formatSubOptions(kind Kind, b []byte) string {
	f := readSubOptions(kind, b, "")
	list := make([]string, 0, len(f.options)+1)
	for _, sub := range f.options {
		info := lookupSub(kind, sub.Code)
		text := strings.ReplaceAll(formatKind(info.Kind, sub.Data), ";", "<3b>")
		list = append(list, strconv.Itoa(int(sub.Code))+" "+info.Name+": "+text)
	}
	if f.end >= 0 {
		list = append(list, endItem)
	}
	return strings.Join(list, "; ")
}

func lookupSub(kind Kind, code uint8) OptionInfo {
	if info, ok := subTable(kind)[code]; ok {
		return info
	}
	return OptionInfo{Code: code, Name: "unknown", Kind: KindBytes}
}

func parseSubOptions(kind Kind, s string) (b []byte, err error) {
	for _, item := range strings.Split(s, ";") {
		item = strings.TrimSpace(item)
		if item == endItem {
			b = append(b, OptEnd)
			continue
		}
		head, text, ok := strings.Cut(item, ":")
		code, err := strconv.ParseUint(firstWord(head), 10, 8)
		if !ok || err != nil {
			return nil, fmt.Errorf("%q is not a sub-option such as 6: 8", item)
		}
		value, err := parseKind(lookupSub(kind, uint8(code)).Kind, strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("sub-option %d: %w", code, err)
		}
		if len(value) > optionMax {
			return nil, fmt.Errorf("sub-option %d is %d octets long, the most is %d", code, len(value), optionMax)
		}
		b = appendTLV(b, uint8(code), value)
	}
	return b, nil
}

// pxeOf decodes one sub-option of option 43 alone.
func pxeOf(code uint8, data []byte) (p PXE, ok bool) {
	return p, p.read(Option{Code: code, Data: data}) == nil
}

func formatServers(b []byte) string {
	p, _ := pxeOf(PXEBootServers, b)
	list := make([]string, len(p.Servers))
	for i, s := range p.Servers {
		list[i] = strconv.Itoa(int(s.Type))
		for _, a := range s.Addrs {
			list[i] += " " + a.String()
		}
	}
	return strings.Join(list, ", ")
}

func parseServers(s string) (b []byte, err error) {
	for _, item := range items(s) {
		kind, addrs, _ := strings.Cut(item, " ")
		t, err := parseType(kind)
		if err != nil {
			return nil, err
		}
		var list []byte
		if addrs != "" {
			if list, err = parseIPs(addrs, false); err != nil {
				return nil, err
			}
		}
		if len(list)/4 > optionMax {
			return nil, fmt.Errorf("boot server type %d has %d addresses, the most is 255", t, len(list)/4)
		}
		b = append(binary.BigEndian.AppendUint16(b, t), uint8(len(list)/4))
		b = append(b, list...)
	}
	return b, nil
}

func formatMenu(b []byte) string {
	p, _ := pxeOf(PXEBootMenu, b)
	list := make([]string, len(p.Menu))
	for i, m := range p.Menu {
		text := strings.ReplaceAll(SafeText([]byte(m.Text)), ",", "<2c>")
		list[i] = strings.TrimSpace(fmt.Sprintf("%d %s", m.Type, text))
	}
	return strings.Join(list, ", ")
}

func parseMenu(s string) (b []byte, err error) {
	for _, item := range items(s) {
		kind, text, _ := strings.Cut(item, " ")
		t, err := parseType(kind)
		if err != nil {
			return nil, err
		}
		label := ParseSafeText(text)
		if len(label) > optionMax {
			return nil, fmt.Errorf("menu text %q is %d octets long, the most is %d", text, len(label), optionMax)
		}
		b = append(binary.BigEndian.AppendUint16(b, t), uint8(len(label)))
		b = append(b, label...)
	}
	return b, nil
}

func parseType(s string) (uint16, error) {
	t, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("%q is not a boot server type from 0 to 65535", s)
	}
	return uint16(t), nil
}

func formatPrompt(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", b[0], SafeText(b[1:])))
}

func parsePrompt(s string) ([]byte, error) {
	seconds, text, _ := strings.Cut(s, " ")
	n, err := strconv.ParseUint(seconds, 10, 8)
	if err != nil {
		return nil, fmt.Errorf("%q does not begin with a timeout from 0 to 255", s)
	}
	return append([]byte{uint8(n)}, ParseSafeText(text)...), nil
}

func formatItem(b []byte) string {
	p, ok := pxeOf(PXEBootItem, b)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%d layer %d", p.Item.Type, p.Item.Layer)
}

func parseItem(s string) ([]byte, error) {
	kind, layer, _ := strings.Cut(s, " layer ")
	t, err1 := strconv.ParseUint(kind, 10, 16)
	l, err2 := strconv.ParseUint(layer, 10, 16)
	if err1 != nil || err2 != nil {
		return nil, fmt.Errorf("%q is not a boot item such as 1 layer 0", s)
	}
	return []byte{uint8(t >> 8), uint8(t), uint8(l >> 8), uint8(l)}, nil
}
