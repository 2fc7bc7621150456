package dialect

import (
	"bytes"
	"fmt"
	"slices"

	"pxekit/dhcpopts"
)

// Differences says in words where what a server sends differs from what a plan
// wants, nothing when the two are Equal.
func Differences(want, got dhcpopts.Answer) []string {
	if want.Equal(got) {
		return nil
	}
	var all []string
	if want.HasServer() != got.HasServer() || want.HasServer() && want.SIAddr != got.SIAddr {
		all = append(all, fmt.Sprintf("siaddr is %s, the plan says %s", server(got), server(want)))
	}
	all = append(all, field("sname", want.SName, got.SName)...)
	all = append(all, field("file", want.File, got.File)...)
	for _, code := range codes(want, got) {
		if text := option(code, want, got); text != "" {
			all = append(all, text)
		}
	}
	return all
}

func server(a dhcpopts.Answer) string {
	if !a.HasServer() {
		return "not set"
	}
	return a.SIAddr.String()
}

func field(name string, want, got []byte) []string {
	switch {
	case bytes.Equal(want, got):
		return nil
	case len(got) == 0:
		return []string{"header field " + name + " stays empty"}
	}
	return []string{fmt.Sprintf("header field %s is %s", name, quote(got))}
}

func codes(answers ...dhcpopts.Answer) []uint8 {
	var all []uint8
	for _, a := range answers {
		for _, o := range a.Options {
			if !slices.Contains(all, o.Code) {
				all = append(all, o.Code)
			}
		}
	}
	return all
}

func option(code uint8, want, got dhcpopts.Answer) string {
	w, wanted := want.Get(code)
	g, sent := got.Get(code)
	name := fmt.Sprintf("option %d", code)
	switch {
	case !sent:
		return name + " is not sent"
	case !wanted:
		return name + " is sent, the plan has none: " + spaced(g)
	case got.Instances(code) != want.Instances(code):
		return fmt.Sprintf("%s is sent in %d pieces", name, got.Instances(code))
	case bytes.Equal(w, g):
		return ""
	case bytes.Equal(append(slices.Clip(w), 0), g):
		return name + " gets a closing NUL"
	case bytes.Equal(w, append(slices.Clip(g), 0)):
		return name + " loses its closing NUL"
	}
	return name + " is " + spaced(g)
}

// spaced is hex as it stands in captures and in this module's texts: "62 6f".
func spaced(b []byte) string { return fmt.Sprintf("% x", b) }
