package plan

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"pxekit/dhcpopts"
)

// YAML writes the plan as plan.yaml; Parse reads the same plan from it, except
// for Pos and Preset. Backslash paths stay as plain scalars where that is safe.
func (p *Plan) YAML() []byte {
	w := &printer{}
	w.line(0, "version: 1")
	if p.Server.IsValid() {
		w.line(0, "server: %s", p.Server)
	}
	if len(p.Scope) > 0 {
		w.line(0, "scope: %s", flowList(p.Scope, netip.Prefix.String))
	}
	if p.NUL.Mode != "" || len(p.NUL.Codes) > 0 {
		w.line(0, "nul: %s", p.NUL)
	}
	if p.Via != "" {
		w.line(0, "via: %s", p.Via)
	}
	if len(p.Rules) > 0 {
		w.line(0, "rules:")
	}
	for i := range p.Rules {
		w.rule(&p.Rules[i])
	}
	if p.HostsFile != "" {
		w.line(0, "hosts: %s", scalar(p.HostsFile))
	} else if len(p.Hosts) > 0 {
		w.line(0, "hosts:")
		for i := range p.Hosts {
			w.host(&p.Hosts[i])
		}
	}
	return w.Bytes()
}

// printer writes lines; a list entry's dash goes before its first line.
type printer struct {
	bytes.Buffer
	dash bool
}

func (w *printer) line(depth int, format string, args ...any) {
	indent := strings.Repeat("  ", depth)
	if w.dash {
		indent, w.dash = indent[:len(indent)-2]+"- ", false
	}
	fmt.Fprintf(w, indent+format+"\n", args...)
}

func (w *printer) rule(r *Rule) {
	w.dash = true
	if m := matchItems(r.Match); len(m) > 0 {
		w.line(2, "match: {%s}", strings.Join(m, ", "))
	}
	w.answer(r)
}

func (w *printer) host(r *Rule) {
	w.dash = true
	for _, item := range matchItems(r.Match) {
		w.line(2, "%s", item)
	}
	w.answer(r)
}

// matchItems writes the conditions that are set, as key: value.
func matchItems(m Match) []string {
	var items []string
	add := func(key, value string) { items = append(items, key+": "+value) }
	if len(m.MAC) > 0 {
		add("mac", `"`+separated(m.MAC, ":")+`"`)
	}
	if len(m.UUID) == 16 {
		u := hex.EncodeToString(swapUUID(m.UUID))
		add("uuid", singleQuote(strings.Join([]string{u[:8], u[8:12], u[12:16], u[16:20], u[20:]}, "-")))
	}
	if len(m.Archs) == 1 {
		add("arch", m.Archs[0].String())
	} else if len(m.Archs) > 1 {
		add("arch", flowList(m.Archs, ArchRef.String))
	}
	if m.Stage != dhcpopts.AnyStage {
		add("stage", string(m.Stage))
	}
	if m.VendorClass != "" {
		add("vendor-class", scalar(m.VendorClass))
	}
	if m.UserClass != "" {
		add("user-class", scalar(m.UserClass))
	}
	return items
}

// String writes an architecture as a rule names it.
func (a ArchRef) String() string {
	if a.Exact {
		return fmt.Sprint(uint16(a.Arch))
	}
	return a.Arch.String()
}

func (w *printer) answer(r *Rule) {
	if r.File != "" {
		w.line(2, "file: %s", scalar(r.File))
	}
	if r.Server.IsValid() {
		w.line(2, "server: %s", r.Server)
	}
	if r.ServerName != "" {
		w.line(2, "server-name: %s", scalar(r.ServerName))
	}
	if r.PXE != nil {
		w.pxe(r.PXE)
	}
	if r.WDS != nil {
		w.wds(r.WDS)
	}
	w.options(r.Options)
	if w.dash { // a rule with nothing in it
		w.line(2, "{}")
	}
}

// options writes one line a code, since a code stands once in a mapping.
func (w *printer) options(options []dhcpopts.Option) {
	if len(options) > 0 {
		w.line(2, "options:")
	}
	var done []uint8
	for _, o := range options {
		if slices.Contains(done, o.Code) {
			continue
		}
		done = append(done, o.Code)
		var values []string
		for _, x := range options {
			if x.Code == o.Code {
				values = append(values, optionText(x))
			}
		}
		if len(values) == 1 {
			w.line(3, "%d: %s", o.Code, values[0])
		} else {
			w.line(3, "%d: [%s]", o.Code, strings.Join(values, ", "))
		}
	}
}

func optionText(o dhcpopts.Option) string {
	switch {
	case o.Code == dhcpopts.OptTFTPAddress && len(o.Data) == 4:
		return fmt.Sprintf("{ip: %s}", netip.AddrFrom4([4]byte(o.Data)))
	case len(o.Data) > 0 && printable(string(o.Data)):
		return fmt.Sprintf("{text: %s}", scalar(string(o.Data)))
	}
	return hexText(string(o.Data))
}

func hexText(s string) string { return "{hex: '" + separated([]byte(s), " ") + "'}" }

func separated(b []byte, sep string) string {
	parts := make([]string, len(b))
	for i, c := range b {
		parts[i] = fmt.Sprintf("%02x", c)
	}
	return strings.Join(parts, sep)
}

func flowList[T any](list []T, text func(T) string) string {
	parts := make([]string, len(list))
	for i, x := range list {
		parts[i] = text(x)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// letters may begin a plain scalar.
const letters = `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz/\`

// plainScalar reports what needs no quotes in YAML, in a block and between
// braces: no indicator, no blank, and nothing that could be a number or a date.
func plainScalar(s string) bool {
	return s != "" && strings.Contains(letters, s[:1]) && strings.Trim(s, letters+"0123456789._+=$~-") == ""
}

// yamlWords mean something else than themselves to some YAML reader.
var yamlWords = []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}

// scalar writes text: plain where that is safe, in single quotes, which keep
// every character, or as octets.
func scalar(s string) string {
	switch {
	case !printable(s):
		return hexText(s)
	case plainScalar(s) && !slices.Contains(yamlWords, strings.ToLower(s)):
		return s
	}
	return singleQuote(s)
}

// printable reports whether YAML text can hold s.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) || r == '\uFEFF' })
}
