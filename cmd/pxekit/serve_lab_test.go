//go:build linux

package main

import (
	"encoding/json"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/internal/lab"
)

// A folder and an interface are enough: whole boots of edk2 and iPXE, simulated
// message by message, beside dhcpd.
func TestServeBootsFromFolder(t *testing.T) {
	t.Parallel()
	s := serving(t, "--root "+bootFolder(t), "answering on s0")
	s.said("DHCP server 10.77.0.1 gives addresses on s0")
	s.said("bios gets undionly.kpxe")
	s.said("efi-x64, efi-bc gets Boot/bootx64.efi")
	s.said("no boot program for efi-ia32, efi-arm64: such machines get nothing")

	// edk2: the offer is complete in itself.
	x64 := mac(dhcpopts.Firmware(dhcpopts.EFIX64), 1)
	offer, way := s.one(x64, nobody, all)
	require.Equal(t, "10.77.0.2:67 255.255.255.255:68", way)
	require.Equal(t, "Boot/bootx64.efi", string(offer.FileName()))
	require.Equal(t, pxeHost, offer.SIAddr.String())
	require.Equal(t, "PXEClient", value(offer, dhcpopts.OptClass))
	require.True(t, offer.YIAddr.IsUnspecified())

	// It takes the address of dhcpd, which pxekit leaves alone.
	take := x64
	take.Message = dhcpopts.Request
	take.Options = append(take.Options, dhcpopts.Option{Code: dhcpopts.OptServerID, Data: netip.MustParseAddr(dhcpHost).AsSlice()})
	s.none(take, nobody, all)

	// Port 4011 answers to where the request came from, 4011 here, in any case.
	ask := x64
	ask.Message, ask.CIAddr = dhcpopts.Request, netip.MustParseAddr(bootHost)
	for _, port := range []string{"68", "4011"} {
		ack, way := s.one(ask, bootHost+":"+port, pxeHost+":4011")
		require.Equal(t, "10.77.0.2:4011 10.77.0.50:"+port, way)
		require.Equal(t, "Boot/bootx64.efi", string(ack.FileName()))
	}

	// The file, by the name that a Windows tree would have it, and its verdict.
	content, err := s.fetch(`tftp://10.77.0.2/\BOOT\bootX64.efi`)
	require.NoError(t, err, s.pxekit.Log())
	require.Len(t, content, 300_000)
	s.said("52:54:00:12:34:01 UEFI x64: offered Boot/bootx64.efi (rule 3) → asked port 4011, told Boot/bootx64.efi (rule 3) → RRQ → 300 KB, ok\n")

	// iPXE gets the script, and fetches it by HTTP.
	script, _ := s.one(mac(dhcpopts.Firmware(dhcpopts.BIOS).WithIPXE(), 2), nobody, all)
	require.Equal(t, "http://10.77.0.2/boot.ipxe", string(script.FileName()))
	content, err = s.fetch("http://10.77.0.2/boot.ipxe")
	require.NoError(t, err)
	require.Equal(t, "#!ipxe\n", content)

	// HTTP boot gets a URL; a laptop gets nothing.
	web, _ := s.one(mac(dhcpopts.Firmware(dhcpopts.HTTPX64), 3), nobody, all)
	require.Equal(t, "http://10.77.0.2/Boot/bootx64.efi", string(web.FileName()))
	require.Equal(t, "HTTPClient", value(web, dhcpopts.OptClass))
	s.none(mac(dhcpopts.Laptop(), 4), nobody, all)

	// A relay is answered at its own address.
	relayed := mac(dhcpopts.Firmware(dhcpopts.EFIX64), 5)
	relayed.GIAddr = netip.MustParseAddr(bootHost)
	s.relayed(relayed)
}

// only is a message of pxekit among those of a host that is a DHCP server too.
func only(t *testing.T, packets []*dhcpopts.Packet) *dhcpopts.Packet {
	t.Helper()
	var ours []*dhcpopts.Packet
	for _, p := range packets {
		if p.YIAddr.IsUnspecified() {
			ours = append(ours, p)
		}
	}
	require.Len(t, ours, 1)
	return ours[0]
}

// On the DHCP server's own host port 67 is taken: pxekit listens beside it.
func TestServeBesideDHCPOnOneHost(t *testing.T) {
	t.Parallel()
	segment := lab.NewSegment(t)
	s := visit(t, segment)
	host := segment.Host(t, pxeHost)
	dhcp := host.Start(t, lab.ISC, addressesOnly)
	s.pxekit = host.Start(t, lab.Program("pxekit", `exec "$1" serve -i s0 --root `+bootFolder(t), "answering on s0"), "")
	s.said("port 67 is taken by another program on this host: listening beside it by packet socket")

	x64 := mac(dhcpopts.Firmware(dhcpopts.EFIX64), 1)
	packets, _ := s.askAll(x64, nobody, all, 2)
	require.Len(t, packets, 2, "an address from dhcpd, the file from pxekit\n%s\n%s", dhcp.Log(), s.pxekit.Log())
	require.Equal(t, "Boot/bootx64.efi", string(only(t, packets).FileName()))

	// A machine that has an address is answered by unicast (iPXE's discovery).
	find := x64
	find.Message, find.CIAddr = dhcpopts.Request, netip.MustParseAddr(bootHost)
	find.Options = append(find.Options, dhcpopts.Option{Code: dhcpopts.OptVendor, Data: dhcpopts.EncodePXE(dhcpopts.PXE{Item: &dhcpopts.BootItem{}})})
	packets, ways := s.askAll(find, bootHost+":68", all, 2)
	require.NotEmpty(t, packets, s.pxekit.Log())
	require.Contains(t, ways, "10.77.0.2:67 10.77.0.50:68")
	s.relayed(func() dhcpopts.Client {
		c := mac(dhcpopts.Firmware(dhcpopts.BIOS), 6)
		c.GIAddr = netip.MustParseAddr(bootHost)
		return c
	}())
}

// Firmware from before April 2017 drops proxy offers that have option 43. It
// gets one without, asks port 4011, and others of its kind need not ask twice.
func TestServeOldFirmware(t *testing.T) {
	t.Parallel()
	s := serving(t, "--root "+bootFolder(t), "answering on s0")
	old := mac(dhcpopts.Firmware(dhcpopts.EFIX64), 1)
	offer, _ := s.one(old, nobody, all)
	require.NotEmpty(t, value(offer, dhcpopts.OptVendor), "taken by firmware of today")
	// It repeats itself by the clock, and pxekit may hear what dhcpd offers later
	// than that.
	for until := time.Now().Add(patience); value(offer, dhcpopts.OptVendor) != ""; {
		require.True(t, time.Now().Before(until), s.pxekit.Log())
		time.Sleep(4 * time.Second)
		s.xid -= 2 // of the machine and the later one
		offer, _ = s.one(old, nobody, all)
	}
	require.Equal(t, "PXEClient", value(offer, dhcpopts.OptClass))
	require.Empty(t, offer.FileName())
	require.Equal(t, pxeHost, offer.SIAddr.String(), "whom it asks on port 4011")
	s.said("52:54:00:12:34:01: changed the way of answering: the firmware drops proxy offers of this kind (UEFI from before April 2017")

	ask := old
	ask.Message, ask.CIAddr = dhcpopts.Request, netip.MustParseAddr(bootHost)
	ack, _ := s.one(ask, bootHost+":4011", pxeHost+":4011")
	require.Equal(t, "Boot/bootx64.efi", string(ack.FileName()))
	_, err := s.fetch("tftp://10.77.0.2/" + string(ack.FileName()))
	require.NoError(t, err, s.pxekit.Log())
	s.said("sent to port 4011 (rule 3) → asked port 4011, told Boot/bootx64.efi (rule 3) → RRQ → 300 KB, ok\n")

	twin, _ := s.one(mac(dhcpopts.Firmware(dhcpopts.EFIX64), 2), nobody, all)
	require.Empty(t, value(twin, dhcpopts.OptVendor), "its firmware is known")
}

// Where another PXE responder is at work nothing is sent, unless asked for.
func TestServeObservesBesideRival(t *testing.T) {
	for _, c := range []struct {
		name, flags, ready string
		answers            bool
	}{
		{"by itself", "", "only observing: nothing is sent since another PXE responder is at work", false},
		{"with --force", " --force", "answering on s0", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			segment := lab.NewSegment(t)
			segment.Host(t, dhcpHost).Start(t, lab.ISC, addressesOnly)
			segment.Host(t, "10.77.0.3").Start(t, lab.Dnsmasq, "interface=s0\ndhcp-range=10.77.0.0,proxy\npxe-service=X86-64_EFI,\"other\",other.efi\n")
			s := visit(t, segment)
			s.pxekit = segment.Host(t, pxeHost).Start(t, lab.Program("pxekit", `exec "$1" serve -i s0 --root `+bootFolder(t)+c.flags, c.ready), "")
			s.said("another PXE responder answers on s0: 10.77.0.3; machines take either answer")
			if x64 := mac(dhcpopts.Firmware(dhcpopts.EFIX64), 1); c.answers {
				s.one(x64, nobody, all)
				s.said("52:54:00:12:34:01 UEFI x64: offered Boot/bootx64.efi (rule 3)\n")
			} else {
				s.watches(x64)
				_, err := s.fetch("http://10.77.0.2/boot.ipxe")
				var curl *exec.ExitError
				require.ErrorAs(t, err, &curl)
				require.Equal(t, 7, curl.ExitCode(), "could not connect: no port is open that nobody answers")
			}
			require.Equal(t, 1, strings.Count(s.pxekit.Log(), "another PXE responder answers"), "named once")
		})
	}
}

// A plan that changes is taken when it is good; a bad one leaves the old.
func TestServeReloads(t *testing.T) {
	t.Parallel()
	plan := filepath.Join(t.TempDir(), "plan.yaml")
	require.NoError(t, os.Chmod(filepath.Dir(plan), 0o755))
	hosts := filepath.Join(filepath.Dir(plan), "machines.csv")
	// Replaced as an editor does it: at no time is there half a file.
	replace := func(name, text string) {
		require.NoError(t, os.WriteFile(name+".new", []byte(text), 0o644))
		require.NoError(t, os.Rename(name+".new", name))
	}
	write := func(text string) { replace(plan, text) }
	write("version: 1\nrules:\n  - {match: {arch: efi-x64}, file: one.efi}\n")
	s := serving(t, "--root "+bootFolder(t)+" --plan "+plan+" --no-http --strategy direct", "answering on s0")
	s.later = dhcpopts.Firmware(dhcpopts.EFIX64)
	s.said("warning: rule 1: one.efi is not there to be fetched")
	offers := func(file string) {
		t.Helper()
		offer, _ := s.one(mac(dhcpopts.Firmware(dhcpopts.EFIX64), 1), nobody, all)
		require.Equal(t, file, string(offer.FileName()))
		require.Equal(t, pxeHost, offer.SIAddr.String(), "the plan names no server")
	}
	offers("one.efi")
	write("version: 1\nrules:\n  - {match: {arch: efi-x64}, file: another.efi}\n")
	s.said("plan read again: 1 rule\n")
	s.said("gets another.efi")
	offers("another.efi")
	write("version: 1\nrules:\n  - {match: {arch: efi-x65}, file: bad.efi}\n")
	s.said("the new plan is refused, the old one stays: " + plan + `:3:20: unknown architecture "efi-x65"; bios, efi-x64, efi-ia32`)
	offers("another.efi")
	// Complaints about a plan that can be read are told in the log as well.
	write("version: 1\nrules:\n  - {match: {arch: bios}, pxe: {discovery-control: 8}}\n")
	s.said("the new plan is refused, the old one stays: " + plan + ":3:5: rule 1: discovery-control 8 says that a boot file comes with it")
	offers("another.efi")

	replace(hosts, "mac,file\n52:54:00:12:34:02,own.efi\n")
	write("version: 1\nhosts: machines.csv\nrules:\n  - {match: {arch: efi-x64}, file: third.efi}\n")
	s.said("plan read again: 1 rule, 1 host\n")
	s.said("gets own.efi")
	offers("third.efi")
	replace(hosts, "mac,file\n52:54:00:12:34:01,mine.efi\n")
	s.said("gets mine.efi")
	offers("mine.efi")
}

// A menu's items are handed out on port 4011, and to who looks for them by
// multicast or broadcast; pxekit is their boot server.
func TestServeMenu(t *testing.T) {
	t.Parallel()
	plan := filepath.Join(t.TempDir(), "plan.yaml")
	require.NoError(t, os.Chmod(filepath.Dir(plan), 0o755))
	require.NoError(t, os.WriteFile(plan, []byte(`version: 1
rules:
  - match: {arch: bios}
    file: undionly.kpxe
    pxe:
      discovery-control: 0
      multicast: 239.77.0.1
      prompt: {text: "F8", timeout: 5}
      menu:
        - {type: 32769, text: "Install", file: install.0}
        - {type: 0, text: "Local disk"}
`), 0o644))
	pcap := filepath.Join(t.TempDir(), "seen.pcap")
	s := serving(t, "--root "+bootFolder(t)+" --plan "+plan+" --no-http --pcap "+pcap, "answering on s0")
	s.later = dhcpopts.Firmware(dhcpopts.BIOS)
	bios := mac(dhcpopts.Firmware(dhcpopts.BIOS), 1)
	offer, _ := s.one(bios, nobody, all)
	pxe, _, err := dhcpopts.DecodePXE([]byte(value(offer, dhcpopts.OptVendor)))
	require.NoError(t, err)
	require.Equal(t, []dhcpopts.BootServer{{Type: 32769, Addrs: []netip.Addr{netip.MustParseAddr(pxeHost)}}}, pxe.Servers)

	item := &dhcpopts.BootItem{Type: 32769}
	pick := bios
	pick.Message, pick.CIAddr = dhcpopts.Request, netip.MustParseAddr(bootHost)
	pick.Options = append(pick.Options, dhcpopts.Option{Code: dhcpopts.OptVendor, Data: dhcpopts.EncodePXE(dhcpopts.PXE{Item: item})})
	for _, to := range []string{pxeHost + ":4011", "239.77.0.1:4011", all} {
		ack, way := s.one(pick, bootHost+":68", to)
		require.Equal(t, pxeHost+to[strings.LastIndex(to, ":"):]+" "+bootHost+":68", way)
		require.Equal(t, "install.0", string(ack.FileName()))
		pxe, _, err = dhcpopts.DecodePXE([]byte(value(ack, dhcpopts.OptVendor)))
		require.NoError(t, err)
		require.Equal(t, item, pxe.Item)
	}
	s.pxekit.Stop()
	code, out, _ := drive("", "decode", pcap)
	require.NotEqual(t, exitUsage, code, out)
	require.Contains(t, out, "install.0")
}

// Machines that are not meant are left alone, and the log says why.
func TestServeFilters(t *testing.T) {
	t.Parallel()
	for flags, why := range map[string]string{
		"--only 52:54:00:12:34:01 --only 52:54:00:12:34:ff": "only other machines are answered",
		"--allow http-x64 --allow 52:54:00:12:34:01":        "nothing allows it",
		"--deny 52:54:00:12:34:02 --deny efi-arm64":         "denied by 52:54:00:12:34:02",
	} {
		t.Run(flags, func(t *testing.T) {
			t.Parallel()
			s := serving(t, flags+" --root "+bootFolder(t), "answering on s0")
			s.one(mac(dhcpopts.Firmware(dhcpopts.EFIX64), 1), nobody, all)
			packets, _ := s.ask(mac(dhcpopts.Firmware(dhcpopts.EFIX64), 2), nobody, all)
			require.Empty(t, packets)
			s.said("52:54:00:12:34:02 UEFI x64: left alone, " + why)
		})
	}
}

// Every field of the JSON log is in the man page.
func TestServeJSONLog(t *testing.T) {
	t.Parallel()
	end := filepath.Join(t.TempDir(), "end")
	s := serving(t, "--log json --http-port 8080 --root "+bootFolder(t)+" & pid=$!\nuntil [ -e "+end+" ]; do sleep 0.1; done; kill $pid; wait $pid; :", "answering on s0")
	s.one(mac(dhcpopts.Firmware(dhcpopts.EFIX64), 1), nobody, all)
	ask := mac(dhcpopts.Firmware(dhcpopts.EFIX64), 1)
	ask.Message, ask.CIAddr = dhcpopts.Request, netip.MustParseAddr(bootHost)
	s.one(ask, bootHost+":68", pxeHost+":4011")
	for _, name := range []string{"Boot/bootx64.efi", "undionly.kpxe%FF", "none", "autoexec.ipxe"} {
		_, _ = s.fetch("tftp://10.77.0.2/" + name)
	}
	_, err := s.fetch("http://10.77.0.2:8080/boot.ipxe")
	require.NoError(t, err)
	s.said(`"normal":true`)
	s.said(`"junk":"<ff>"`)
	require.NoError(t, os.WriteFile(end, nil, 0o644))
	s.said(`"event":"stop"`)
	cmd, _, err := newRoot(&ui{}).Find([]string{"serve"})
	require.NoError(t, err)
	documented, events := cmd.Annotations[jsonFields], map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(s.pxekit.Log()), "\n") {
		var fields map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &fields), line)
		for name := range fields {
			require.Contains(t, documented, "**"+name+"**", line)
		}
		require.IsType(t, "", fields["event"], line)
		events[fields["event"].(string)] = true
	}
	for _, event := range []string{"start", "plan", "rival", "decision", "file", "verdict", "stop"} {
		require.True(t, events[event], event)
	}
}
