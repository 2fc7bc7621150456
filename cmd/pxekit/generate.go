package main

import (
	"net/netip"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/targets"
	"pxekit/dhcpopts/plan"
)

// generate is the verb's flags.
type generate struct {
	*ui
	plan    planFlags
	as      string
	lossy   bool
	full    bool
	rng     string
	iface   string
	list    bool
	all     bool
	json    bool
	out     string
	clients []string
}

func newGenerate(u *ui) *cobra.Command {
	g := &generate{ui: u}
	cmd := &cobra.Command{
		Use:   "generate TARGET",
		Short: "write the boot options in the language of a DHCP server",
		Long: "Writes the config of a DHCP server from a boot server and boot files, ready to paste. Its comments\n" +
			"say which machines get which bytes, who gets nothing, how to check it and how to take it back.",
		Example: `  pxekit generate isc --server 192.0.2.10 --file 'boot\x64\wdsnbp.com' --scope 10.77.0.0/24
  pxekit generate kea --server 192.0.2.10 --file bios=undionly.kpxe --file efi-x64=ipxe.efi --ipxe http://192.0.2.10/boot.ipxe
  pxekit generate infoblox --as gui --server 192.0.2.10 --preset wds
  pxekit generate plan --server 192.0.2.10 --preset wds -o plan.yaml
  pxekit generate dnsmasq --plan plan.yaml --full --range 10.77.0.100-10.77.0.150 --interface eth0
  pxekit generate --all --plan plan.yaml -o configs
  pxekit generate --list`,
		Annotations:       map[string]string{jsonFields: jsonGenerate},
		ValidArgsFunction: completeTargets,
		RunE:              func(_ *cobra.Command, args []string) error { return g.run(args) },
	}
	g.flags(cmd)
	return cmd
}

func (g *generate) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	g.plan.register(f)
	f.StringVar(&g.as, "as", "", "`FORM` of the output, see --list")
	f.BoolVar(&g.lossy, "lossy", false, "write what the target can say, and warn about the rest")
	f.BoolVar(&g.full, "full", false, "a whole config file that loads by itself")
	f.StringVar(&g.rng, "range", "", "addresses to lease with --full, `LOW-HIGH`")
	f.StringVar(&g.iface, "interface", "", "network `NAME` with --full")
	f.BoolVar(&g.list, "list", false, "list the targets, their forms and what they can say")
	f.BoolVar(&g.all, "all", false, "write every target that can say the plan into the folder of -o")
	f.BoolVar(&g.json, "json", false, "print JSON")
	f.StringVarP(&g.out, "output", "o", "", "write to `FILE` (with --all: a folder)")
	f.StringArrayVar(&g.clients, "client", nil, "with --json: what this `CLIENT` gets, such as efi-x64+ipxe (repeatable)")
	_ = cmd.RegisterFlagCompletionFunc("as", completeForms)
}

func (g *generate) run(args []string) error {
	switch {
	case g.list && len(args) <= 1:
		return g.listTargets(args)
	case g.all && len(args) > 0:
		return usagef("leave out "+args[0]+", or --all", "--all writes every target, and %q was named too", args[0])
	case g.all:
		return g.writeAll()
	case len(args) != 1:
		return usagef("pxekit generate --list shows all targets", "generate takes one target, got %d", len(args))
	}
	return g.one(args[0])
}

// one writes a single target.
func (g *generate) one(name string) error {
	target, form, err := findForm(name, g.as)
	if err != nil {
		return err
	}
	clients, err := g.named()
	if err != nil {
		return err
	}
	req, err := g.request(form)
	if err != nil {
		return err
	}
	p, err := g.plan.read(g.ui)
	if err != nil {
		return err
	}
	w, err := write(p, target, form, req)
	if err != nil {
		return g.refused(target, p, err)
	}
	if g.full && !target.Whole {
		g.say("warning", "this is no whole file: --full, --range and --interface are not for "+name, "")
	}
	if err := g.judge(w); err != nil {
		return err
	}
	return g.print(w, clients)
}

// refused is the failure of a target that writes nothing. For a whole file that is
// about what was typed, the network, the range, the interface, unless the plan has
// more networks than the server can.
func (g *generate) refused(t dialect.Target, p *plan.Plan, err error) error {
	switch {
	case !g.full || !t.Whole || len(p.Scope) > 1:
		return askedf("", "%w", err)
	case len(p.Scope) == 0:
		return usagef("--scope 10.77.0.0/24", "%w", err)
	case g.iface == "":
		return usagef("--interface eth0", "%w", err)
	}
	return usagef("", "%w", err)
}

// named are the clients that --json tells about, the standard ones unless some
// were named.
func (g *generate) named() ([]dhcpopts.Client, error) {
	if len(g.clients) == 0 {
		return dhcpopts.StandardClients(), nil
	}
	if !g.json {
		return nil, usagef("add --json", "--client says whom --json tells about")
	}
	var clients []dhcpopts.Client
	for _, text := range g.clients {
		c, err := dhcpopts.ParseClient(text)
		if err != nil {
			return nil, usagef("--client efi-x64,mac=52:54:00:12:34:56", "%w", err)
		}
		clients = append(clients, c)
	}
	return clients, nil
}

// findForm looks up a target and one of its forms.
func findForm(name, as string) (dialect.Target, dialect.Form, error) {
	target, err := targets.Find(name)
	if err != nil {
		return target, dialect.Form{}, usagef("pxekit generate --list shows all targets", "%w", err)
	}
	switch {
	case as == "" && len(target.Forms) == 0:
		return target, dialect.Form{}, nil // Write says why there is none
	case as == "":
		return target, target.Forms[0], nil
	}
	i := slices.IndexFunc(target.Forms, func(f dialect.Form) bool { return f.Name == as })
	if i < 0 {
		return target, dialect.Form{}, usagef(name+" has --as "+strings.Join(formNames(target), ", "), "%s has no form %q", name, as)
	}
	return target, target.Forms[i], nil
}

func formNames(t dialect.Target) []string {
	var names []string
	for _, f := range t.Forms {
		names = append(names, f.Name)
	}
	return names
}

// request reads --range and its companions.
func (g *generate) request(form dialect.Form) (dialect.Request, error) {
	req := dialect.Request{As: form.Name, Full: g.full, Interface: g.iface}
	if !g.full {
		if g.rng != "" || g.iface != "" {
			return req, usagef("add --full", "--range and --interface belong to a whole file (--full)")
		}
		return req, nil
	}
	low, high, ok := strings.Cut(g.rng, "-")
	var errLow, errHigh error
	req.RangeLow, errLow = netip.ParseAddr(low)
	req.RangeHigh, errHigh = netip.ParseAddr(high)
	if g.rng == "" {
		return req, usagef("--range 10.77.0.100-10.77.0.150", "--full needs the addresses to lease")
	}
	if strings.ContainsFunc(g.iface, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '/' }) {
		return req, usagef("--interface eth0", "%q is no name of an interface", g.iface)
	}
	if !ok || errLow != nil || errHigh != nil || !req.RangeLow.Is4() || !req.RangeHigh.Is4() || req.RangeHigh.Less(req.RangeLow) {
		return req, usagef("--range 10.77.0.100-10.77.0.150", "range %q is not two IPv4 addresses, the lower first", g.rng)
	}
	return req, nil
}

func completeTargets(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, t := range targets.All {
		names = append(names, t.Name+"\t"+t.Title)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

func completeForms(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	t, err := targets.Find(args[0])
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return formNames(t), cobra.ShellCompDirectiveNoFileComp
}
