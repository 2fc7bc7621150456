package serve

import (
	"cmp"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/proxydhcp"
)

// doubts finds what of a rule cannot work with what is served here.
func (s *Server) doubts(c plan.Case) (lines []string) {
	shown := proxydhcp.FileOf(c.Answer)
	file := string(dhcpopts.ParseSafeText(shown))
	switch {
	case plan.IsURL(file):
		lines = s.doubtsURL(c, file)
	case file != "" && s.has(c.Answer.SIAddr):
		if lines = s.doubtsFile(c.Origin, file); lines == nil {
			lines = s.doubtsWDS(c)
		}
	}
	for _, m := range menus(c) {
		if s.has(cmp.Or(m.Server, c.Answer.SIAddr)) && !plan.IsURL(m.File) {
			lines = append(lines, s.doubtsFile(fmt.Sprintf("%s, menu type %d", c.Origin, m.Type), m.File)...)
		}
	}
	return lines
}

// has reports whether an address is one of ours; files are served at those of
// IPv6 too.
func (s *Server) has(a netip.Addr) bool {
	return slices.ContainsFunc(s.ifaces, func(i *Iface) bool { return i.owns(a) || slices.Contains(i.Addrs6, a) })
}

// doubtsFile says that a file of ours cannot be fetched.
func (s *Server) doubtsFile(who, file string) []string {
	f, err := s.Root.Open(file)
	if err != nil {
		return []string{fmt.Sprintf("%s: %s is not there to be fetched: %s", who, safe(file), safe(err.Error()))}
	}
	_ = f.Close()
	return nil
}

// doubtsURL finds what is wrong with a URL: that its host is a name, or that we
// are its host and do not serve it. iPXE puts in for ${…} what we cannot know.
func (s *Server) doubtsURL(c plan.Case, file string) (lines []string) {
	u, err := url.Parse(file)
	if err != nil || strings.Contains(u.Host, "${") {
		return nil
	}
	host, err := netip.ParseAddr(u.Hostname())
	if err != nil && strings.HasPrefix(c.Cond.Class, dhcpopts.ClassHTTP) {
		return []string{fmt.Sprintf("%s: the URL has a name: UEFI HTTP boot needs a DNS server from the DHCP server (option 6)", c.Origin)}
	}
	if !s.has(host) {
		return nil
	}
	port, served := s.portOf(u.Scheme)
	switch named := cmp.Or(u.Port(), strconv.Itoa(usualPorts[u.Scheme])); {
	case !served:
		return []string{fmt.Sprintf("%s: nothing serves %s here: %s", c.Origin, safe(file), s.without(u.Scheme))}
	case named != strconv.Itoa(int(port)):
		return []string{fmt.Sprintf("%s: %s asks port %s, and %s is served on port %d", c.Origin, safe(file), named, strings.ToUpper(u.Scheme), port)}
	case strings.Contains(u.Path, "${"):
		return nil
	}
	return s.doubtsFile(c.Origin, strings.TrimLeft(u.Path, "/"))
}

// usualPorts are those of a URL that has none.
var usualPorts = map[string]int{"http": 80, "https": 443, "tftp": 69}

// portOf is the port on which a scheme is served; ok is false when it is not.
func (s *Server) portOf(scheme string) (port uint16, ok bool) {
	switch scheme {
	case "tftp":
		return s.TFTPPort, true
	case "http", "https":
		return s.HTTPPort, s.HTTPPort != 0 && s.tls() == (scheme == "https")
	}
	return 0, false
}

// without says why a scheme is not served.
func (s *Server) without(scheme string) string {
	switch {
	case scheme != "http" && scheme != "https":
		return "files go by TFTP, HTTP or HTTPS"
	case s.HTTPPort == 0:
		return "HTTP is off (--no-http)"
	case s.tls():
		return "HTTPS takes the place of HTTP (--tls-cert)"
	}
	return "HTTPS needs --tls-cert and --tls-key"
}
