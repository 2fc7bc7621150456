package serve

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"pxekit/dhcpopts/plan"
)

// wdsChains say where in a folder the answers to WDS's boot programs are: what
// to load next, the program without a key to press first (Microsoft, "WDS boot
// programs"), and the boot configuration store. WDS keeps one for each
// architecture; Windows PE's layout has one in all, which a boot manager finds
// unasked. {dir} is the boot program's folder.
var wdsChains = map[string]struct{ next, store []string }{
	"wdsnbp.com":  {[]string{"{dir}/pxeboot.n12", "{dir}/pxeboot.com"}, []string{"{dir}/default.bcd", "{dir}/BCD", "Boot/BCD"}},
	"wdsmgfw.efi": {[]string{"{dir}/bootmgfw.efi"}, []string{"{dir}uefi/default.bcd", "{dir}/default.bcd", "{dir}/BCD", "Boot/BCD"}},
}

// wdsChain finds what follows a boot file, and its folder; ok is false for what
// is none of WDS's first programs.
func wdsChain(file string) (next, store []string, dir string, ok bool) {
	dir, base := path.Split(strings.ReplaceAll(file, `\`, "/"))
	chain, ok := wdsChains[strings.ToLower(base)]
	return chain.next, chain.store, cmp.Or(strings.TrimSuffix(dir, "/"), "."), ok && !plan.IsURL(file)
}

// withWDS is a rule's answer to WDS's boot program, with what the plan does not
// say filled in from the folder; nil when there is nothing to load next. found
// keeps what was looked for.
func (s *Server) withWDS(r *plan.Rule, found map[string]string) *plan.WDS {
	next, store, dir, ok := wdsChain(r.File)
	if !ok {
		return r.WDS
	}
	var own plan.WDS
	if r.WDS != nil {
		own = *r.WDS
	}
	look := func(names []string) string {
		key := dir + " " + names[0]
		if _, known := found[key]; !known {
			found[key] = s.present(dir, names)
		}
		return found[key]
	}
	own.File = cmp.Or(own.File, strings.TrimPrefix(look(next), `\`))
	own.BCD = cmp.Or(own.BCD, look(store))
	if own.File == "" {
		return nil
	}
	return &own
}

// present returns the first of some files that is there, as the disk spells it
// and in Windows' form, \Boot\BCD; "" without one.
func (s *Server) present(dir string, names []string) string {
	for _, name := range names {
		if f, err := s.Root.Open(path.Clean(strings.ReplaceAll(name, "{dir}", dir))); err == nil {
			_ = f.Close()
			return `\` + strings.ReplaceAll(f.Path, "/", `\`)
		}
	}
	return ""
}

// doubtsWDS says what WDS's boot program will ask for in vain.
func (s *Server) doubtsWDS(c plan.Case) []string {
	next, _, dir, ok := wdsChain(c.Rule.File)
	switch w := c.Rule.WDS; {
	case !ok:
		return nil
	case w == nil:
		wanted := strings.ReplaceAll(strings.Join(next, " or "), "{dir}", dir)
		return []string{fmt.Sprintf("%s: %s asks what to load next: put %s there, or say it in the plan (wds: {file: …})", c.Origin, safe(c.Rule.File), wanted)}
	case s.present(dir, []string{w.File}) == "":
		return []string{fmt.Sprintf("%s: %s, which comes next, is not there to be fetched", c.Origin, safe(w.File))}
	}
	return nil
}
