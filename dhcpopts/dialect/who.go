package dialect

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

// Who says in words which machines a condition takes: "x64 UEFI (efi-x64, types
// 7 and 9)". Values of the plan are made safe to print.
func Who(c plan.Cond) string {
	words := []string{kind(c)}
	if c.UserClass != "" {
		words = append(words, "with user class "+quote([]byte(c.UserClass)))
	}
	if len(c.MAC) > 0 {
		words = append(words, "with MAC "+macText(c.MAC))
	}
	if c.UUID != nil {
		words = append(words, "with UUID "+hex.EncodeToString(c.UUID))
	}
	switch c.Stage {
	case dhcpopts.IPXEStage:
		words = append([]string{"iPXE on"}, words...)
	case dhcpopts.FirstStage:
		words = append(words, "before iPXE runs")
	}
	return strings.Join(words, " ")
}

// kind is the architecture part of a condition, or its vendor class.
func kind(c plan.Cond) string {
	var archs string
	if c.Archs != nil {
		archs = strings.Join(archWords(c.Archs), ", ")
	}
	switch {
	case c.Class != dhcpopts.ClassPXE && c.Class != dhcpopts.ClassHTTP:
		return strings.TrimSpace("clients whose option 60 starts with " + quote([]byte(c.Class)) + " " + archs)
	case archs != "":
		return archs
	case c.Class == dhcpopts.ClassHTTP:
		return "every HTTP boot client"
	}
	return "every PXE client"
}

// archWords names architectures, each with what it is. Type 9 beside 7 is the
// same machine under the number of RFC 4578's text.
func archWords(archs []dhcpopts.Arch) []string {
	var words []string
	both := slices.Contains(archs, dhcpopts.EFIX64)
	for _, a := range archs {
		switch {
		case a == dhcpopts.EFIBC && both:
		case a == dhcpopts.EFIX64 && slices.Contains(archs, dhcpopts.EFIBC):
			words = append(words, "x64 UEFI (efi-x64, types 7 and 9)")
		case !a.Registered():
			words = append(words, "type "+a.String())
		default:
			words = append(words, fmt.Sprintf("%s (%s)", a.Describe(), a))
		}
	}
	return words
}

// macText writes a whole address, or the first octets of one.
func macText(mac []byte) string {
	octets := make([]string, len(mac))
	for i, b := range mac {
		octets[i] = hex.EncodeToString([]byte{b})
	}
	text := strings.Join(octets, ":")
	if len(mac) < 6 {
		text += ":…"
	}
	return text
}

// quote shows a value as it is, without doubling its backslashes.
func quote(b []byte) string { return `"` + dhcpopts.SafeText(b) + `"` }
