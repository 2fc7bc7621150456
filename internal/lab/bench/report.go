//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
)

// versions names the machine and the peers.
func versions() string {
	return fmt.Sprintf("%s; tftpd-hpa %s, atftpd %s, %s.", machine(),
		output("apt-cache show tftpd-hpa | sed -n 's/^Version: //p' | head -1"), output("apt-cache show atftpd | sed -n 's/^Version: //p' | head -1"), dnsmasqVersion())
}

func machine() string {
	return fmt.Sprintf("%s, %d processors, Linux %s, %s",
		output(`sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1`), runtime.NumCPU(), output("uname -r"), runtime.Version())
}

func dnsmasqVersion() string {
	return output("/usr/sbin/dnsmasq --version | head -1 | cut -d' ' -f1-3")
}

// output is what a script prints, "" when it fails.
func output(script string) string {
	out, _ := exec.Command("sh", "-c", script).Output()
	return strings.TrimSpace(string(out))
}

// section is the text of the TFTP results.
func section(results []result, versions string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", versions)
	for _, r := range results {
		r.write(&b)
	}
	return b.String()
}

// publish prints a part's results, or puts them into doc, between its marks.
func publish(part, text, doc string) error {
	if doc == "" {
		_, err := fmt.Print(text)
		return err
	}
	whole, err := os.ReadFile(doc)
	if err != nil {
		return err
	}
	begin, end := fmt.Sprintf("<!-- %s results -->", part), fmt.Sprintf("<!-- end of %s results -->", part)
	before, rest, ok1 := strings.Cut(string(whole), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		return fmt.Errorf("%s has no marks %s and %s", doc, begin, end)
	}
	return os.WriteFile(doc, []byte(before+begin+"\n\n"+text+"\n"+end+after), 0o644)
}

func (r result) write(b *strings.Builder) {
	fmt.Fprintf(b, "\n### %s, %s each\n\n", r.name, size(r.size))
	fmt.Fprintf(b, "| server | MB/s, each run | median | CPU s, each run | median |\n|---|---|---|---|---|\n")
	for _, name := range r.order {
		speed, cpu := r.column(name, speedOf), r.column(name, cpuOf)
		fmt.Fprintf(b, "| %s | %s | %.1f | %s | %.3f |\n", name, join(speed, "%.1f"), median(speed), join(cpu, "%.3f"), median(cpu))
	}
	fmt.Fprintln(b)
	if r.alone {
		var most int64
		for _, s := range r.samples["pxekit"] {
			most = max(most, s.Memory)
		}
		fmt.Fprintf(b, "- All %d finish, the slowest after %.1f s; largest resident memory %d MB; target under 200 MB: %s.\n",
			r.clients, median(r.column("pxekit", func(s sample) float64 { return s.Slowest })), most/1e6, verdict(most < 200e6))
	}
	for _, t := range r.speed {
		ratio := r.against(t.peer, speedOf, slices.Max[[]float64])
		fmt.Fprintf(b, "- Throughput against %s: %.2f; target at least %.1f: %s.\n", t, ratio, t.bound, verdict(ratio >= t.bound))
		if t.peer == "" {
			peer := r.fastest()
			fmt.Fprintf(b, "- Throughput against %s, the fastest peer: %.2f.\n", peer, r.against(peer, speedOf, slices.Max[[]float64]))
		}
	}
	if r.far {
		atOnce := float64(max(r.window, 1)*r.block) / distance.Seconds() / 1e6
		fmt.Fprintf(b, "- Of %.1f MB/s, a window each %v and no time for anything else: %.2f.\n", atOnce, distance, median(r.column("pxekit", speedOf))/atOnce)
	}
	for _, t := range r.cpuTime {
		peer := t.peer
		if peer == "" {
			peer = r.fastest()
		}
		ratio := r.against(peer, cpuOf, slices.Max[[]float64])
		fmt.Fprintf(b, "- CPU time against %s, the fastest peer: %.2f; target at most %.1f: %s.\n", peer, ratio, t.bound, verdict(ratio <= t.bound))
	}
}

func (t target) String() string {
	if t.peer == "" {
		return "the best peer of each round"
	}
	return t.peer
}

func speedOf(s sample) float64 { return s.MBs }
func cpuOf(s sample) float64   { return s.CPU }

func (r result) column(name string, of func(sample) float64) []float64 {
	var out []float64
	for _, s := range r.samples[name] {
		out = append(out, of(s))
	}
	return out
}

// against is the median over the rounds of pxekit's value divided by a peer's,
// or by the best of the peers of that round.
func (r result) against(peer string, of func(sample) float64, best func([]float64) float64) float64 {
	var ratios []float64
	for i, own := range r.samples["pxekit"] {
		var others []float64
		for _, name := range r.order {
			if name == peer || peer == "" && name != "pxekit" && name != "bare loop" {
				others = append(others, of(r.samples[name][i]))
			}
		}
		ratios = append(ratios, of(own)/best(others))
	}
	return median(ratios)
}

// fastest is the peer with the highest median throughput.
func (r result) fastest() (name string) {
	for _, n := range r.order {
		if n != "pxekit" && n != "bare loop" && (name == "" || median(r.column(n, speedOf)) > median(r.column(name, speedOf))) {
			name = n
		}
	}
	return name
}

func median(values []float64) float64 {
	s := slices.Sorted(slices.Values(values))
	if len(s)%2 == 0 {
		return (s[len(s)/2-1] + s[len(s)/2]) / 2
	}
	return s[len(s)/2]
}

func join(values []float64, format string) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = fmt.Sprintf(format, v)
	}
	return strings.Join(parts, " ")
}

func verdict(ok bool) string {
	if ok {
		return "met"
	}
	return "**missed**"
}

func size(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}
