package serve

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
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
		return
	}
	for _, i := range s.ifaces {
		if i.Flags&net.FlagRunning == 0 {
			s.Log.Warn(fmt.Sprintf("%s has no carrier: is a cable plugged in?", i.Name), "event", evStart, "interface", i.Name)
		}
		s.Log.Info(fmt.Sprintf("answering on %s as %s: %s", i.Name, i.Addr(), s.services()), "event", evStart, "interface", i.Name, "address", i.Addr().String())
		for _, a := range i.served6 {
			s.Log.Info(fmt.Sprintf("files on %s at %s too", i.Name, a), "event", evStart, "interface", i.Name, "address", a.String())
		}
	}
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
// answers.
func (s *Server) describe(all policies) (lines []string) {
	p := all[s.ifaces[0].Addr()]
	hosts := 0
	for _, c := range p.Cases {
		if c.Host {
			hosts++
		}
		if hosts <= mostHosts || !c.Host {
			lines = append(lines, lineOf(c))
		}
	}
	if more := hosts - mostHosts; more > 0 {
		lines = append(lines, fmt.Sprintf("%d more hosts have an entry of their own", more))
	}
	checked := map[string]bool{}
	for _, c := range p.Cases {
		file := c.Cond.Class + proxydhcp.FileOf(c.Answer) + c.Answer.SIAddr.String()
		if !c.Host || !checked[file] {
			lines = append(lines, s.doubts(c)...)
		}
		checked[file] = true
	}
	return lines
}

// mostHosts is how many single machines are listed: a plan may have thousands.
const mostHosts = 20

func lineOf(c plan.Case) string {
	line := fmt.Sprintf("%s: %s gets %s", c.Origin, machinesOf(c.Cond), proxydhcp.FileOf(c.Answer))
	if w := c.Rule.WDS; w != nil && w.File != "" {
		line += fmt.Sprintf(", and when it asks again %s", safe(w.File))
	}
	return line
}

// doubts finds what of a rule cannot work with what is served here.
func (s *Server) doubts(c plan.Case) (lines []string) {
	file := proxydhcp.FileOf(c.Answer)
	host, _, isURL := urlHost(file)
	_, err := netip.ParseAddr(host)
	if isURL && err != nil && strings.HasPrefix(c.Cond.Class, dhcpopts.ClassHTTP) {
		lines = append(lines, fmt.Sprintf("%s: the URL has a name: UEFI HTTP boot needs a DNS server from the DHCP server (option 6)", c.Origin))
	}
	ours := slices.ContainsFunc(s.ifaces, func(i *Iface) bool { return i.owns(c.Answer.SIAddr) })
	if isURL || file == "" || !ours {
		return lines
	}
	f, err := s.Root.Open(string(dhcpopts.ParseSafeText(file)))
	if err != nil {
		return append(lines, fmt.Sprintf("%s: %s is not there to be fetched: %v", c.Origin, file, err))
	}
	_ = f.Close()
	return append(lines, s.doubtsWDS(c)...)
}

// urlHost splits a URL's host and port from its path.
func urlHost(file string) (host, path string, ok bool) {
	if !plan.IsURL(file) {
		return "", "", false
	}
	_, rest, _ := strings.Cut(file, "://")
	authority, path, _ := strings.Cut(rest, "/")
	host, _, _ = strings.Cut(authority, ":")
	return host, path, true
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
