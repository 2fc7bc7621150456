package plan

import (
	"net/netip"

	"pxekit/dhcpopts"
)

func (w *printer) pxe(x *PXE) {
	w.line(2, "pxe:%s", map[bool]string{true: " {}"}[x.empty()])
	if x.DiscoveryControl != nil {
		w.line(3, "discovery-control: %d", *x.DiscoveryControl)
	}
	if x.Multicast.IsValid() {
		w.line(3, "multicast: %s", x.Multicast)
	}
	if x.Prompt != nil {
		w.line(3, "prompt: {timeout: %d, text: %s}", x.Prompt.Timeout, label(x.Prompt.Text))
	}
	inMenu := x.serversInMenu()
	if len(x.Menu) > 0 {
		w.line(3, "menu:")
	}
	next := 0
	for _, item := range x.Menu {
		w.dash = true
		w.line(5, "type: %d", item.Type)
		w.line(5, "text: %s", label(item.Text))
		if inMenu && next < len(x.Servers) && x.Servers[next].Type == item.Type {
			w.line(5, "server: %s", flowList(x.Servers[next].Addrs, netip.Addr.String))
			next++
		}
		if f := x.Files[item.Type]; f != "" {
			w.line(5, "file: %s", scalar(f))
		}
	}
	if !inMenu {
		w.bootServers(x.Servers)
	}
}

func (w *printer) bootServers(servers []dhcpopts.BootServer) {
	w.line(3, "servers:")
	for _, s := range servers {
		w.dash = true
		w.line(5, "type: %d", s.Type)
		if len(s.Addrs) > 0 {
			w.line(5, "server: %s", flowList(s.Addrs, netip.Addr.String))
		}
	}
}

func (x *PXE) empty() bool {
	return x.DiscoveryControl == nil && !x.Multicast.IsValid() && x.Prompt == nil && len(x.Menu) == 0 && len(x.Servers) == 0
}

// serversInMenu reports whether each server belongs to a menu entry, in the
// menu's order, so that it can be written there.
func (x *PXE) serversInMenu() bool {
	next := 0
	for _, item := range x.Menu {
		if next < len(x.Servers) && x.Servers[next].Type == item.Type && len(x.Servers[next].Addrs) > 0 {
			next++
		}
	}
	return next == len(x.Servers)
}

// label writes a text that may be empty.
func label(s string) string {
	if s == "" {
		return "''"
	}
	return scalar(s)
}
