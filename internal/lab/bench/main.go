//go:build linux

// Command bench measures TFTP servers against each other: tftpd-hpa, atftpd and
// dnsmasq from Debian, pxekit, and a bare loop that sends windows and waits for
// each ACK. One client for all of them, in a network namespace of its own on the
// second processor; the servers are on the first. Run it by "make bench".
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench: error:", err)
		os.Exit(1)
	}
}

// run measures, or is one of the processes that a measurement starts.
func run(args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "serve":
			return serve(args[1], args[2])
		case "bare":
			return bare(args[1], args[2])
		case "get":
			return get(args[1:])
		}
	}
	flags := flag.NewFlagSet("bench", flag.ExitOnError)
	repeat := flags.Int("pairs", 5, "how often each server is measured")
	only := flags.String("only", "", "part of the name of what to measure")
	doc := flags.String("o", "", "file to write the results into, between its marks")
	cache := flags.String("cache", "/var/cache/pxekit-bench", "where the peers' packages are unpacked")
	if err := flags.Parse(args); err != nil {
		return err
	}
	b, err := newBench(*cache)
	if err != nil {
		return err
	}
	defer b.close()
	results, err := b.measure(*only, *repeat)
	if err != nil {
		return err
	}
	return report(results, b.versions, *doc)
}
