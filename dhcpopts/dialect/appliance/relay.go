package appliance

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// Relay is not a DHCP server: it has routers pass the clients' broadcasts to the
// boot server, which answers by itself. It is the only way that Microsoft
// supports for WDS and ConfigMgr ("Advanced troubleshooting for PXE boot issues":
// use IP helpers, not options 60, 66 and 67).
var Relay = dialect.Target{
	Name: "relay", Title: "DHCP relay (IP helper)", Comment: "#",
	Forms: []dialect.Form{
		{Name: "cisco", Title: "Cisco IOS and IOS XE"}, {Name: "junos", Title: "Juniper Junos"}, {Name: "huawei", Title: "Huawei VRP"},
		{Name: "arubaos", Title: "ArubaOS-Switch"}, {Name: "fortios", Title: "Fortinet FortiOS"}, {Name: "dhcrelay", Title: "ISC dhcrelay"},
	},
	Write: writeRelay,
	Support: support(
		cannot("the boot server answers by itself: a relay adds nothing", dialect.Features...),
		can(dialect.Unverified, dialect.FeatScope, dialect.FeatLaptop)),
}

// relayForm is how one maker's interface is told of a server.
type relayForm struct {
	comment string
	open    func(iface string) []string
	server  func(a netip.Addr) string
	leave   []string
	undo    func(a netip.Addr) string
	example string // an interface as its maker names them
}

// relayForms follow the makers' command references: ip helper-address (Cisco,
// HPE 5200-5896), dhcp-relay server-group (Juniper), dhcp relay server-ip
// (Huawei), dhcp-relay-ip (Fortinet), dhcrelay(8).
var relayForms = map[string]relayForm{
	"cisco": {
		comment: "!", example: "Vlan10",
		open:   func(i string) []string { return []string{"interface " + i} },
		server: func(a netip.Addr) string { return " ip helper-address " + a.String() },
		leave:  []string{"exit"},
		undo:   func(a netip.Addr) string { return "no ip helper-address " + a.String() },
	},
	"junos": {
		comment: "#", example: "irb.10",
		open: func(i string) []string {
			return []string{
				"set forwarding-options dhcp-relay group pxe interface " + i,
				"set forwarding-options dhcp-relay group pxe active-server-group pxe",
			}
		},
		server: func(a netip.Addr) string { return "set forwarding-options dhcp-relay server-group pxe " + a.String() },
		undo: func(a netip.Addr) string {
			return "delete forwarding-options dhcp-relay server-group pxe " + a.String()
		},
	},
	"huawei": {
		comment: "#", example: "Vlanif10",
		open:   func(i string) []string { return []string{"interface " + i, " dhcp select relay"} },
		server: func(a netip.Addr) string { return " dhcp relay server-ip " + a.String() },
		leave:  []string{" quit"},
		undo:   func(a netip.Addr) string { return "undo dhcp relay server-ip " + a.String() },
	},
	"arubaos": {
		comment: ";", example: "10",
		open:   func(i string) []string { return []string{"vlan " + i} },
		server: func(a netip.Addr) string { return "   ip helper-address " + a.String() },
		leave:  []string{"   exit"},
		undo:   func(a netip.Addr) string { return "no ip helper-address " + a.String() },
	},
	"fortios": {
		comment: "#", example: "port2",
		open: func(i string) []string {
			return []string{"config system interface", `    edit "` + i + `"`, "        set dhcp-relay-service enable"}
		},
		server: func(a netip.Addr) string { return `        append dhcp-relay-ip "` + a.String() + `"` },
		leave:  []string{"    next", "end"},
		undo:   func(a netip.Addr) string { return "unselect dhcp-relay-ip " + a.String() },
	},
	"dhcrelay": {
		comment: "#", example: "eth1",
		open:   func(i string) []string { return []string{`INTERFACES="` + i + `"`} },
		server: func(a netip.Addr) string { return `SERVERS="$SERVERS ` + a.String() + `"` },
		undo:   func(a netip.Addr) string { return "take " + a.String() + " out of SERVERS" },
	},
}

func writeRelay(p *plan.Plan, r dialect.Request) (dialect.Output, error) {
	form, ok := relayForms[r.As]
	if r.As == "" {
		form, ok = relayForms["cisco"], true
	}
	if !ok {
		return dialect.Output{}, fmt.Errorf("relay has no form %q", r.As)
	}
	servers := relayServers(p)
	if len(servers) == 0 {
		return dialect.Output{}, errors.New("relay needs a server: it only says where requests are passed to")
	}
	if len(p.Scope) == 0 {
		return dialect.Output{}, errors.New("relay needs a scope: its lines belong to the interface of the clients")
	}
	iface, where := r.Interface, "into the interface of the router on the clients' network"
	notes := []dialect.Note{
		{Text: "the boot server answers by itself: the plan's files, options and rules are its own affair and are not written here"},
		{Text: "keep the line of your DHCP server beside this one, and take options 60, 66 and 67 out of that server"},
	}
	if iface == "" || strings.ContainsFunc(iface, notInName) {
		iface = form.example
		where += fmt.Sprintf("; put its name in place of %s", iface)
	}
	var undo []string
	for _, s := range servers {
		undo = append(undo, form.undo(s))
	}
	return dialect.Output{
		Text: form.text(p.Scope, iface, servers), Notes: notes, Evidence: dialect.Unverified,
		Comment: form.comment, Where: where,
		Expect: func(dhcpopts.Client) dhcpopts.Answer { return dhcpopts.Answer{} },
		Undo:   strings.Join(undo, ", "),
	}, nil
}

// notInName reports whether no maker has a character in interface names.
func notInName(r rune) bool {
	return !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./:", r)
}

// relayServers are the plan's boot servers, each once.
func relayServers(p *plan.Plan) []netip.Addr {
	var all []netip.Addr
	for _, c := range p.Cases() {
		if c.Answer.HasServer() && !slices.Contains(all, c.Answer.SIAddr) {
			all = append(all, c.Answer.SIAddr)
		}
	}
	return all
}

func (f relayForm) text(scopes []netip.Prefix, iface string, servers []netip.Addr) string {
	var b strings.Builder
	for _, n := range scopes {
		fmt.Fprintf(&b, "%s the interface whose address is in %s\n", f.comment, n.Masked())
		for _, line := range f.open(iface) {
			fmt.Fprintln(&b, line)
		}
		for _, s := range servers {
			fmt.Fprintln(&b, f.server(s))
		}
		for _, line := range f.leave {
			fmt.Fprintln(&b, line)
		}
	}
	return b.String()
}
