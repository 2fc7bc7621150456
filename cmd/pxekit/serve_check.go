package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"pxekit/dhcpopts/plan"
	"pxekit/internal/bootfiles"
	"pxekit/internal/serve"
)

// openRoot opens the folder of boot files.
func (v *serveVerb) openRoot() (*bootfiles.Root, error) {
	info, err := os.Stat(v.root)
	if err == nil && !info.IsDir() {
		return nil, usagef(fmt.Sprintf("--root %s --file %s", shellWord(filepath.Dir(v.root)), shellWord(filepath.Base(v.root))),
			"--root %q is a file, not the folder of the boot files", v.root)
	}
	root, err := bootfiles.OpenRoot(v.root)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, usagef(fmt.Sprintf("mkdir -p %s, and put the boot files there", shellWord(v.root)), "the folder of boot files %q is not there", v.root)
	case errors.Is(err, fs.ErrPermission):
		return nil, usagef(fmt.Sprintf("run it with sudo, or let everyone read it: sudo chmod -R a+rX %s", shellWord(v.root)), "cannot open the folder of boot files: %w", err)
	case err != nil:
		return nil, ioError("open the folder of boot files", err)
	}
	return root, nil
}

// shellWord quotes a word for a shell where it needs it.
func shellWord(s string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=+:,@%"
	if s != "" && strings.Trim(s, plain) == "" {
		return s
	}
	return plan.ShellQuote(s)
}

// findIfaces looks the interfaces up.
func (v *serveVerb) findIfaces() (all []serve.Iface, err error) {
	named := map[string]bool{}
	for _, name := range v.ifaces {
		if named[name] {
			return nil, usagef("-i "+shellWord(name), "interface %q is named twice", name)
		}
		named[name] = true
		i, err := serve.FindIface(name)
		if err != nil {
			return nil, usagef(ifaceHint(name, err), "interface %w", err)
		}
		all = append(all, i)
	}
	return all, nil
}

func ifaceHint(name string, err error) string {
	word := shellWord(name)
	switch {
	case errors.Is(err, serve.ErrDown):
		return "sudo ip link set " + word + " up"
	case errors.Is(err, serve.ErrNoAddress):
		return "sudo ip address add 10.77.0.2/24 dev " + word + ", with an address of the machines' network"
	}
	if usable := usableIfaces(); len(usable) > 0 {
		return "-i " + strings.Join(usable, ", or -i ")
	}
	return "ip -brief address shows the interfaces"
}

// usableIfaces lists the interfaces that could be served, with their addresses.
func usableIfaces() (all []string) {
	found, _ := net.Interfaces() // none: none is named
	for _, f := range found {
		if i, err := serve.FindIface(f.Name); err == nil && f.Flags&net.FlagLoopback == 0 {
			all = append(all, fmt.Sprintf("%s (%s)", shellWord(f.Name), i.Addr()))
		}
	}
	return all
}

// checkCertificate reads the files of HTTPS before anything is opened.
func (v *serveVerb) checkCertificate() error {
	if v.tlsCert == "" {
		return nil
	}
	_, err := serve.LoadCertificate(v.tlsCert, v.tlsKey)
	if err == nil {
		return nil
	}
	hint := fmt.Sprintf("openssl x509 -in %s -noout -pubkey and openssl pkey -in %s -pubout print the same public key for files that belong together",
		shellWord(v.tlsCert), shellWord(v.tlsKey))
	if _, swapped := serve.LoadCertificate(v.tlsKey, v.tlsCert); swapped == nil {
		hint = fmt.Sprintf("--tls-cert %s --tls-key %s", shellWord(v.tlsKey), shellWord(v.tlsCert))
	} else if errors.Is(err, fs.ErrNotExist) {
		hint = fmt.Sprintf("openssl req -x509 -newkey rsa:3072 -nodes -days 365 -subj /CN=pxekit -keyout %s -out %s makes a pair", shellWord(v.tlsKey), shellWord(v.tlsCert))
	}
	return usagef(hint, "%w", err)
}

// openFailure says how to get the right to open a port, or who has it.
func (v *serveVerb) openFailure(err error) error {
	if f := new(failure); errors.As(err, &f) {
		return err // of the plan
	}
	switch hint := poolHint(err); {
	case hint != "":
		return usagef(hint, "%w", err)
	case errors.Is(err, serve.ErrPortTaken):
		return usagef("leave out --dhcp: that program gives the addresses, pxekit the boot files; ss -lnp --udp 'sport = 67' shows what it is", "%w", err)
	case errors.Is(err, fs.ErrPermission):
		return usagef(serve.HowToPermit, "no right to open the ports: %w", err)
	case errors.Is(err, syscall.EADDRINUSE):
		return usagef(v.takenHint(err), "a port is taken: %w", err)
	}
	return usagef("", "%w", err)
}

// runHint says what to do about an error that ends serving.
func runHint(err error) string {
	switch {
	case errors.Is(err, serve.ErrOtherDHCP):
		return "leave out --dhcp: that server gives the addresses, pxekit the boot files"
	case errors.Is(err, serve.ErrDeaf) && errors.Is(err, fs.ErrPermission):
		return "the right CAP_NET_RAW is missing: " + serve.HowToPermit
	}
	return ""
}

// captureFailure says why messages cannot be recorded, nil when they can.
func (v *serveVerb) captureFailure(err error) error {
	hint := ""
	switch dir := shellWord(filepath.Dir(v.capture)); {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		hint = "mkdir -p " + dir
	case errors.Is(err, errRecording):
		hint = "--pcap with another name, or stop that one"
	case errors.Is(err, fs.ErrPermission):
		hint = "--pcap names a file in a folder where you may write; ls -ld " + dir
	}
	return usagef(hint, "cannot record messages: %w", err)
}

// takenHint says who has a port, and what to do without it.
func (v *serveVerb) takenHint(err error) string {
	var op *net.OpError
	if !errors.As(err, &op) || op.Addr == nil {
		return "ss -lnptu shows who has it"
	}
	at, _ := netip.ParseAddrPort(op.Addr.String()) // the zero value: an odd port is shown
	hint := fmt.Sprintf("ss -lnp --%s 'sport = %d' shows who has it", strings.TrimRight(op.Net, "46"), at.Port())
	switch {
	case strings.HasPrefix(op.Net, "tcp"):
		return hint + "; --http-port 8080, or --no-http"
	case at.Port() == 69:
		return hint + ": stop it, as firmware asks no other port than 69"
	}
	return hint
}
