//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// scenario is one row of the results.
type scenario struct {
	name           string
	clients        int
	block, window  int
	size           int64
	bare           bool // against the bare loop too
	alone          bool // pxekit only, for its memory
	far            bool // behind the relay
	speed, cpuTime []target
}

// target is a bound on pxekit's ratio to a peer; "" is the best of all.
type target struct {
	peer  string
	bound float64
}

var scenarios = []scenario{
	{name: "1 client, no window", clients: 1, block: 1428, size: 12 << 20, speed: []target{{"", 1.0}}, cpuTime: []target{{"", 1.2}}},
	{name: "1 client, window 16", clients: 1, block: 1428, window: 16, size: 64 << 20, speed: []target{{"atftpd", 1.2}}},
	{name: "1 client, window 64", clients: 1, block: 1428, window: 64, size: 128 << 20, bare: true, speed: []target{{"atftpd", 2.5}, {"bare loop", 0.9}}},
	{name: "1 client, 1 ms away, no window", clients: 1, block: 1428, size: 1 << 20, far: true, bare: true, speed: []target{{"bare loop", 0.9}}},
	{name: "1 client, 1 ms away, window 4", clients: 1, block: 1428, window: 4, size: 4 << 20, far: true, bare: true, speed: []target{{"bare loop", 0.9}}},
	{name: "1 client, 1 ms away, window 16", clients: 1, block: 1428, window: 16, size: 16 << 20, far: true, bare: true, speed: []target{{"bare loop", 0.9}}},
	{name: "1 client, 1 ms away, window 64", clients: 1, block: 1428, window: 64, size: 48 << 20, far: true, bare: true, speed: []target{{"bare loop", 0.9}}},
	{name: "50 clients, no window", clients: 50, block: 1428, size: 1 << 20, speed: []target{{"", 1.0}}},
	{name: "50 clients, window 16", clients: 50, block: 1428, window: 16, size: 4 << 20, speed: []target{{"atftpd", 2.5}}},
	{name: "1,000 clients, no window", clients: 1000, block: 1428, size: 128 << 10, alone: true},
	{name: "1,000 clients, window 64", clients: 1000, block: 1428, window: 64, size: 256 << 10, alone: true},
}

// sample is one measurement.
type sample struct {
	MBs, CPU  float64 // CPU in seconds
	Slowest   float64
	Memory    int64
	PerSecond float64 // answers or boots, where these are counted
}

// result is a scenario with its samples by peer, in order of measurement.
type result struct {
	scenario
	order   []string
	samples map[string][]sample
}

type bench struct {
	dir      string
	self     string
	peers    []*peer
	versions string
}

func newBench(cache string) (*bench, error) {
	if err := unpack(cache); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pxekit-bench")
	if err != nil {
		return nil, err
	}
	b := &bench{dir: dir, self: self, versions: versions()}
	if err := spaces(); err != nil {
		return nil, err
	}
	b.peers = peers(self, cache, dir)
	for _, p := range b.peers {
		if err := p.start(); err != nil {
			b.close()
			return nil, err
		}
	}
	time.Sleep(500 * time.Millisecond)
	return b, nil
}

func (b *bench) close() {
	for _, p := range b.peers {
		p.stop()
	}
	removeSpaces()
	_ = os.RemoveAll(b.dir)
}

// measure runs every scenario.
func (b *bench) measure(only string, repeat int) ([]result, error) {
	var results []result
	for _, s := range scenarios {
		if !strings.Contains(s.name, only) {
			continue
		}
		r, err := b.run(s, repeat)
		if err != nil {
			return nil, err
		}
		results = append(results, r)
	}
	return results, nil
}

// run measures one scenario, the servers taking turns.
func (b *bench) run(s scenario, repeat int) (result, error) {
	r := result{scenario: s, samples: map[string][]sample{}}
	if s.far {
		shorten, err := b.lengthen()
		if err != nil {
			return r, err
		}
		defer shorten()
	}
	if err := b.warm(s); err != nil {
		return r, err
	}
	for range repeat {
		for _, p := range b.peers {
			if !s.includes(p) {
				continue
			}
			one, err := b.once(s, p)
			if err != nil {
				return r, fmt.Errorf("%s, %s: %w", s.name, p.name, err)
			}
			fmt.Fprintf(os.Stderr, "%-30s %-10s %7.1f MB/s  CPU %.3f s\n", s.name, p.name, one.MBs, one.CPU)
			r.samples[p.name] = append(r.samples[p.name], one)
		}
	}
	for _, p := range b.peers {
		if len(r.samples[p.name]) > 0 {
			r.order = append(r.order, p.name)
		}
	}
	return r, nil
}

// warm lets every server see the file once, by a single client.
func (b *bench) warm(s scenario) error {
	s.clients = 1
	for _, p := range b.peers {
		if !s.includes(p) {
			continue
		}
		if _, err := b.once(s, p); err != nil {
			return fmt.Errorf("%s, %s: %w", s.name, p.name, err)
		}
	}
	return nil
}

func (s scenario) includes(p *peer) bool {
	switch {
	case s.alone:
		return p.name == "pxekit"
	case p.name == "bare loop":
		return s.bare
	}
	return s.window == 0 || p.windows
}

func (b *bench) once(s scenario, p *peer) (sample, error) {
	name := fmt.Sprintf("%d.bin", s.size)
	if err := b.file(name, s.size); err != nil {
		return sample{}, err
	}
	before, err := p.group.used()
	if err != nil {
		return sample{}, err
	}
	cmd := exec.Command("ip", "netns", "exec", clientSpace, "taskset", "-c", "1", b.self, "get",
		"-server", fmt.Sprint(serverAddr, ":", p.port), "-name", name, "-clients", fmt.Sprint(s.clients),
		"-block", fmt.Sprint(s.block), "-window", fmt.Sprint(s.window))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return sample{}, err
	}
	var got fetched
	if err := json.Unmarshal(out, &got); err != nil {
		return sample{}, err
	}
	if want := s.size * int64(s.clients); got.Bytes != want {
		return sample{}, fmt.Errorf("%d octets came, not %d", got.Bytes, want)
	}
	after, err := p.group.used()
	return sample{
		MBs: float64(got.Bytes) / 1e6 / got.Seconds, CPU: (after - before).Seconds(),
		Slowest: got.Slowest, Memory: p.group.peak(),
	}, err
}

// file makes a file of a size in the served folder.
func (b *bench) file(name string, size int64) error {
	path := filepath.Join(b.dir, name)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	block := make([]byte, size)
	for i := range block {
		block[i] = byte(i >> 8)
	}
	return publishFile(path, block)
}

// settled is how old a file has to be for pxekit to keep it in memory: before
// that one more change might not show in its times.
const settled = 3 * time.Second

// publishFile makes a file that is served, and waits until it counts as settled.
func publishFile(path string, content []byte) error {
	if err := os.WriteFile(path, content, 0o644); err != nil {
		return err
	}
	time.Sleep(settled)
	return nil
}
