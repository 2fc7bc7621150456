package plan

import (
	"strings"

	"pxekit/dhcpopts"
)

// gitBash are the folders, on any drive, that MSYS puts before an argument that
// begins with a slash.
var gitBash = []string{":/program files/git", ":/program files (x86)/git", ":/msys64", ":/git"}

// cutGitBash takes what MSYS put there off a name.
func cutGitBash(name string) (rest string, ok bool) {
	for _, folder := range gitBash {
		n := 1 + len(folder)
		if len(name) > n && name[n] == '/' && strings.EqualFold(name[1:n], folder) {
			return name[n:], true
		}
	}
	return "", false
}

// ShellQuote puts a word in single quotes, in which a POSIX shell leaves everything
// as it is but the quote itself.
func ShellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// ShellMark finds the marks of a shell that changed a file name on its way. typed
// is what stood before the name on the command line, such as "--file". The
// error is an [*Error] without a place.
func ShellMark(typed, name string) error {
	if meant, _ := dhcpopts.Eaten(name); meant != "" {
		return usage("use single quotes: "+typed+" "+ShellQuote(meant), "the shell ate the backslashes of %s %s", typed, quoted(name))
	}
	if rest, ok := cutGitBash(name); ok {
		return usage("MSYS_NO_PATHCONV=1 keeps it: "+typed+" "+ShellQuote(rest), "the shell made a Windows path of %s %s", typed, quoted(name))
	}
	if len(name) < 2 {
		return nil
	}
	inner := name[1 : len(name)-1]
	switch q := name[0]; {
	case q != name[len(name)-1]:
	case q == '\'':
		return usage(`cmd.exe keeps single quotes, use double ones there: `+typed+` "`+inner+`"`, "the shell left the quotes in %s %s", typed, name)
	case q == '"':
		return usage("leave the inner quotes out: "+typed+" "+ShellQuote(inner), "the shell left the quotes in %s %s", typed, name)
	}
	return nil
}
