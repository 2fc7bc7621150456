package appliance

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/lab/corpus"
)

// The model of the written file gives every client the one rule's answer, but
// for what is lost.
func TestOneAnswer(t *testing.T) {
	for _, target := range []dialect.Target{Udhcpd, Networkd} {
		for _, name := range corpus.Names() {
			p := corpus.One(name, dhcpopts.BIOS)
			out, err := target.Write(p, dialect.Request{})
			require.NoError(t, err)
			want, _, _ := p.Answer(corpus.BIOSClient)
			lost := map[dialect.Feature]bool{}
			for _, n := range out.Lost {
				lost[n.Feature] = true
			}
			if lost[dialect.FeatFile] {
				want.File = nil
			}
			if lost[dialect.Feat67] {
				want = without(want, dhcpopts.OptBootFile)
			}
			for _, c := range []dhcpopts.Client{corpus.BIOSClient, corpus.Laptop} {
				c.MaxSize = 1260
				require.True(t, out.Expect(c).Equal(want), "%s %q\nwant %s\ngot  %s\n%s", target.Name, name, corpus.Show(want), corpus.Show(out.Expect(c)), out.Text)
			}
			require.True(t, lost[dialect.FeatLaptop])
		}
	}
}

func TestOneAnswerWhole(t *testing.T) {
	r := dialect.Request{Full: true, Interface: "s0", RangeLow: netip.MustParseAddr("10.77.0.100"), RangeHigh: netip.MustParseAddr("10.77.0.150")}
	p := corpus.One(`boot\x64\wdsnbp.com`, dhcpopts.BIOS)
	out, err := Udhcpd.Write(p, r)
	require.NoError(t, err)
	require.Equal(t, "start 10.77.0.100\nend 10.77.0.150\ninterface s0\noption subnet 255.255.255.0\nsiaddr 10.77.0.9\n"+
		"boot_file boot\\x64\\wdsnbp.com\noption tftp 10.77.0.9\noption 0x43 626f6f745c7836345c7764736e62702e636f6d00\n", out.Text)
	out, err = Networkd.Write(p, r)
	require.NoError(t, err)
	require.Equal(t, "[Match]\nName=s0\n\n[Network]\nAddress=10.77.0.1/24\nDHCPServer=yes\n\n[DHCPServer]\nPoolOffset=100\nPoolSize=51\n"+
		"BootServerAddress=10.77.0.9\nSendOption=66:string:10.77.0.9\nSendOption=67:string:boot\\\\x64\\\\wdsnbp.com\\x00\n", out.Text)
	for _, target := range []dialect.Target{Udhcpd, Networkd} {
		_, err = target.Write(p, dialect.Request{Full: true})
		require.ErrorContains(t, err, "range")
		_, err = target.Write(&plan.Plan{Rules: p.Rules}, r)
		require.ErrorContains(t, err, "scope")
	}
}

func TestOneAnswerSpell(t *testing.T) {
	for _, target := range []dialect.Target{Udhcpd, Networkd} {
		for _, value := range []string{`boot\x64\a`, "a b#c\x00", ":x", `end\`, strings.Repeat("n", 255), "caf\xe9"} {
			s, err := target.Spell(67, []byte(value))
			require.NoError(t, err)
			r, err := target.Read(67, s.Text)
			require.NoError(t, err)
			require.Equal(t, value, string(r.Sent), target.Name)
		}
		_, err := target.Spell(67, make([]byte, 256))
		require.Error(t, err)
	}
	_, err := Networkd.Read(67, `boot\x64\wdsnbp.com`)
	require.ErrorContains(t, err, "failed to decode")
	r, err := Udhcpd.Read(67, "a#b")
	require.NoError(t, err)
	require.Equal(t, "a", string(r.Sent))
}
