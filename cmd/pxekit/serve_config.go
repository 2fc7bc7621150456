package main

import (
	"io"
	"log/slog"
	"os"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/internal/journal"
	"pxekit/internal/proxydhcp"
	"pxekit/internal/serve"
)

// config reads the flags that need no look at the system.
func (v *serveVerb) config(portTyped bool) (c serve.Config, err error) {
	switch {
	case len(v.ifaces) == 0:
		return c, usagef("pxekit serve -i eth1 --root ./boot", "serve needs an interface: -i NAME")
	case v.root == "":
		return c, usagef("pxekit serve -i eth1 --root ./boot", "serve needs the folder of the boot files: --root DIR")
	case v.observe && v.force:
		return c, usagef("leave one of them out", "--observe and --force contradict each other")
	case (v.tlsCert == "") != (v.tlsKey == ""):
		return c, usagef("name both files", "--tls-cert and --tls-key go together")
	case v.noHTTP && (portTyped || v.tlsCert != "" || v.httpList):
		return c, usagef("leave out --no-http", "--no-http contradicts the other HTTP flags")
	case v.tftpPort == 0 || v.tftpPort == 67 || v.tftpPort == 68 || v.tftpPort == 4011:
		return c, usagef("leave out --tftp-port: firmware asks port 69", "--tftp-port %d is no port for TFTP", v.tftpPort)
	case v.httpPort == 0:
		return c, usagef("--no-http serves no HTTP", "--http-port 0 is no port")
	case v.dhcp != "" && len(v.ifaces) > 1:
		return c, usagef("-i "+shellWord(v.ifaces[0])+", and another pxekit for the rest", "--dhcp gives addresses on one interface, not on %d", len(v.ifaces))
	case v.dhcp != "" && v.strategy == string(proxydhcp.BINL):
		return c, usagef("leave out --strategy", "with --dhcp one message gives address and boot file: nothing is left for --strategy binl")
	case len(v.plan.Scope) > 0:
		return c, usagef("leave out --scope", "serve answers on the networks of its interfaces; --scope is for written configs")
	}
	c = serve.Config{
		Observe: serve.ObserveAuto, TFTPPort: v.tftpPort, HTTPPort: v.httpPort, TLSCert: v.tlsCert, TLSKey: v.tlsKey, HTTPList: v.httpList,
		Listen: listenAtStart, DropPrivileges: true,
	}
	switch {
	case v.observe:
		c.Observe = serve.ObserveOnly
	case v.force:
		c.Observe = serve.ObserveNever
	}
	switch {
	case v.noHTTP:
		c.HTTPPort = 0
	case v.tlsCert != "" && !portTyped:
		c.HTTPPort = 443
	}
	if c.Strategy, err = parseStrategy(v.strategy); err != nil {
		return c, err
	}
	if c.Filter, err = v.filter(); err != nil {
		return c, err
	}
	if c.DHCP, err = v.lease(); err != nil {
		return c, err
	}
	out := v.out
	if c.Screen = v.screen(); c.Screen != nil {
		out = c.Screen
	}
	c.Lines = journal.NewLines(out)
	c.Log, err = v.logger(c.Lines)
	return c, err
}

func parseStrategy(s string) (proxydhcp.Strategy, error) {
	for _, known := range []proxydhcp.Strategy{proxydhcp.Auto, proxydhcp.Direct, proxydhcp.BINL} {
		if string(known) == s {
			return known, nil
		}
	}
	return "", usagef("--strategy auto, direct or binl", "unknown strategy %q", s)
}

func (v *serveVerb) filter() (f proxydhcp.Filter, err error) {
	for _, s := range v.only {
		mac, err := dhcpopts.ParseMAC(s)
		if err != nil || len(mac) != 6 {
			return f, usagef("--only 52:54:00:12:34:56", "--only %q is not a hardware address", s)
		}
		f.Only = append(f.Only, mac)
	}
	for _, x := range []struct {
		flag  string
		texts []string
		to    *[]proxydhcp.Selector
	}{{"--allow", v.allow, &f.Allow}, {"--deny", v.deny, &f.Deny}} {
		for _, s := range x.texts {
			selector, err := proxydhcp.ParseSelector(s)
			if err != nil {
				return f, usagef(x.flag+" 52:54:00", "%s: %w", x.flag, err)
			}
			*x.to = append(*x.to, selector)
		}
	}
	return f, nil
}

// screen is the terminal that the log goes to, nil when it goes elsewhere or is
// for programs.
func (v *serveVerb) screen() *journal.Screen {
	f, ok := v.stdout.(*os.File)
	if !ok || v.logForm != "text" || columns(f) == 0 {
		return nil
	}
	return journal.NewScreen(f, func() int { return columns(f) })
}

func (v *serveVerb) logger(w io.Writer) (*slog.Logger, error) {
	switch v.logForm {
	case "text":
		return slog.New(journal.NewTextHandler(w)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, nil)), nil
	}
	return nil, usagef("--log text or --log json", "unknown form of log %q", strings.TrimSpace(v.logForm))
}
