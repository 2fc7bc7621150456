package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/stretchr/testify/require"

	"pxekit/internal/capture"
	"pxekit/internal/lab"
)

// The benchmarks run the program itself, built as it ships, and report what the
// system says of the process: processor time beside the time on the clock, and
// the most memory it held.
//
//	go test -run '^$' -bench . -benchtime 1x ./cmd/pxekit

// BenchmarkEncode is the time from start to end of the smallest run.
func BenchmarkEncode(b *testing.B) {
	pxekit := built(b)
	measure(b, func() *exec.Cmd { return exec.Command(pxekit, "encode", "67", `boot\x64\wdsnbp.com`) })
}

// BenchmarkGenerate writes the configs of plans with many machines. Time and
// memory are to grow with their number, no faster.
func BenchmarkGenerate(b *testing.B) {
	pxekit := built(b)
	for _, hosts := range []int{10_000, 100_000} {
		plan := manyHosts(b, hosts)
		for _, target := range []string{"isc", "kea", "dnsmasq"} {
			b.Run(fmt.Sprintf("%s/hosts=%d", target, hosts), func(b *testing.B) {
				measure(b, func() *exec.Cmd { return exec.Command(pxekit, "generate", target, "--plan", plan) })
			})
		}
	}
}

// manyHosts writes a plan with a CSV file beside it, each machine with a boot
// file of its own.
func manyHosts(b *testing.B, n int) (plan string) {
	dir := b.TempDir()
	list, err := os.Create(filepath.Join(dir, "machines.csv"))
	require.NoError(b, err)
	w := bufio.NewWriter(list)
	fmt.Fprintln(w, "mac,arch,file")
	for i := range n {
		fmt.Fprintf(w, "52:54:00:%02x:%02x:%02x,efi-x64,boot\\x64\\host%d.efi\n", byte(i>>16), byte(i>>8), byte(i), i)
	}
	require.NoError(b, w.Flush())
	require.NoError(b, list.Close())
	plan = filepath.Join(dir, "plan.yaml")
	require.NoError(b, os.WriteFile(plan, []byte("version: 1\nserver: 192.0.2.10\nscope: [10.0.0.0/8]\nhosts: machines.csv\n"+
		"rules:\n  - match: {arch: bios}\n    file: boot\\x64\\wdsnbp.com\n  - match: {arch: efi-x64}\n    file: boot\\x64\\wdsmgfw.efi\n"), 0o644))
	return plan
}

// BenchmarkDecode reads a capture of a million packets, and tshark a part of
// it: it takes minutes for the whole, and memory for every packet. Compare
// ns/packet.
func BenchmarkDecode(b *testing.B) {
	pxekit := built(b)
	b.Run("pxekit", func(b *testing.B) {
		const packets = 1_000_000
		file := manyPackets(b, packets)
		measure(b, func() *exec.Cmd { return exec.Command(pxekit, "decode", "--json", file) })
		perPacket(b, packets)
	})
	b.Run("tshark", func(b *testing.B) {
		lab.Need(b, "tshark")
		const packets = 50_000
		file := manyPackets(b, packets)
		measure(b, func() *exec.Cmd { return exec.Command("tshark", "-r", file, "-T", "json", "-j", "dhcp") })
		perPacket(b, packets)
	})
}

func perPacket(b *testing.B, packets int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(packets), "ns/packet")
}

// manyPackets writes a capture of the DHCP and TFTP packets of real boots, over
// and over.
func manyPackets(b *testing.B, n int) (name string) {
	frames := bootFrames(b)
	name = filepath.Join(b.TempDir(), "boots.pcap")
	f, err := os.Create(name)
	require.NoError(b, err)
	out := bufio.NewWriter(f)
	w := pcapgo.NewWriter(out)
	require.NoError(b, w.WriteFileHeader(1<<16, layers.LinkTypeEthernet))
	for i := range n {
		data := frames[i%len(frames)]
		info := gopacket.CaptureInfo{Timestamp: time.Unix(1_790_000_000, int64(i)*int64(time.Millisecond)), CaptureLength: len(data), Length: len(data)}
		require.NoError(b, w.WritePacket(info, data))
	}
	require.NoError(b, out.Flush())
	require.NoError(b, f.Close())
	return name
}

// bootFrames are the DHCP and TFTP frames of the captures, in their order.
func bootFrames(b *testing.B) (frames [][]byte) {
	files, err := filepath.Glob(filepath.Join(repository, "testdata", "captures", "*.pcap"))
	require.NoError(b, err)
	require.NotEmpty(b, files)
	for _, name := range files {
		kinds, datas := kindsOf(b, name), framesOf(b, name)
		require.Len(b, datas, len(kinds))
		for i, kind := range kinds {
			if kind == capture.DHCP || kind == capture.TFTP {
				frames = append(frames, datas[i])
			}
		}
	}
	return frames
}

func kindsOf(b *testing.B, name string) (kinds []capture.Kind) {
	f, err := os.Open(name)
	require.NoError(b, err)
	defer f.Close()
	r, err := capture.Open(f)
	require.NoError(b, err)
	var tracker capture.Tracker
	for {
		frame, err := r.Next()
		if errors.Is(err, io.EOF) {
			return kinds
		}
		require.NoError(b, err)
		kinds = append(kinds, tracker.Kind(frame))
	}
}

func framesOf(b *testing.B, name string) (frames [][]byte) {
	f, err := os.Open(name)
	require.NoError(b, err)
	defer f.Close()
	r, err := pcapgo.NewReader(f)
	require.NoError(b, err)
	for {
		data, _, err := r.ReadPacketData()
		if errors.Is(err, io.EOF) {
			return frames
		}
		require.NoError(b, err)
		frames = append(frames, data)
	}
}

// built is the program as it ships.
func built(b *testing.B) string {
	name := filepath.Join(b.TempDir(), "pxekit")
	out, err := exec.Command("go", "build", "-buildvcs=false", "-o", name, ".").CombinedOutput()
	require.NoError(b, err, "%s", out)
	return name
}

// measure runs a program, its output thrown away, and reports its processor
// time and peak memory.
func measure(b *testing.B, program func() *exec.Cmd) {
	var cpu time.Duration
	var peak int64
	for b.Loop() {
		cmd := program()
		err := cmd.Run()
		if exit := new(exec.ExitError); err != nil && !(errors.As(err, &exit) && exit.ExitCode() == exitFindings) {
			b.Fatal(err)
		}
		cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		peak = max(peak, peakMemory(cmd.ProcessState))
	}
	b.ReportMetric(cpu.Seconds()/float64(b.N)*1e9, "cpu-ns/op")
	b.ReportMetric(float64(peak)/1e6, "peak-MB")
}
