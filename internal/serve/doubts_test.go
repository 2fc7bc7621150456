package serve

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/bootnames"
)

// said is what is said about a plan, by level.
func said(notes []bootnames.Note) (info, warnings []string) {
	for _, n := range notes {
		if n.Warn {
			warnings = append(warnings, n.Text)
		} else {
			info = append(info, n.Text)
		}
	}
	return info, warnings
}

// URLs of our own are looked after as files are: what nothing answers is told.
func TestDoubtsURL(t *testing.T) {
	const noHTTP = " here: HTTP is off (--no-http)"
	for _, c := range []struct {
		http uint16
		tls  bool
		url  string
		says string // "" nothing
	}{
		{80, false, "http://{server}/boot.ipxe", ""},
		{80, false, "http://{server}/BOOT.ipxe?x=${mac}", ""},
		{80, false, "http://{server}/my%20boot.ipxe", ""},
		{80, false, "http://{server}/${mac}.ipxe", ""},
		{80, false, "http://${next-server}/boot.ipxe", ""},
		{80, false, "http://10.9.9.9/none", ""},
		{80, false, "http://boot.example.net/none", ""},
		{80, false, "http://[fd00::1]:8080/none", ""},
		{8080, false, "http://{server}/boot.ipxe", ""}, // with the port put in
		{443, true, "https://{server}/boot.ipxe", ""},
		{8443, true, "https://{server}/boot.ipxe", ""},
		{80, false, "tftp://{server}/boot.ipxe", ""},
		{80, false, "http://{server}/missing.ipxe", "missing.ipxe is not there to be fetched: "},
		{80, false, "tftp://{server}/missing.ipxe", "missing.ipxe is not there to be fetched: "},
		{80, false, "http://{server}/", " is not there to be fetched: "},
		{0, false, "http://{server}/boot.ipxe", "nothing serves http://10.0.0.2/boot.ipxe" + noHTTP},
		{0, false, "http://[fd00::2]:8080/boot.ipxe", "nothing serves http://[fd00::2]:8080/boot.ipxe" + noHTTP},
		{443, true, "http://{server}/boot.ipxe", "nothing serves http://10.0.0.2/boot.ipxe here: HTTPS takes the place of HTTP (--tls-cert)"},
		{80, false, "https://{server}/boot.ipxe", "nothing serves https://10.0.0.2/boot.ipxe here: HTTPS needs --tls-cert and --tls-key"},
		{80, false, "nfs://{server}/boot.ipxe", "nothing serves nfs://10.0.0.2/boot.ipxe here: files go by TFTP, HTTP or HTTPS"},
		{80, false, "http://{server}:81/boot.ipxe", "http://10.0.0.2:81/boot.ipxe asks port 81, and HTTP is served on port 80"},
		{8080, false, "http://10.0.0.2/boot.ipxe", "http://10.0.0.2/boot.ipxe asks port 80, and HTTP is served on port 8080"},
	} {
		s, _ := testServer(t, map[string]string{"boot.ipxe": "x", "my boot.ipxe": "x"})
		s.ifaces[0].Addrs6 = []netip.Addr{netip.MustParseAddr("fd00::2")}
		s.TFTPPort, s.HTTPPort = 69, c.http
		if c.tls {
			s.TLSCert = "cert.pem"
		}
		_, warnings := said(s.describe(s.resolve(&plan.Plan{Rules: []plan.Rule{{Match: plan.Match{Stage: dhcpopts.IPXEStage}, File: c.url}}})))
		if c.says == "" {
			require.Empty(t, warnings, "%+v", c)
			continue
		}
		require.NotEmpty(t, warnings, "%+v", c)
		require.Contains(t, warnings[0], "rule 1: "+c.says)
	}
}

// UEFI HTTP boot asks a name of a DNS server.
func TestDoubtsName(t *testing.T) {
	s, _ := testServer(t, nil)
	p := x64Plan("http://boot.example.net/x.efi")
	p.Rules[0].Match.Archs[0].Arch = dhcpopts.HTTPX64
	_, warnings := said(s.describe(s.resolve(p)))
	require.Equal(t, []string{"rule 1: the URL has a name: UEFI HTTP boot needs a DNS server from the DHCP server (option 6)"}, warnings)
}

// menuPlan is a plan with a menu: a file of ours, one that is not there, one of
// another server, the rule's own and the local disk.
func menuPlan(t *testing.T, file string) *plan.Plan {
	t.Helper()
	text := fmt.Sprintf(`version: 1
rules:
  - match: {arch: bios}
%s    pxe:
      discovery-control: 3
      prompt: {timeout: 5, text: F8}
      menu:
        - {type: 1, text: A, file: a.0}
        - {type: 2, text: B, file: none.0}
        - {type: 3, text: C, server: 10.9.9.9, file: their.0}
        - {type: 4, text: D, server: 10.9.9.9}
        - {type: 5, text: E}
        - {type: 0, text: "Local disk"}
`, file)
	p, _, err := plan.Parse("plan.yaml", []byte(text))
	require.NoError(t, err)
	return p
}

// A menu is named as one, with what its entries get, and those files of ours are
// looked after.
func TestDescribeMenu(t *testing.T) {
	s, _ := testServer(t, map[string]string{"a.0": "x", "pxelinux.0": "x"})
	info, warnings := said(s.describe(s.resolve(menuPlan(t, ""))))
	require.Equal(t, []string{`rule 1: bios gets a menu of 6 entries ("A": a.0, "B": none.0, "C": their.0, "D": what 10.9.9.9 says, "E": no boot file, "Local disk": local boot)`}, info)
	require.Len(t, warnings, 1)
	require.Contains(t, warnings[0], "rule 1, menu type 2: none.0 is not there to be fetched: ")

	info, _ = said(s.describe(s.resolve(menuPlan(t, "    file: pxelinux.0\n"))))
	require.Contains(t, info[0], `bios gets pxelinux.0 and a menu of 6 entries ("A": a.0, `)
	require.Contains(t, info[0], `"E": pxelinux.0`)
}

// A menu's boot is told with what was offered and picked.
func TestMenuStory(t *testing.T) {
	s, out := testServer(t, map[string]string{"a.0": "x"})
	s.policies = s.resolve(menuPlan(t, ""))
	hear(s, &sent{}, dhcpopts.Firmware(dhcpopts.BIOS), 67)
	pick := func(kind uint16) {
		c := dhcpopts.Firmware(dhcpopts.BIOS)
		c.Message, c.CIAddr = dhcpopts.Request, theLease
		item := dhcpopts.EncodePXE(dhcpopts.PXE{Item: &dhcpopts.BootItem{Type: kind}})
		c.Options = append(c.Options, dhcpopts.Option{Code: dhcpopts.OptVendor, Data: item})
		hear(s, &sent{}, c, 4011)
	}
	pick(1)
	pick(0)
	pick(5)
	require.Equal(t, strings.Join([]string{
		"52:54:00:12:34:56 BIOS: offered a menu of 6 entries (rule 1)",
		"52:54:00:12:34:56 BIOS: asked port 4011, told a.0 (rule 1)",
		"52:54:00:12:34:56 BIOS: asked port 4011, told local boot (rule 1)",
		"52:54:00:12:34:56 BIOS: asked port 4011, told no boot file (rule 1)",
	}, "\n"), lines(out))
}

// With several interfaces {server} stands for the address of each.
func TestDescribeSeveral(t *testing.T) {
	s, _ := testServer(t, map[string]string{"boot.efi": "x"})
	p := x64Plan("http://{server}/boot.efi")
	info, _ := said(s.describe(s.resolve(p)))
	require.Equal(t, []string{"rule 1: efi-x64, efi-bc gets http://10.0.0.2/boot.efi"}, info)
	s.ifaces = append(s.ifaces, &Iface{Interface: &net.Interface{Index: 8, Name: "lab1"}, Addrs: []netip.Prefix{netip.MustParsePrefix("10.1.0.2/24")}})
	s.HTTPPort = 8080
	info, _ = said(s.describe(s.resolve(p)))
	require.Equal(t, []string{"rule 1: efi-x64, efi-bc gets http://{server}:8080/boot.efi"}, info)
	p.Server = netip.MustParseAddr("10.9.9.9")
	info, _ = said(s.describe(s.resolve(p)))
	require.Equal(t, []string{"rule 1: efi-x64, efi-bc gets http://10.9.9.9/boot.efi"}, info)
}

// What wants something done is a warning, at the start and when it is loaded again.
func TestDoubtsAreWarnings(t *testing.T) {
	s, out := testServer(t, nil)
	s.Load = func() (*plan.Plan, []bootnames.Note, error) {
		return x64Plan("none.efi"), []bootnames.Note{{Text: "one thing"}, {Text: "another", Warn: true}}, nil
	}
	s.reload()
	text := lines(out)
	require.Contains(t, text, "plan read again: 1 rule\nrule 1: efi-x64, efi-bc gets none.efi\nwarning: rule 1: none.efi is not there to be fetched: ")
	require.True(t, strings.HasSuffix(text, "\none thing\nwarning: another"), text)
}
