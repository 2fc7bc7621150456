package plan

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// mustParse parses a plan that has no error.
func mustParse(t *testing.T, text string) *Plan {
	t.Helper()
	p, _, err := Parse("plan.yaml", []byte(text))
	require.NoError(t, err)
	return p
}

// pxe is a client as firmware of these architectures asks.
func pxe(archs ...dhcpopts.Arch) dhcpopts.Client {
	class := dhcpopts.ClassPXE
	if len(archs) > 0 {
		class = archs[0].Class()
	}
	return dhcpopts.Client{VendorClass: []byte(class + ":Arch:00000:UNDI:003000"), Archs: archs, MAC: []byte{0x52, 0x54, 0, 1, 2, 3}}
}

func TestWhoGetsWhat(t *testing.T) {
	ipxe := pxe(0)
	ipxe.UserClass = []byte("iPXE")
	rfc := pxe(7)
	rfc.UserClass = []byte("\x04iPXE")
	by175 := pxe(7)
	by175.Options = []dhcpopts.Option{{Code: 175, Data: []byte{1}}}
	uuid := pxe(7)
	uuid.MachineID = append([]byte{0}, 0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff)
	laptop := dhcpopts.Client{MAC: []byte{0x52, 0x54, 0, 1, 2, 3}}
	windows := dhcpopts.Client{VendorClass: []byte("MSFT 5.0")}
	for _, c := range []struct {
		name, rules string
		client      dhcpopts.Client
		want        string // the rule; "" is nobody
	}{
		{"a name takes type 7", `rules: [{match: {arch: efi-x64}, file: a}]`, pxe(7), "rule 1"},
		{"a name takes type 9", `rules: [{match: {arch: efi-x64}, file: a}]`, pxe(9), "rule 1"},
		{"unless efi-bc is named", `rules: [{match: {arch: efi-x64}, file: a}, {match: {arch: efi-bc}, file: b}]`, pxe(9), "rule 2"},
		{"by a number too", `rules: [{match: {arch: efi-x64}, file: a}, {match: {arch: 9}, file: b}]`, pxe(9), "rule 2"},
		{"or by a host", `{rules: [{match: {arch: efi-x64}, file: a}], hosts: [{mac: "000000000001", arch: efi-bc, file: b}]}`, pxe(9), ""},
		{"a number is exact", `rules: [{match: {arch: 7}, file: a}]`, pxe(9), ""},
		{"leading zeros are decimal", `rules: [{match: {arch: 00011}, file: a}]`, pxe(11), "rule 1"},
		{"bios without option 93", `rules: [{match: {arch: bios}, file: a}]`, pxe(), "rule 1"},
		{"no option 93 is not x64", `rules: [{match: {arch: efi-x64}, file: a}]`, pxe(), ""},
		{"the first type decides", `rules: [{match: {arch: bios}, file: a}, {match: {arch: 7}, file: b}]`, pxe(7, 0), "rule 2"},
		{"any PXE client", `rules: [{file: a}]`, pxe(27), "rule 1"},
		{"no HTTP client by default", `rules: [{file: a}]`, pxe(16), ""},
		{"HTTP by arch", `rules: [{match: {arch: [bios, http-x64]}, file: a}]`, pxe(16), "rule 1"},
		{"and PXE in the same rule", `rules: [{match: {arch: [bios, http-x64]}, file: a}]`, pxe(0), "rule 1"},
		{"own vendor class", `rules: [{match: {vendor-class: MSFT}, file: a}]`, windows, "rule 1"},
		{"a laptop gets nothing", `rules: [{file: a}, {match: {arch: bios}, file: b}]`, laptop, ""},
		{"Windows gets nothing", `rules: [{file: a}]`, windows, ""},
		{"a listed laptop neither", `hosts: [{mac: "52:54:00:01:02:03", file: a}]`, laptop, ""},
		{"iPXE, bare", `rules: [{match: {stage: first}, file: a}, {match: {stage: ipxe}, file: b}]`, ipxe, "rule 2"},
		{"iPXE, RFC 3004", `rules: [{match: {stage: first}, file: a}, {match: {stage: ipxe}, file: b}]`, rfc, "rule 2"},
		{"iPXE by option 175", `rules: [{match: {stage: first}, file: a}, {match: {stage: ipxe}, file: b}]`, by175, "rule 2"},
		{"firmware is first", `rules: [{match: {stage: ipxe}, file: a}, {match: {stage: first}, file: b}]`, pxe(7), "rule 2"},
		{"user class whole", `rules: [{match: {user-class: iPX}, file: a}, {match: {user-class: iPXE}, file: b}]`, ipxe, "rule 2"},
		{"MAC prefix", `rules: [{match: {mac: "52:54:00"}, file: a}]`, pxe(0), "rule 1"},
		{"other MAC", `rules: [{match: {mac: "52:54:01"}, file: a}]`, pxe(0), ""},
		{"UUID", `rules: [{match: {uuid: 00112233-4455-6677-8899-aabbccddeeff}, file: a}]`, uuid, "rule 1"},
		{"hosts first", `{rules: [{file: a}], hosts: [{mac: "52:54:00:01:02:03", file: b}]}`, pxe(0), "host 1"},
		{"a host with arch leaves the rest", `{rules: [{file: a}], hosts: [{mac: "52:54:00:01:02:03", arch: bios, file: b}]}`, pxe(7), "rule 1"},
		{"the first match wins", `rules: [{file: a}, {match: {arch: bios}, file: b}]`, pxe(0), "rule 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, origin, ok := mustParse(t, c.rules).Answer(c.client)
			require.Equal(t, c.want != "", ok)
			require.Equal(t, c.want, origin)
		})
	}
}

// answerText writes an answer in order: siaddr|sname|file|code=value …
func answerText(a dhcpopts.Answer) string {
	s := fmt.Sprintf("%s|%s|%s|", addrText(a.SIAddr), a.SName, a.File)
	for _, o := range a.Options {
		s += fmt.Sprintf(" %d=%q", o.Code, o.Data)
	}
	return s
}

func TestAnswers(t *testing.T) {
	const server = "server: 192.0.2.1\n"
	for _, c := range []struct{ name, plan, want string }{
		{"both", server + `rules: [{file: a\b}]`, `192.0.2.1||a\b| 66="192.0.2.1" 67="a\\b\x00"`},
		{"header", server + "via: header\n" + `rules: [{file: a}]`, `192.0.2.1||a|`},
		{"option", server + "via: option\n" + `rules: [{file: a}]`, `192.0.2.1||| 66="192.0.2.1" 67="a\x00"`},
		{"never", server + "nul: never\n" + `rules: [{file: a}]`, `192.0.2.1||a| 66="192.0.2.1" 67="a"`},
		{"always", server + "nul: always\n" + `rules: [{file: a}]`, `192.0.2.1||a| 66="192.0.2.1\x00" 67="a\x00"`},
		{"each its own", server + "nul: 66=always,67=never\n" + `rules: [{file: a}]`, `192.0.2.1||a| 66="192.0.2.1\x00" 67="a"`},
		{"auto leaves a URL", server + `rules: [{match: {stage: ipxe}, file: 'http://{server}/x'}]`, `192.0.2.1||http://192.0.2.1/x| 66="192.0.2.1" 67="http://192.0.2.1/x"`},
		{"always closes a URL", server + "nul: always\n" + `rules: [{match: {stage: ipxe}, file: http://x/}]`, `192.0.2.1||http://x/| 66="192.0.2.1\x00" 67="http://x/\x00"`},
		{"iPXE's own variable stays", server + `rules: [{file: 'x${server}/{server}'}]`, `192.0.2.1||x${server}/192.0.2.1| 66="192.0.2.1" 67="x${server}/192.0.2.1\x00"`},
		{"the rule's server", server + `rules: [{file: a, server: 192.0.2.2, server-name: n}]`, `192.0.2.2|n|a| 66="192.0.2.2" 67="a\x00"`},
		{"no server", `rules: [{file: a}]`, `||a| 67="a\x00"`},
		{"no file", server + `rules: [{server-name: n}]`, `192.0.2.1|n|| 66="192.0.2.1"`},
		{"67 is last, own options before", server + `rules: [{file: a, options: {175: {hex: 01}, 150: {ip: 192.0.2.9}}}]`, `192.0.2.1||a| 150="\xc0\x00\x02\t" 175="\x01" 66="192.0.2.1" 67="a\x00"`},
		{"own options replace derived ones", server + `rules: [{file: a, options: {67: {text: z}, 66: {text: y}}}]`, `192.0.2.1||a| 66="y" 67="z"`},
		{"own 43 needs no 60", server + `rules: [{file: a, options: {43: {hex: 06 01 08 ff}}}]`, `192.0.2.1||a| 43="\x06\x01\b\xff" 66="192.0.2.1" 67="a\x00"`},
		{"43 brings 60", server + `rules: [{file: a, pxe: {discovery-control: 8}}]`, `192.0.2.1||a| 60="PXEClient" 43="\x06\x01\b\xff" 66="192.0.2.1" 67="a\x00"`},
		{"127 fit the header", server + "via: header\nrules: [{file: " + long(127) + "}]", "192.0.2.1||" + long(127) + "|"},
		{"128 do not", server + "via: header\nrules: [{file: " + long(128) + "}]", "192.0.2.1|||"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cases := mustParse(t, c.plan).Cases()
			require.Len(t, cases, 1)
			require.Equal(t, c.want, answerText(cases[0].Answer))
		})
	}
}

func long(n int) string { return fmt.Sprintf("%0*d", n, 0)[1:] + "x" }

func TestPXEAndHTTPInOneRule(t *testing.T) {
	cases := mustParse(t, `{server: 192.0.2.1, rules: [{match: {arch: [bios, http-x64, efi-x64]}, file: a}]}`).Cases()
	require.Len(t, cases, 2)
	require.Equal(t, dhcpopts.ClassPXE, cases[0].Cond.Class)
	require.Equal(t, []dhcpopts.Arch{0, 7, 9}, cases[0].Cond.Archs)
	require.Equal(t, `192.0.2.1||a| 66="192.0.2.1" 67="a\x00"`, answerText(cases[0].Answer))
	require.Equal(t, dhcpopts.ClassHTTP, cases[1].Cond.Class)
	require.Equal(t, []dhcpopts.Arch{16}, cases[1].Cond.Archs)
	require.Equal(t, `192.0.2.1||a| 60="HTTPClient" 66="192.0.2.1" 67="a"`, answerText(cases[1].Answer))
}
