//go:build linux

package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"sync"
	"time"

	"pxekit/internal/lab/tftpget"
)

// fetched is what the client process prints.
type fetched struct {
	Seconds float64
	Bytes   int64
	Slowest float64 // client, seconds
}

// get runs n clients at once in one process and prints how long they took.
func get(args []string) error {
	flags := flag.NewFlagSet("get", flag.ExitOnError)
	server := flags.String("server", "", "")
	name := flags.String("name", "", "")
	clients := flags.Int("clients", 1, "")
	block := flags.Int("block", 0, "")
	window := flags.Int("window", 0, "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	addr, err := netip.ParseAddrPort(*server)
	if err != nil {
		return err
	}
	g := tftpget.Get{Server: addr, Name: *name, Block: *block, Window: *window, Retry: 3 * time.Second}
	var all fetched
	var mu sync.Mutex
	var wg sync.WaitGroup
	began := time.Now()
	for range *clients {
		wg.Go(func() {
			result, fetchErr := g.Fetch(io.Discard)
			mu.Lock()
			defer mu.Unlock()
			all.Bytes += result.Bytes
			all.Slowest = max(all.Slowest, time.Since(began).Seconds())
			if fetchErr != nil {
				err = fmt.Errorf("after %d octets: %w", result.Bytes, fetchErr)
			}
		})
	}
	wg.Wait()
	all.Seconds = time.Since(began).Seconds()
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(all)
}
