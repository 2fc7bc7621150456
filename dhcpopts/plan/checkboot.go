package plan

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"pxekit/dhcpopts"
)

// wants says whether a rule's clients boot by TFTP and whether by HTTP.
func (r *Rule) wants() (tftp, http bool) {
	for _, class := range r.classes() {
		if strings.HasPrefix(class, dhcpopts.ClassHTTP) {
			http = true
		} else {
			tftp = true
		}
	}
	return tftp, http
}

// protocol checks that the file is a URL where the machine wants one, and only
// there.
func (c *checker) protocol(r *Rule) {
	tftp, http := r.wants()
	switch {
	case r.File == "":
	case tftp && r.Match.Stage != dhcpopts.IPXEStage && r.Match.UserClass != "iPXE" && IsURL(r.File):
		c.add(ruleURL, r, "for iPXE add stage: ipxe (or --ipxe URL), for HTTP boot an http- architecture",
			"the URL %s goes to firmware that boots by TFTP", quoted(r.File))
	case http && !isHTTP(r.File):
		c.add(rulePath, r, "write http://{server}/…", "the path %s goes to firmware that boots by HTTP", quoted(r.File))
	case http:
		c.httpURL(r)
	}
}

// httpURL checks a URL that UEFI firmware fetches itself.
func (c *checker) httpURL(r *Rule) {
	if strings.HasPrefix(strings.ToLower(r.File), "http:") {
		c.add(ruleHTTPS, r, "when the offer is ignored: allow http in the firmware setup, or use https with its certificate enrolled",
			"%s is plain http", quoted(r.File))
	}
	u, err := url.Parse(strings.ReplaceAll(r.File, serverMark, "192.0.2.1"))
	if err != nil {
		return // a blank or a control character, reported by text
	}
	if _, err := netip.ParseAddr(u.Hostname()); err != nil {
		c.add(ruleName, r, "use the address, or have the DHCP server send option 6", "%s names its server by a host name", quoted(r.File)).Severity = dhcpopts.Info
	}
}

// ipxe checks the loop breaker.
func (c *checker) ipxe(r *Rule) {
	role := c.known.Role
	asIPXE := r.Match.Stage == dhcpopts.IPXEStage || r.Match.UserClass == "iPXE"
	switch {
	case role == roleScript && !asIPXE:
		c.add(ruleScript, r, "hand it to iPXE: stage: ipxe, or --ipxe URL", "the script %s goes to firmware", quoted(r.File))
	case role == roleIPXE && asIPXE:
		c.add(ruleLoop, r, "hand iPXE its script: file: http://{server}/boot.ipxe", "iPXE gets iPXE again, %s", quoted(r.File))
	case role == roleIPXE && !asIPXE && r.Match.Stage != dhcpopts.FirstStage && !c.plan.breaksLoop(r):
		c.add(ruleNoStage, r, "put a rule with stage: ipxe before it (--ipxe URL)", "%s meets this rule again once it runs", quoted(r.File))
	}
}

// breaksLoop reports whether an earlier rule takes the machines of r once they
// run iPXE.
func (p *Plan) breaksLoop(r *Rule) bool {
	if preset, ok := FindPreset(p.Preset); ok && preset.OwnScript {
		return true
	}
	for i := range p.Rules {
		x := &p.Rules[i]
		if x == r {
			return false
		}
		asIPXE := x.Match.Stage == dhcpopts.IPXEStage || x.Match.UserClass == "iPXE"
		if asIPXE && x.Match.VendorClass == "" && len(x.Match.MAC) == 0 && len(x.Match.UUID) == 0 && takesArchs(x.Match.Archs, r.Match.Archs) {
			return true
		}
	}
	return false
}

// takesArchs reports whether a rule for some architectures takes all of another.
func takesArchs(some, all []ArchRef) bool {
	if len(some) == 0 {
		return true
	}
	return len(all) > 0 && !slices.ContainsFunc(all, func(a ArchRef) bool {
		return !slices.ContainsFunc(some, func(b ArchRef) bool { return a.Arch == b.Arch })
	})
}

// architecture checks that the machines can run the file, by its name.
func (c *checker) architecture(r *Rule) {
	k := c.known
	for _, ref := range r.Match.Archs {
		if ref.Arch == dhcpopts.BIOS && k.EFI {
			c.add(ruleArch, r, "give bios its own file, such as pxelinux.0, undionly.kpxe or wdsnbp.com", "%s is a UEFI program and goes to bios", quoted(r.File))
		} else if len(k.Archs) > 0 && !slices.ContainsFunc(k.Archs, func(a dhcpopts.Arch) bool { return runs(ref.Arch, a) }) {
			c.add(ruleArch, r, "give "+ref.Arch.String()+" a file of its own", "%s is a program for %s and goes to %s", quoted(r.File), describe(k.Archs), ref.Arch)
		}
	}
}

// everyone warns of a rule for every PXE client whose file, by its name, half of
// them cannot run.
func (c *checker) everyone(r *Rule) {
	m := r.Match
	if len(m.Archs) > 0 || m.VendorClass != "" || m.Stage == dhcpopts.IPXEStage || len(m.MAC) > 0 || len(m.UUID) > 0 {
		return
	}
	stranger := Match{Archs: []ArchRef{{Arch: dhcpopts.EFIX64}}, Stage: dhcpopts.FirstStage}
	if c.known.EFI {
		stranger.Archs[0].Arch = dhcpopts.BIOS
	} else if !slices.Equal(c.known.Archs, bios) {
		return
	}
	for i := range c.plan.Rules {
		x := &c.plan.Rules[i]
		if x == r {
			break
		}
		if x.Match.takes(stranger) {
			return
		}
	}
	who := stranger.Archs[0]
	c.add(ruleArch, r, "add match: {arch: …}, and a rule for "+who.String(), "%s goes to every PXE client, and %s cannot run it", quoted(r.File), who).Severity = dhcpopts.Warning
}

func describe(archs []dhcpopts.Arch) string {
	var names []string
	for _, a := range archs {
		names = append(names, a.Describe())
	}
	return strings.Join(names, ", ")
}

// runs reports whether firmware that sends one type runs a program of another:
// the same machine boots by TFTP and by HTTP, and 9 is sent by x64 firmware too.
func runs(firmware, program dhcpopts.Arch) bool {
	plain := func(a dhcpopts.Arch) string {
		name := a.String()
		for _, prefix := range []string{"efi-", "http-", "uboot-"} {
			name = strings.TrimPrefix(name, prefix)
		}
		if name == "bc" {
			return "x64"
		}
		return name
	}
	return !firmware.Registered() || plain(firmware) == plain(program)
}

// shims finds shims of several architectures in one folder.
func (c *checker) shims() {
	byFolder := map[string]string{}
	for i := range c.plan.Rules {
		r := &c.plan.Rules[i]
		file := strings.ReplaceAll(r.File, `\`, "/")
		if known(r.File).Role != roleShim || IsURL(r.File) {
			continue
		}
		folder := file[:strings.LastIndexByte(file, '/')+1]
		first, ok := byFolder[folder]
		if ok && first != r.File {
			c.who = ""
			c.add(ruleShim, r, "give each architecture its own folder", "%s and %s lie in one folder", quoted(first), quoted(r.File))
		}
		byFolder[folder] = r.File
	}
}
