// Package kea reads and writes the config of ISC Kea's DHCPv4 server, and says
// what that server sends.
//
// Everything here was measured on Kea 2.2.0 or read in its source; [Parse] and
// [Config.Answer] are the model, [Target] the language. The model reproduces
// testdata/vectors/kea.json.
package kea

import "pxekit/dhcpopts/dialect"

// Target is the kea language.
var Target = dialect.Target{
	Name:  "kea",
	Title: "ISC Kea DHCPv4 2.2 and later",
	Forms: []dialect.Form{
		{Name: formClasses, Title: "client classes with header fields and option-data"},
		{Name: formFlex, Title: "client classes and the flex-option hook, which can send a closing NUL"},
	},
	Write:   write,
	Spell:   spell,
	Read:    read,
	Comment: "//",
	Support: support(),
	Whole:   true,
}

func support() map[dialect.Feature]dialect.Support {
	all := dialect.Everything(dialect.Wire)
	all[dialect.FeatNUL] = dialect.Support{Can: true, Evidence: dialect.Wire, Note: "option-data trims it; --as flex-option sends it", Forms: []string{formFlex}}
	return all
}
