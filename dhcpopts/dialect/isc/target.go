package isc

import (
	"pxekit/dhcpopts/dialect"
)

// The forms of the text.
const (
	formIf    = "if"
	formClass = "class"
)

// Target is ISC dhcpd as generate, encode and decode use it.
var Target = dialect.Target{
	Name:  "isc",
	Title: "ISC dhcpd 4.4",
	Forms: []dialect.Form{
		{Name: formIf, Title: "if/elsif, to paste into one subnet"},
		{Name: formClass, Title: "a class, to paste at the top of the file"},
	},
	Write:   Write,
	Spell:   Spell,
	Read:    Read,
	Comment: "#",
	Support: support(),
	Whole:   true,
}

// support: dhcpd can say everything a plan may ask for.
func support() map[dialect.Feature]dialect.Support {
	all := dialect.Everything(dialect.Wire)
	all[dialect.FeatNUL] = dialect.Support{
		Can: true, Evidence: dialect.Wire,
		Note: "a client that closes its host name (option 12) with a NUL gets one NUL more in 66 and 67",
	}
	return all
}
