package main

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"pxekit/dhcpopts"
)

// pxeFlags are the sub-options of option 43 as typed.
type pxeFlags struct {
	control   string
	multicast string
	servers   []string
	menu      []string
	prompt    string
}

func (p *pxeFlags) register(f *pflag.FlagSet) {
	f.StringVar(&p.control, "discovery-control", "", "option 43: `BITS`, the sum of 1 no broadcast, 2 no multicast, 4 listed servers only, 8 boot the offered file")
	f.StringVar(&p.multicast, "multicast", "", "option 43: `IP` for multicast discovery")
	f.StringArrayVar(&p.servers, "boot-server", nil, "option 43: `TYPE=IP,IP` (repeatable)")
	f.StringArrayVar(&p.menu, "menu", nil, "option 43: `TYPE=TEXT` of a menu line (repeatable)")
	f.StringVar(&p.prompt, "prompt", "", "option 43: `SECONDS,TEXT`; 0 takes the first line at once, 255 waits")
}

func (p *pxeFlags) given() bool {
	return p.control+p.multicast+p.prompt != "" || len(p.servers)+len(p.menu) > 0
}

// encode builds the option.
func (p *pxeFlags) encode() ([]byte, error) {
	var pxe dhcpopts.PXE
	for _, read := range []func(*dhcpopts.PXE) error{p.readControl, p.readMulticast, p.readServers, p.readMenu, p.readPrompt} {
		if err := read(&pxe); err != nil {
			return nil, err
		}
	}
	if err := pxe.Validate(); err != nil {
		return nil, usagef("", "%w", err)
	}
	return dhcpopts.EncodePXE(pxe), nil
}

func (p *pxeFlags) readControl(to *dhcpopts.PXE) error {
	if p.control == "" {
		return nil
	}
	n, err := strconv.ParseUint(p.control, 0, 8)
	if err != nil {
		return usagef("--discovery-control 8", "discovery control %q is not a number from 0 to 255", p.control)
	}
	to.DiscoveryControl = new(uint8(n))
	return nil
}

func (p *pxeFlags) readMulticast(to *dhcpopts.PXE) (err error) {
	if p.multicast == "" {
		return nil
	}
	to.Multicast, err = netip.ParseAddr(p.multicast)
	if err != nil || !to.Multicast.Is4() || !to.Multicast.IsMulticast() {
		return usagef("--multicast 224.1.2.3", "%q is not an IPv4 multicast address", p.multicast)
	}
	return nil
}

func (p *pxeFlags) readServers(to *dhcpopts.PXE) error {
	for _, text := range p.servers {
		typ, list, err := splitType(text, "--boot-server 1=192.0.2.10")
		if err != nil {
			return err
		}
		server := dhcpopts.BootServer{Type: typ}
		for _, a := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
			addr, err := netip.ParseAddr(a)
			if err != nil || !addr.Is4() {
				return usagef("--boot-server 1=192.0.2.10", "boot server %q is not an IPv4 address", a)
			}
			server.Addrs = append(server.Addrs, addr)
		}
		to.Servers = append(to.Servers, server)
	}
	return nil
}

func (p *pxeFlags) readMenu(to *dhcpopts.PXE) error {
	for _, text := range p.menu {
		typ, words, err := splitType(text, "--menu '1=Windows'")
		if err != nil {
			return err
		}
		to.Menu = append(to.Menu, dhcpopts.MenuItem{Type: typ, Text: words})
	}
	return nil
}

func (p *pxeFlags) readPrompt(to *dhcpopts.PXE) error {
	if p.prompt == "" {
		return nil
	}
	seconds, text, ok := strings.Cut(p.prompt, ",")
	n, err := strconv.ParseUint(seconds, 10, 8)
	if !ok || err != nil {
		return usagef("--prompt '10,Press F8'", "prompt %q is not SECONDS,TEXT with 0 to 255 seconds", p.prompt)
	}
	to.Prompt = &dhcpopts.Prompt{Timeout: uint8(n), Text: strings.TrimSpace(text)}
	return nil
}

// splitType splits TYPE=REST; types are boot server types (PXE 2.1, table 2-1),
// decimal or 0x….
func splitType(text, example string) (typ uint16, rest string, err error) {
	number, rest, ok := strings.Cut(text, "=")
	n, err := strconv.ParseUint(number, 0, 16)
	if !ok || err != nil {
		return 0, "", usagef(example, "%q is not TYPE=… with a type from 0 to 65535", text)
	}
	return uint16(n), rest, nil
}
