package plan

import (
	"regexp"
	"strings"
)

// eatenPath matches a WDS path whose backslashes a shell took away, with the
// "d" that \x64 becomes where escapes are read.
var eatenPath = regexp.MustCompile(`(?i)^(boot|smsboot)(d|x64|x86|arm64|ia64|arm|x64uefi|x86uefi)\\?` +
	`(wdsnbp\.com|wdsmgfw\.efi|bootmgfw\.efi|pxeboot\.com|pxeboot\.n12|abortpxe\.com|hdlscom[12]\.com|hdlscom[12]\.n12|bootmgr\.exe)$`)

// gitBash is what MSYS puts before an argument that begins with a slash.
var gitBash = regexp.MustCompile(`(?i)^[a-z]:/(program files( \(x86\))?/git|msys64|git)/`)

// ShellMark finds the marks of a shell that changed a file name on its way. typed
// is what stood before the name on the command line, such as "--file". The
// error is an [*Error] without a place.
func ShellMark(typed, name string) error {
	if m := eatenPath.FindStringSubmatch(name); m != nil {
		folder := m[2]
		if strings.EqualFold(folder, "d") {
			folder = "x64"
		}
		return usage("use single quotes: "+typed+" '"+m[1]+`\`+folder+`\`+m[3]+"'", "the shell ate the backslashes of %s %s", typed, quoted(name))
	}
	if m := gitBash.FindString(name); m != "" {
		return usage("MSYS_NO_PATHCONV=1 keeps it: "+typed+" '/"+name[len(m):]+"'", "the shell made a Windows path of %s %s", typed, quoted(name))
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
		return usage("leave the inner quotes out: "+typed+" '"+inner+"'", "the shell left the quotes in %s %s", typed, name)
	}
	return nil
}
