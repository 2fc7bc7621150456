package dhcpopts

import (
	"regexp"
	"sync"
)

// pattern is a regular expression that is compiled at its first use: most runs
// of a program need none of them.
func pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
