package dhcpopts

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// codec turns a kind of value into text and back. format may return any text
// for a value that is not of its kind: formatKind checks.
type codec struct {
	format func([]byte) string
	parse  func(string) ([]byte, error)
}

// FormatOption writes an option's value as one line of safe text, which
// [ParseOption] reads back to the same octets. A value that is not built as its
// option wants is written "hex:…".
func FormatOption(code uint8, value []byte) string {
	return formatKind(LookupOption(code).Kind, value)
}

// ParseOption reads the text of an option's value: as [FormatOption] writes it,
// or "hex:" and octets in any form of [ParseHex]. Names beside numbers are not
// needed: "7, 9" is an option 93.
func ParseOption(code uint8, text string) ([]byte, error) {
	info := LookupOption(code)
	value, err := parseKind(info.Kind, text)
	if err != nil {
		return nil, fmt.Errorf("option %d (%s): %w", code, info.Name, err)
	}
	return value, nil
}

func formatKind(kind Kind, value []byte) string {
	text := codecOf(kind).format(value)
	if readsBack(kind, value) {
		return text
	}
	if back, err := parseKind(kind, text); err == nil && bytes.Equal(back, value) {
		return text
	}
	return formatHexValue(value)
}

func formatHexValue(b []byte) string { return "hex:" + hex.EncodeToString(b) }

// readsBack reports of the commonest kinds that their text is known to give the
// value back: trying costs most of the time that a large capture takes.
func readsBack(kind Kind, value []byte) bool {
	switch kind {
	case KindText:
		return !bytes.HasPrefix(value, []byte("hex:"))
	case KindCodes, KindBytes:
		return true
	case KindIP, KindU32:
		return len(value) == 4
	case KindIPs:
		return len(value) > 0 && len(value)%4 == 0
	case KindU16:
		return len(value) == 2
	case KindArchs:
		return len(value)%2 == 0
	case KindU8, KindMessage:
		return len(value) == 1
	case KindMachineID:
		return len(value) == 17 && value[0] == 0
	case KindClientID:
		return len(value) == 7 && value[0] == 1
	case KindUNDI:
		return len(value) == 3 && value[0] == 1
	}
	return false
}

func parseKind(kind Kind, text string) ([]byte, error) {
	if digits, ok := strings.CutPrefix(text, "hex:"); ok {
		if b, err := hex.DecodeString(digits); err == nil { // as formatHexValue writes it
			return b, nil
		}
		return ParseHex(digits)
	}
	return codecOf(kind).parse(text)
}

func codecOf(kind Kind) codec {
	switch kind {
	case KindText:
		return codec{SafeText, parseText}
	case KindOpaque:
		return codec{formatOpaque, parseText}
	case KindEmpty:
		return codec{func([]byte) string { return "" }, parseEmpty}
	case KindIP, KindIPs:
		return codec{formatIPs, func(s string) ([]byte, error) { return parseIPs(s, kind == KindIP) }}
	case KindU8, KindU16, KindU16LE, KindU32, KindI32:
		return numberCodecs[kind]
	case KindFlag:
		return wordCodec("off", "on")
	case KindOverload:
		return wordCodec("", "file", "sname", "file and sname")
	case KindMessage:
		return codec{formatMessage, parseMessage}
	case KindUNDI, KindMachineID, KindClientID:
		return identityCodec(kind)
	}
	return listCodec(kind)
}

// listCodec has the kinds that are lists of something.
func listCodec(kind Kind) codec {
	switch kind {
	case KindU16s:
		return codec{formatU16s, parseU16s}
	case KindCodes:
		return codec{formatCodes, parseCodes}
	case KindArchs:
		return codec{formatArchList, parseArchList}
	case KindUserClass:
		return codec{formatUserClass, parseUserClass}
	case KindRoutes:
		return codec{formatRoutes, parseRoutes}
	case KindPXE, KindRelay, KindIPXE, KindWDS:
		return subOptionCodec(kind)
	case KindServers:
		return codec{formatServers, parseServers}
	case KindMenu:
		return codec{formatMenu, parseMenu}
	case KindPrompt:
		return codec{formatPrompt, parsePrompt}
	case KindItem:
		return codec{formatItem, parseItem}
	}
	return codec{formatHexValue, func(string) ([]byte, error) { return nil, errNotHex }}
}

var errNotHex = errors.New("give the octets as hex:…")

func parseText(s string) ([]byte, error) { return ParseSafeText(s), nil }

// formatOpaque writes printable ASCII as text; "" does not read back as anything
// else, which so becomes hex.
func formatOpaque(b []byte) string {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return ""
		}
	}
	return SafeText(b)
}

func parseEmpty(s string) ([]byte, error) {
	if s != "" {
		return nil, fmt.Errorf("%q: the option has no value", s)
	}
	return []byte{}, nil
}

// items splits a list at commas, blanks around each taken off.
func items(s string) []string {
	if strings.TrimSpace(s) == "" {
		return nil
	}
	list := strings.Split(s, ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}

// firstWord is the number of an item that has a name beside it: "7 efi-x64".
func firstWord(item string) string {
	word, _, _ := strings.Cut(item, " ")
	return word
}
