package dhcpopts

import "strings"

// Boot programs of WDS and Configuration Manager. They live in folders whose
// names begin with boot or smsboot and end with the architecture, so a name that
// runs into its folder has lost its backslashes.
var programs = pattern(`(?i)^(.+?)((?:wdsnbp|pxeboot|abortpxe|hdlscom[12])\.(?:com|n12)|wdsmgfw\.efi|bootmgfw\.efi|bootmgr\.exe)$`)

// folders is what is left of a folder after its backslashes were eaten: by a
// shell (x64), or by a reader of escapes, to which \x64 is the letter d and \x86
// the octet 86.
var folders = pattern(`^\\?(?i)((?:rem(?:ote)?install|sms)?boot)(.*?)(x64|x86|arm64|arm|ia64|x86uefi|x64uefi|d|\x{FFFD})?$`)

// Eaten reports whether a boot file name has lost its backslashes on its way
// through a shell or a config file: "bootx64wdsnbp.com", "bootdwdsnbp.com", a
// backspace where \b stood. meant is the name that was probably typed, "" when it
// cannot be told.
func Eaten(name string) (meant string, ok bool) {
	if back := restoreControls(name); back != name && pathEnd().MatchString(back) {
		return lostD().ReplaceAllString(back, `${1}\x64\`), true
	}
	m := programs().FindStringSubmatch(strings.ToValidUTF8(name, "\uFFFD"))
	if m == nil || strings.HasSuffix(m[1], "/") {
		return "", false
	}
	folder, closed := strings.CutSuffix(m[1], `\`) // one that was doubled is left
	f := folders().FindStringSubmatch(folder)
	switch {
	case f == nil || closed && (f[2] != "" || f[3] == ""):
		return "", false
	case f[2] != "" || f[3] == "":
		return "", true
	}
	arch := f[3]
	switch arch {
	case "d", "D":
		arch = "x64"
	case "\uFFFD":
		arch = "x86"
	}
	return f[1] + `\` + arch + `\` + m[2], true
}

// controls are the escapes that JSON, YAML and shells know, by what they become.
var controls = strings.NewReplacer("\a", `\a`, "\b", `\b`, "\t", `\t`, "\n", `\n`, "\v", `\v`, "\f", `\f`, "\r", `\r`, "\x1b", `\e`)

// restoreControls puts the escapes back that a control character came from. A
// line end at the end of the name is a line end.
func restoreControls(name string) string {
	body := strings.TrimRight(name, "\r\n")
	return controls.Replace(body) + name[len(body):]
}

// pathEnd is how files end, in a dot and a few letters; lostD is a folder whose
// \x64 became a d while the next backslash became a control character.
var (
	pathEnd = pattern(`\\.*\.[A-Za-z0-9]{1,4}[\r\n]*$`)
	lostD   = pattern(`(?i)^(\\?(?:sms)?boot)d\\`)
)
