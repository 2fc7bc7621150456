package dnsmasq

import "net/netip"

// Sub-options of option 43 that make the menu (PXE 2.1, table 2-1).
const (
	subDiscovery = 6
	subServers   = 8
	subMenu      = 9
	subPrompt    = 10
)

// menuLimit is what a sub-option may take of option 43.
const menuLimit = 253

// menu is the contents of option 43 for a PXE client: discovery control, prompt,
// boot servers and menu, then the other vendor options (rfc2131.c, pxe_opts).
// One that is too large is left out.
func (r *request) menu(tags tagSet, rest []*option) []*option {
	services := r.offered(tags)
	var items, servers []byte
	discovery := byte(3) // neither broadcast nor multicast
	for _, s := range services {
		if len(items)+len(s.menu)+3 >= menuLimit {
			return rest
		}
		items = append(append(items, byte(s.kind>>8), byte(s.kind), byte(len(s.menu))), s.menu...)
		switch a := r.menuServer(s); {
		case a.IsValid() && !a.IsUnspecified():
			if len(servers)+3+4 >= menuLimit {
				return rest
			}
			servers = append(append(servers, byte(s.kind>>8), byte(s.kind), 1), a.AsSlice()...)
		case s.kind != 0:
			discovery = 2 // the client may broadcast for it
		}
	}
	if len(services) == 0 {
		discovery = 8 // boot the file named in the header
	}
	all := []*option{{code: subDiscovery, val: []byte{discovery}}}
	if !hasPrompt(rest) {
		wait := byte(0)
		if len(services) > 1 {
			wait = 255
		}
		all = append(all, &option{code: subPrompt, val: append([]byte{wait}, "PXE"...)})
	}
	if len(servers) > 0 {
		all = append(all, &option{code: subServers, val: servers})
	}
	if len(services) > 0 {
		all = append(all, &option{code: subMenu, val: items})
	}
	return append(all, rest...)
}

// menuServer is the address in the list of boot servers: dnsmasq itself where
// it has the file's name, as it answers the request for it.
func (r *request) menuServer(s *service) netip.Addr {
	switch {
	case s.file != "":
		return r.Self
	case s.serverName != "":
		return netip.IPv4Unspecified()
	}
	return s.server
}

func hasPrompt(options []*option) bool {
	for _, o := range options {
		if o.code == subPrompt {
			return true
		}
	}
	return false
}
