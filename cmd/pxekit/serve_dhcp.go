package main

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"pxekit/internal/proxydhcp"
	"pxekit/internal/serve"
)

// lease reads --dhcp and its companions; nil without them.
func (v *serveVerb) lease() (*serve.Lease, error) {
	const hint = "--dhcp 10.77.0.100-10.77.0.200"
	switch {
	case v.dhcp == "" && (v.router != "" || v.dns != ""):
		return nil, usagef(hint, "--dhcp-router and --dhcp-dns belong to --dhcp")
	case v.dhcp == "":
		return nil, nil
	case v.observe:
		return nil, usagef("leave one of them out", "--observe and --dhcp contradict each other")
	}
	low, high, ok := strings.Cut(v.dhcp, "-")
	if !ok {
		return nil, usagef(hint, "range %q is not two addresses", v.dhcp)
	}
	var l serve.Lease
	for _, x := range []struct {
		text string
		to   *netip.Addr
	}{{low, &l.Low}, {high, &l.High}, {v.router, &l.Router}, {v.dns, &l.DNS}} {
		if x.text == "" && x.to != &l.Low && x.to != &l.High {
			continue
		}
		a, err := netip.ParseAddr(x.text)
		if err != nil || !a.Is4() {
			return nil, usagef(hint, "%q is not an IPv4 address", x.text)
		}
		*x.to = a
	}
	if l.High.Less(l.Low) {
		return nil, usagef(fmt.Sprintf("--dhcp %s-%s", l.High, l.Low), "range %s-%s is the wrong way round: the lower address comes first", l.Low, l.High)
	}
	return &l, nil
}

// poolHint says what --dhcp, --dhcp-router or --dhcp-dns could be on the
// interface's network, "" for other errors.
func poolHint(err error) string {
	e := new(proxydhcp.PoolError)
	if !errors.As(err, &e) {
		return ""
	}
	if e.Companion {
		return "leave it out, or name a host of " + e.Network.String()
	}
	return "--dhcp " + e.Example()
}
