//go:build linux

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/internal/lab"
)

// What is wrong with the host is told with the command that mends it.
func TestServeHostErrors(t *testing.T) {
	t.Parallel()
	root := bootFolder(t)
	for name, c := range map[string]struct{ before, flags, says, hint string }{
		"down":       {"ip link set s0 down", "-i s0", `interface "s0": the interface is down`, "sudo ip link set s0 up"},
		"no address": {"ip address flush dev s0", "-i s0", `interface "s0": the interface has no IPv4 address`, "sudo ip address add 10.77.0.2/24 dev s0, "},
		"no such":    {":", "-i s1", `interface "s1": no such network interface`, "-i s0 (10.77.0.2)"},
	} {
		run := lab.Program("pxekit", c.before+`; exec "$1" serve `+c.flags+" --root "+root, "answering")
		_, err := lab.NewSegment(t).Host(t, pxeHost).Launch(t, run, "")
		require.ErrorContains(t, err, "pxekit: error: "+c.says+"\n", name)
		require.ErrorContains(t, err, "pxekit: hint: "+c.hint, name)
	}
}

// What cannot be read or written is told with the way to mend it.
func TestServeFileErrors(t *testing.T) {
	t.Parallel()
	_, host := rightsSite(t)
	private := publicDir(t)
	require.NoError(t, os.Chmod(private, 0o700))
	for _, c := range []struct {
		root, pcap string
		before     []string
		says, hint string
	}{
		{bootFolder(t), "/none/x.pcap", nil, "cannot record messages: open /none/x.pcap: no such file or directory", "mkdir -p /none"},
		{private, "x.pcap", asNobody(), "cannot open the folder of boot files: open " + private + ": permission denied",
			"run it with sudo, or let everyone read it: sudo chmod -R a+rX " + private},
	} {
		p := start(t, host, nil, append(c.before, program(t), "serve", "-i", "s0", "--root", c.root, "--pcap", c.pcap)...)
		<-p.ended
		require.Equal(t, 2, p.cmd.ProcessState.ExitCode())
		require.Contains(t, p.Log(), "pxekit: error: "+c.says+"\n")
		require.Contains(t, p.Log(), "pxekit: hint: "+c.hint+"\n")
	}
	v := &serveVerb{capture: "/srv/x.pcap"}
	require.NoError(t, v.captureFailure(nil))
	f := new(failure)
	require.ErrorAs(t, v.captureFailure(os.ErrPermission), &f)
	require.Equal(t, "--pcap names a file in a folder where you may write; ls -ld /srv", f.Hint())
}

// A port that is taken is named, with the way to see who has it.
func TestServePortTaken(t *testing.T) {
	t.Parallel()
	root := bootFolder(t)
	segment := lab.NewSegment(t)
	host := segment.Host(t, pxeHost)
	host.Start(t, lab.Program("pxekit", `exec "$1" serve -i s0 --root `+root, "answering on s0"), "")
	root += " --force"                                   // without it, it would only observe beside the other
	pcap := filepath.Join(t.TempDir(), "yesterday.pcap") // stays as it is
	require.NoError(t, os.WriteFile(pcap, []byte("precious"), 0o644))
	for flags, want := range map[string][2]string{
		" --pcap " + pcap: {"a port is taken: listen udp4 10.77.0.2:69: bind: address already in use",
			"ss -lnp --udp 'sport = 69' shows who has it: stop it, as firmware asks no other port than 69"},
		" --tftp-port 6969": {"a port is taken: listen tcp4 10.77.0.2:80: bind: address already in use",
			"ss -lnp --tcp 'sport = 80' shows who has it; --http-port 8080, or --no-http"},
	} {
		_, err := host.Launch(t, lab.Program("pxekit", `exec "$1" serve -i s0 --root `+root+flags, "answering on s0"), "")
		require.ErrorContains(t, err, "pxekit: error: "+want[0]+"\n")
		require.ErrorContains(t, err, "pxekit: hint: "+want[1]+"\n")
	}
	kept, err := os.ReadFile(pcap)
	require.NoError(t, err)
	require.Equal(t, "precious", string(kept))
}
