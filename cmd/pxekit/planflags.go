package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/serve"
)

// maxPlanRead is one octet more than any plan may have; package plan refuses
// the rest with its own words.
const maxPlanRead = plan.MaxSize + 1

// planFlags are the flags of every verb that needs a plan.
type planFlags struct {
	plan.Flags
	file  string // --plan
	set   *pflag.FlagSet
	local netip.Addr // stands in while a plan is checked that names no server; invalid: nothing does
}

func (p *planFlags) register(f *pflag.FlagSet) {
	own := pflag.NewFlagSet("plan", pflag.ContinueOnError)
	own.StringVar(&p.Server, "server", "", "boot server, `IP`")
	own.StringArrayVar(&p.Files, "file", nil, "boot file, `[ARCH=]NAME` (repeatable); without ARCH it goes to the machines its name fits")
	own.StringVar(&p.IPXE, "ipxe", "", "`URL` of the script that iPXE gets once it runs")
	own.StringVar(&p.Preset, "preset", "", "boot files of a known `SETUP`: "+strings.Join(presetNames(), ", "))
	own.StringArrayVar(&p.Scope, "scope", nil, "network that the config applies to, `CIDR` (repeatable)")
	own.StringVar(&p.Via, "via", "", "`PLACE` of the file name: both (the default), header or option")
	own.StringVar(&p.NUL, "nul", "", "`WHICH` of options 66 and 67 close with a NUL: auto (the default), always, never or 66=…,67=…")
	f.AddFlagSet(own)
	f.StringVar(&p.file, "plan", "", "plan `FILE` instead of the flags above (- is standard input)")
	p.set = own
}

func presetNames() []string {
	var names []string
	for _, p := range plan.Presets() {
		names = append(names, p.Name)
	}
	return names
}

// read makes the plan that the flags or the file describe, and prints what is
// odd about it.
func (p *planFlags) read(u *ui) (*plan.Plan, error) {
	made, found, err := p.load(u)
	if err != nil {
		return nil, err
	}
	return u.planned(made, found)
}

// load makes the plan, and finds what is odd about it.
func (p *planFlags) load(u *ui) (*plan.Plan, []dhcpopts.Finding, error) {
	if p.file == "" {
		return p.fromFlags(u)
	}
	if other := p.typed(); other != "" {
		return nil, nil, usagef("write it into "+p.file, "%s does not go with --plan", other)
	}
	return u.readPlanFile(p.file, p.local)
}

// fromFlags makes the plan of the flags. A server that stands in leaves it again.
func (p *planFlags) fromFlags(u *ui) (*plan.Plan, []dhcpopts.Finding, error) {
	flags := p.Flags
	if flags.Server == "" && p.local.IsValid() {
		flags.Server = p.local.String()
	}
	made, found, err := plan.FromFlags(flags)
	if err != nil {
		return nil, nil, u.planFailure(err)
	}
	if p.Flags.Server == "" {
		made.Server = netip.Addr{}
	}
	return made, found, nil
}

// typed names a plan flag that was typed, "" when none was.
func (p *planFlags) typed() (name string) {
	p.set.VisitAll(func(f *pflag.Flag) {
		if f.Changed {
			name = "--" + f.Name
		}
	})
	return name
}

// readPlanFile reads a plan and its hosts. With a server that stands in, what
// is found is about the plan as that server will hand it out.
func (u *ui) readPlanFile(name string, local netip.Addr) (*plan.Plan, []dhcpopts.Finding, error) {
	data, err := u.readFile(name, maxPlanRead)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, usagef("begin with: pxekit generate plan --server 192.0.2.10 --file pxelinux.0 -o "+shellWord(name), "%w", err)
	}
	if err != nil {
		return nil, nil, err
	}
	p, found, err := plan.Parse(name, data)
	if err != nil {
		return nil, nil, u.planFailure(err)
	}
	if p.HostsFile != "" {
		if err := u.readHosts(p, name); err != nil {
			return nil, nil, err
		}
		found = p.Check()
	}
	if local.IsValid() {
		found = serve.Complete(p, local).Check()
	}
	return p, found, nil
}

// readHosts reads the machines of a plan's CSV file, which stands beside the
// plan unless its path is absolute. Such a plan lists none itself.
func (u *ui) readHosts(p *plan.Plan, planName string) error {
	name := p.HostsFile
	if !filepath.IsAbs(name) && planName != "-" {
		name = filepath.Join(filepath.Dir(planName), name)
	}
	f, err := os.Open(name)
	if err != nil {
		return ioError("read the hosts of "+planName, err)
	}
	defer f.Close()
	if p.Hosts, err = plan.ParseHostsCSV(name, f); err != nil {
		return u.planFailure(err)
	}
	return nil
}

// planned prints what is odd about a plan, and refuses one with errors.
func (u *ui) planned(p *plan.Plan, found []dhcpopts.Finding) (*plan.Plan, error) {
	if u.findings(found) > 0 {
		return nil, said(exitUsage)
	}
	return p, someRules(p)
}

func someRules(p *plan.Plan) error {
	if len(p.Rules)+len(p.Hosts) == 0 {
		return usagef("begin with: pxekit generate plan --server 192.0.2.10 --file pxelinux.0", "the plan has no rules")
	}
	return nil
}

// planFailure shows the user's own line below a plan's error.
func (u *ui) planFailure(err error) error {
	var e *plan.Error
	if !errors.As(err, &e) {
		return usagef("", "%w", err)
	}
	if excerpt := e.Excerpt(); excerpt != "" {
		return usagef(e.Hint, "%s\n%s", e.Error(), excerpt)
	}
	return usagef(e.Hint, "%s", e.Error())
}

// readFile reads up to limit octets of a file, or of stdin for "-".
func (u *ui) readFile(name string, limit int64) ([]byte, error) {
	in := u.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, ioError("read", err)
		}
		defer f.Close()
		in = f
	}
	var b bytes.Buffer
	_, err := io.Copy(&b, io.LimitReader(in, limit))
	return b.Bytes(), ioError("read "+name, err)
}
