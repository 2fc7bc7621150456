//go:build linux

// Command bench measures pxekit against its peers. TFTP: tftpd-hpa, atftpd and
// dnsmasq from Debian, pxekit's server, and a bare loop that sends windows and
// waits for each ACK. proxyDHCP and whole boots: dnsmasq and pxekit serve. One
// client for all of them, in a network namespace of its own on the second
// processor; the servers are on the first. Run it by "make bench".
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench: error:", err)
		os.Exit(1)
	}
}

// options are the flags of a measurement.
type options struct {
	rounds        int
	only          string
	cache, pxekit string
}

// A part of the measurements: the name of its marks in the document, and what
// makes the text between them.
type part struct {
	name    string
	measure func(options) (string, error)
}

var parts = []part{{"tftp", transfers}, {"proxy", answers}, {"boots", boots}}

// run measures, or is one of the processes that a measurement starts.
func run(args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "serve":
			return serve(args[1], args[2])
		case "bare":
			return bare(args[1], args[2])
		case "relay":
			return relay()
		case "get":
			return get(args[1:])
		case "echo":
			return echo()
		case "ask":
			return ask(args[1:])
		case "boot":
			return boot(args[1:])
		}
	}
	var o options
	flags := flag.NewFlagSet("bench", flag.ExitOnError)
	flags.IntVar(&o.rounds, "pairs", 5, "how often each server is measured")
	flags.StringVar(&o.only, "only", "", "part of the name of what to measure")
	flags.StringVar(&o.cache, "cache", "/var/cache/pxekit-bench", "where the peers' packages are unpacked")
	flags.StringVar(&o.pxekit, "pxekit", "dist/pxekit", "the program whose serve is measured")
	which := flags.String("parts", "tftp,proxy,boots", "what to measure")
	doc := flags.String("o", "", "file to write the results into, between their marks")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return measure(strings.Split(*which, ","), o, *doc)
}

func measure(which []string, o options, doc string) error {
	for _, name := range which {
		i := slices.IndexFunc(parts, func(p part) bool { return p.name == name })
		if i < 0 {
			return fmt.Errorf("unknown part %q", name)
		}
		text, err := parts[i].measure(o)
		if err != nil {
			return err
		}
		if err := publish(name, text, doc); err != nil {
			return err
		}
	}
	return nil
}

// transfers measures TFTP.
func transfers(o options) (string, error) {
	b, err := newBench(o.cache)
	if err != nil {
		return "", err
	}
	defer b.close()
	results, err := b.measure(o.only, o.rounds)
	if err != nil {
		return "", err
	}
	return section(results, b.versions), nil
}
