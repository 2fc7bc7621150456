package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"pxekit/internal/serve"
)

// listenAtStart is how long other servers have to answer before serving begins:
// dhcpd pings an address for a second before it offers it.
const listenAtStart = 2500 * time.Millisecond

// serveVerb is the verb's flags.
type serveVerb struct {
	*ui
	out              io.Writer // of the log
	plan             planFlags
	ifaces           []string
	root             string
	strategy         string
	observe, force   bool
	only             []string
	allow, deny      []string
	tftpPort         uint16
	httpPort         uint16
	noHTTP           bool
	httpList         bool
	tlsCert, tlsKey  string
	logForm, capture string
	dhcp             string
	router, dns      string
}

func newServe(u *ui) *cobra.Command {
	v := &serveVerb{ui: u}
	cmd := &cobra.Command{
		Use:   "serve -i IFACE --root DIR",
		Short: "boot the machines of a network: proxyDHCP, TFTP and HTTP beside its DHCP server",
		Long: "Answers PXE and HTTP boot clients on an interface beside the DHCP server that is there, and serves a\n" +
			"folder by TFTP and HTTP. It touches no lease of that server, and gives no addresses unless --dhcp says\n" +
			"which, for a bench that has no DHCP server. Without a plan the folder is looked through\n" +
			"for boot programs. Where another PXE responder answers, it only observes unless --force is given: then no\n" +
			"port is open for files and metrics.\n" +
			"Raspberry Pi, and the second question of WDS's boot programs (what to load next, and the boot configuration\n" +
			"store), are answered as documents say, which no real machine has proven yet: unverified.\n" +
			"A DHCP server on the same host is heard too when it was started first; Kea, and dnsmasq without bind-interfaces\n" +
			"or bind-dynamic, cannot be started later, as pxekit then has port 67. Beside one --dhcp is refused.\n" +
			"Files are served at the IPv6 addresses of the interface as well; machines are told the IPv4 address.\n" +
			"Runs until it is stopped; the log goes to standard output, and on a terminal a line below it shows\n" +
			"how far long transfers are. SIGHUP, or a change of its files, makes it read the plan and the TLS\n" +
			"certificate again, and a folder without a plan is looked through again on SIGHUP. Once all is open it\n" +
			"gives up its rights, and of the file system all but reading what was named. SIGTERM lets transfers go\n" +
			"on for ten seconds, a second one ends at once.",
		Example: `  sudo pxekit serve -i eth1 --root ./boot
  sudo pxekit serve -i eth1 --root ./boot --plan plan.yaml --only 52:54:00:12:34:56
  sudo pxekit serve -i eth1 --root ./boot --file bios=undionly.kpxe --file efi-x64=snponly.efi --ipxe http://{server}/boot.ipxe
  sudo pxekit serve -i eth1 --root ./boot --dhcp 10.77.0.100-10.77.0.200
  sudo pxekit serve -i eth1 --root ./boot --observe --log json`,
		Annotations: map[string]string{jsonFields: jsonServe, manSections: manServe},
		Args:        v.noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return v.run(cmd.Context(), cmd.Flags().Changed("http-port"))
		},
	}
	v.flags(cmd)
	return cmd
}

// noArgs refuses arguments, and says which flag they probably belong to.
func (v *serveVerb) noArgs(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "pxekit serve --help lists the flags"
	info, err := os.Stat(args[0])
	switch _, noIface := serve.FindIface(args[0]); {
	case !errors.Is(noIface, serve.ErrNoInterface):
		hint = "-i " + shellWord(args[0])
	case err == nil && info.IsDir():
		hint = "--root " + shellWord(args[0])
	}
	return usagef(hint, "unexpected argument %q", args[0])
}

func (v *serveVerb) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVarP(&v.ifaces, "interface", "i", nil, "network interface `NAME` to answer on (repeatable)")
	f.StringVar(&v.root, "root", "", "`FOLDER` of the boot files")
	v.plan.register(f)
	f.StringVar(&v.strategy, "strategy", "auto", "`STRATEGY` of the answer: auto, direct (the file in the offer) or binl (the client asks port 4011)")
	f.BoolVar(&v.observe, "observe", false, "decide and log, but send nothing")
	f.BoolVar(&v.force, "force", false, "answer although another PXE responder is at work")
	f.StringArrayVar(&v.only, "only", nil, "answer this machine alone, `MAC` (repeatable)")
	f.StringArrayVar(&v.allow, "allow", nil, "answer only machines that fit `WHO`, a MAC or its beginning, an architecture or a UUID (repeatable)")
	f.StringArrayVar(&v.deny, "deny", nil, "never answer machines that fit `WHO`, see --allow (repeatable)")
	f.Uint16Var(&v.tftpPort, "tftp-port", 69, "UDP `PORT` of TFTP; firmware knows 69 alone")
	f.Uint16Var(&v.httpPort, "http-port", 80, "TCP `PORT` of HTTP (with --tls-cert 443)")
	f.BoolVar(&v.noHTTP, "no-http", false, "serve no HTTP")
	f.BoolVar(&v.httpList, "http-list", false, "list the folders of the root over HTTP")
	f.StringVar(&v.tlsCert, "tls-cert", "", "serve HTTPS with the certificate in this `FILE` (PEM)")
	f.StringVar(&v.tlsKey, "tls-key", "", "key of --tls-cert, `FILE` (PEM)")
	f.StringVar(&v.logForm, "log", "text", "`FORM` of the log: text or json")
	f.StringVar(&v.capture, "pcap", "", "write the DHCP messages seen and sent to this `FILE`")
	f.StringVar(&v.dhcp, "dhcp", "", "give addresses too, `LOW-HIGH`, on a network without a DHCP server")
	f.StringVar(&v.router, "dhcp-router", "", "router that --dhcp names, `IP`")
	f.StringVar(&v.dns, "dhcp-dns", "", "DNS server that --dhcp names, `IP`")
}

func (v *serveVerb) run(ctx context.Context, portTyped bool) error {
	ctx, gone := context.WithCancel(ctx)
	defer gone()
	v.out = watched(v.stdout, gone)
	c, err := v.config(portTyped)
	if err != nil {
		return err
	}
	if c.Root, err = v.openRoot(); err != nil {
		return err
	}
	defer c.Root.Close()
	if c.Ifaces, err = v.findIfaces(); err != nil {
		return err
	}
	if err := v.checkCertificate(); err != nil {
		return err
	}
	v.plan.local = c.Ifaces[0].Addr()
	c.Load = v.source(c)
	if v.plan.file != "-" {
		c.PlanFile = v.plan.file
	}
	if v.capture != "" {
		c.Capture = func() (io.WriteCloser, error) {
			f, err := createCapture(v.capture)
			return f, v.captureFailure(err)
		}
	}
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	c.Reload = hup
	return v.serve(ctx, c)
}

func (v *serveVerb) serve(ctx context.Context, c serve.Config) error {
	s, err := serve.Open(c)
	if err != nil {
		return v.openFailure(err)
	}
	err = s.Run(ctx)
	if f := new(failure); err == nil || errors.As(err, &f) {
		return err
	}
	return usagef(runHint(err), "%w", err)
}
