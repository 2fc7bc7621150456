package serve

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/bootnames"
	"pxekit/internal/proxydhcp"
)

// announce says what is served where, once all is open.
func (s *Server) announce() {
	for _, note := range s.notes {
		s.Log.Warn(note, "event", evStart)
	}
	if s.observing {
		why := ""
		if len(s.ifaces) > 1 {
			why = " on any interface"
		}
		if s.Observe == ObserveAuto {
			why += " since another PXE responder is at work; --force answers all the same"
		}
		s.Log.Warn("only observing: nothing is sent"+why, "event", evStart)
		for _, i := range s.ifaces {
			s.sayStart(i, fmt.Sprintf("listening on %s as %s", i.Name, i.Addr()))
		}
		return
	}
	for _, i := range s.ifaces {
		s.sayStart(i, fmt.Sprintf("answering on %s as %s: %s", i.Name, i.Addr(), s.services()))
		for _, a := range i.served6 {
			s.Log.Info(fmt.Sprintf("files on %s at %s too", i.Name, a), "event", evStart, "interface", i.Name, "address", a.String())
		}
	}
}

// sayStart says what is done on an interface, and whether anything can come there.
func (s *Server) sayStart(i *Iface, text string) {
	if i.Flags&net.FlagRunning == 0 {
		s.Log.Warn(fmt.Sprintf("%s has no carrier: is a cable plugged in?", i.Name), "event", evStart, "interface", i.Name)
	}
	s.Log.Info(text, "event", evStart, "interface", i.Name, "address", i.Addr().String())
}

// services lists what is answered on an interface.
func (s *Server) services() string {
	first := "proxyDHCP on ports 67 and 4011"
	if s.pool != nil {
		first = fmt.Sprintf("DHCP %s-%s and boot files on ports 67 and 4011", s.DHCP.Low, s.DHCP.High)
	}
	list := []string{first, fmt.Sprintf("TFTP on %d", s.TFTPPort)}
	if s.HTTPPort != 0 {
		scheme := "HTTP"
		if s.tls() {
			scheme = "HTTPS"
		}
		list = append(list, fmt.Sprintf("%s on %d", scheme, s.HTTPPort))
	}
	return strings.Join(list, ", ")
}

// describe lists what machines get by a plan, as the first of our addresses
// answers, and then what of it cannot work.
func (s *Server) describe(all policies) (notes []bootnames.Note) {
	p := all[s.ifaces[0].Addr()]
	hosts := 0
	for _, c := range p.Cases {
		if c.Host {
			hosts++
		}
		if hosts <= mostHosts || !c.Host {
			notes = append(notes, bootnames.Note{Text: s.lineOf(c, len(all) > 1)})
		}
	}
	if more := hosts - mostHosts; more > 0 {
		notes = append(notes, bootnames.Note{Text: fmt.Sprintf("%d more hosts have an entry of their own", more)})
	}
	checked := map[string]bool{}
	for _, c := range p.Cases {
		file := c.Cond.Class + proxydhcp.FileOf(c.Answer) + c.Answer.SIAddr.String()
		if !c.Host || !checked[file] {
			for _, doubt := range s.doubts(c) {
				notes = append(notes, bootnames.Note{Text: doubt, Warn: true})
			}
		}
		checked[file] = true
	}
	return notes
}

// mostHosts is how many single machines are listed: a plan may have thousands.
const mostHosts = 20

// lineOf says what a case's machines get. Where we have several addresses, each
// in its own network, {server} stands for them.
func (s *Server) lineOf(c plan.Case, several bool) string {
	what := proxydhcp.Gives(c.Answer)
	if several && strings.Contains(c.Rule.File, "{server}") && s.has(c.Answer.SIAddr) {
		what = safe(c.Rule.File)
	}
	line := fmt.Sprintf("%s: %s gets %s%s", c.Origin, machinesOf(c.Cond), what, menuOf(c))
	if w := c.Rule.WDS; w != nil && w.File != "" {
		line += fmt.Sprintf(", and when it asks again %s", safe(w.File))
	}
	return line
}

// menuOf lists a menu's entries and what each gets, "" without a menu.
func menuOf(c plan.Case) string {
	if c.Rule.PXE == nil || len(c.Rule.PXE.Menu) == 0 {
		return ""
	}
	var entries []string
	for _, m := range c.Rule.PXE.Menu {
		entries = append(entries, fmt.Sprintf("%q: %s", safe(m.Text), entryOf(c, m.Type)))
	}
	return " (" + strings.Join(entries, ", ") + ")"
}

// entryOf says what a menu's entry gets: of us, unless another server is named
// for it.
func entryOf(c plan.Case, kind uint16) string {
	another := func(b dhcpopts.BootServer) bool {
		return b.Type == kind && len(b.Addrs) > 0 && !slices.Contains(b.Addrs, c.Answer.SIAddr)
	}
	i := slices.IndexFunc(c.Rule.PXE.Servers, another)
	switch file := c.Rule.PXE.Files[kind]; {
	case file != "":
		return safe(file)
	case kind == localBoot:
		return "local boot"
	case i >= 0:
		return "what " + c.Rule.PXE.Servers[i].Addrs[0].String() + " says"
	}
	return cmp.Or(proxydhcp.FileOf(c.Answer), "no boot file")
}

// machinesOf says in words whom a condition takes.
func machinesOf(c plan.Cond) string {
	var words []string
	for _, a := range c.Archs {
		words = append(words, a.String())
	}
	text := strings.Join(words, ", ")
	if text == "" {
		text = "every " + c.Class
	}
	if c.Stage == dhcpopts.IPXEStage {
		text = "iPXE on " + text
	}
	if c.UserClass != "" {
		text += " with user class " + safe(c.UserClass)
	}
	if c.MAC != nil {
		text += fmt.Sprintf(" with address % x", c.MAC)
	}
	if c.UUID != nil {
		text += " with UUID " + dhcpopts.FormatUUID([16]byte(c.UUID))
	}
	return text
}
