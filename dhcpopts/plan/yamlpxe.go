package plan

import (
	"fmt"
	"math"
	"net/netip"

	"github.com/goccy/go-yaml/ast"

	"pxekit/dhcpopts"
)

// pxe reads option 43.
func (d decoder) pxe(n ast.Node, r *Rule) error {
	x := &PXE{}
	r.PXE = x
	return d.object(n, "pxe", keys{
		"discovery-control": func(n ast.Node) error {
			v, err := d.number(n, "discovery-control", math.MaxUint8)
			c := uint8(v)
			x.DiscoveryControl = &c
			return err
		},
		"multicast": d.value("multicast", "239.0.0.0 to 239.255.255.255 are yours to choose from", func(s string) error {
			a, err := netip.ParseAddr(s)
			if err != nil || !a.Is4() || !a.IsMulticast() {
				return fmt.Errorf("multicast %q is not an IPv4 multicast address", s)
			}
			x.Multicast = a
			return nil
		}),
		"prompt": func(n ast.Node) error { return d.prompt(n, x) },
		"menu": func(n ast.Node) error {
			return d.list(n, func(n ast.Node) error { return d.menuItem(n, x) })
		},
		"servers": func(n ast.Node) error {
			return d.list(n, func(n ast.Node) error { return d.bootServer(n, x) })
		},
	})
}

func (d decoder) prompt(n ast.Node, x *PXE) error {
	p := &dhcpopts.Prompt{}
	x.Prompt = p
	return d.object(n, "prompt", keys{
		"timeout": func(n ast.Node) error {
			v, err := d.number(n, "timeout", math.MaxUint8)
			p.Timeout = uint8(v)
			return err
		},
		"text": func(n ast.Node) error { return d.label(n, "text", &p.Text) },
	})
}

// menuItem reads one entry of the menu: its type and text are sub-option 9, its
// servers sub-option 8, its file what port 4011 hands out.
func (d decoder) menuItem(n ast.Node, x *PXE) error {
	var item dhcpopts.MenuItem
	server := dhcpopts.BootServer{}
	file, hasType := "", false
	err := d.object(n, "menu", keys{
		"type": func(n ast.Node) (err error) {
			hasType = true
			item.Type, err = d.serverType(n)
			return err
		},
		"text":   func(n ast.Node) error { return d.label(n, "text", &item.Text) },
		"server": func(n ast.Node) error { return d.addresses(n, "server", &server.Addrs) },
		"file": func(n ast.Node) error {
			b, err := d.octets(n, "file")
			file = string(b)
			return err
		},
	})
	if err != nil {
		return err
	}
	if !hasType {
		return d.fail(n, "0 boots from the local disk, 32768 and above are yours to choose from", "a menu entry has no type")
	}
	x.Menu = append(x.Menu, item)
	if server.Addrs != nil {
		server.Type = item.Type
		x.Servers = append(x.Servers, server)
	}
	if file != "" {
		if x.Files == nil {
			x.Files = map[uint16]string{}
		}
		x.Files[item.Type] = file
	}
	return nil
}

// bootServer reads an entry of sub-option 8 that no menu entry names; without
// addresses any server of the type may answer.
func (d decoder) bootServer(n ast.Node, x *PXE) error {
	var s dhcpopts.BootServer
	err := d.object(n, "servers", keys{
		"type": func(n ast.Node) (err error) {
			s.Type, err = d.serverType(n)
			return err
		},
		"server": func(n ast.Node) error { return d.addresses(n, "server", &s.Addrs) },
	})
	x.Servers = append(x.Servers, s)
	return err
}

func (d decoder) serverType(n ast.Node) (uint16, error) {
	v, err := d.number(n, "type", math.MaxUint16)
	return uint16(v), err
}

func (d decoder) addresses(n ast.Node, what string, to *[]netip.Addr) error {
	return d.list(n, func(n ast.Node) error {
		a, err := d.address(n, what)
		*to = append(*to, a)
		if err == nil && len(*to) > math.MaxUint8 {
			return d.fail(n, "", "more than %d servers of one type", math.MaxUint8)
		}
		return err
	})
}

// label reads a text with a one-octet length.
func (d decoder) label(n ast.Node, what string, to *string) error {
	b, err := d.octets(n, what)
	if err == nil && len(b) > math.MaxUint8 {
		return d.fail(n, "", "%s has %d octets, a menu line at most %d", what, len(b), math.MaxUint8)
	}
	*to = string(b)
	return err
}
