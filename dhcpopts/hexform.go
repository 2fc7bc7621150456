package dhcpopts

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// HexForm is a way to write octets as text.
type HexForm string

// The forms, by the names they have on the command line.
const (
	HexPlain  HexForm = "hex"    // 626f6f74
	HexColon  HexForm = "colon"  // 62:6f:6f:74
	HexDash   HexForm = "dash"   // 62-6f-6f-74
	HexSpaced HexForm = "spaced" // 62 6f 6f 74
	Hex0x     HexForm = "0x"     // 0x626f6f74
	HexC      HexForm = "c"      // { 0x62, 0x6f, 0x6f, 0x74 }
	HexString HexForm = "string" // \x62\x6f\x6f\x74
	HexBase64 HexForm = "base64" // Ym9vdA==
)

// HexForms lists all forms.
func HexForms() []HexForm {
	return []HexForm{HexPlain, HexColon, HexDash, HexSpaced, Hex0x, HexC, HexString, HexBase64}
}

// ParseHexForm reads the name of a form.
func ParseHexForm(name string) (HexForm, error) {
	var names []string
	for _, f := range HexForms() {
		if string(f) == name {
			return f, nil
		}
		names = append(names, string(f))
	}
	return "", fmt.Errorf("unknown form %q; there are %s", name, strings.Join(names, ", "))
}

// FormatHex writes octets in a form, on one line.
func FormatHex(form HexForm, b []byte) string {
	switch form {
	case HexColon:
		return joinHex(b, "", ":")
	case HexDash:
		return joinHex(b, "", "-")
	case HexSpaced:
		return joinHex(b, "", " ")
	case Hex0x:
		return "0x" + hex.EncodeToString(b)
	case HexC:
		return strings.Replace("{ "+joinHex(b, "0x", ", ")+" }", "  ", " ", 1)
	case HexString:
		return joinHex(b, `\x`, "")
	case HexBase64:
		return base64.StdEncoding.EncodeToString(b)
	}
	return hex.EncodeToString(b)
}

func joinHex(b []byte, prefix, separator string) string {
	var text strings.Builder
	text.Grow(len(b) * (len(prefix) + 2 + len(separator)))
	for i, c := range b {
		if i > 0 {
			text.WriteString(separator)
		}
		text.WriteString(prefix)
		text.Write([]byte{hexDigits[c>>4], hexDigits[c&15]})
	}
	return text.String()
}
