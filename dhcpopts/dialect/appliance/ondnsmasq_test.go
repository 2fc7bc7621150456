package appliance

import (
	"encoding/xml"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/internal/lab/corpus"
)

// What is spelt is read back the same, through UCI and XML too.
func TestOnDnsmasqSpell(t *testing.T) {
	for _, target := range []dialect.Target{OpenWrt, OPNsenseDnsmasq, Libvirt} {
		said := 0
		for _, name := range append(corpus.Names(), `it's <b> & "c"`) {
			s, err := target.Spell(67, []byte(name))
			if err != nil {
				continue
			}
			said++
			r, err := target.Read(67, s.Text)
			require.NoError(t, err, "%s %s", target.Name, s.Text)
			require.Equal(t, s.Sent, r.Sent, "%s %s", target.Name, s.Text)
			require.True(t, strings.HasPrefix(string(r.Sent), name))
		}
		require.Greater(t, said, 50)
	}
	s, err := OpenWrt.Spell(67, []byte(`it's,\boot`))
	require.NoError(t, err)
	require.Equal(t, `list dhcp_option_force '67,"it'\''s,\\boot"'`, s.Text)
}

func TestUCIQuotes(t *testing.T) {
	for typed, want := range map[string]string{
		`'a\b'`: `a\b`, `"a\\b"`: `a\b`, `a\ b # c`: "a b", `'a'\''b'`: "a'b", `'a'"b"`: "ab", `"it's"`: "it's",
	} {
		got, err := unquoteUCI(typed)
		require.NoError(t, err)
		require.Equal(t, want, got, typed)
	}
	_, err := unquoteUCI(`'a`)
	require.Error(t, err)
}

func TestLibvirtXML(t *testing.T) {
	for _, name := range corpus.Names() {
		out, err := Libvirt.Write(corpus.One(name, dhcpopts.EFIX64), dialect.Request{})
		require.NoError(t, err)
		require.NoError(t, xml.Unmarshal([]byte(out.Text), new(struct{})), "%s", out.Text)
		if !utf8.ValidString(name) {
			require.NotEmpty(t, out.Lost)
		}
	}
	out, err := Libvirt.Write(corpus.One(`a<b&"c".efi`, dhcpopts.EFIX64), dialect.Request{})
	require.NoError(t, err)
	require.Contains(t, out.Text, `<dnsmasq:option value="dhcp-boot=tag:pxk-rule1,&quot;a&lt;b&amp;\&quot;c\&quot;.efi&quot;,,10.77.0.9"/>`)
	require.Equal(t, `a<b&"c".efi`, string(out.Expect(corpus.X64Client).File))
}

func TestUniFi(t *testing.T) {
	p := corpus.One(`boot\x64\wdsnbp.com`, dhcpopts.BIOS)
	out, err := UniFi.Write(p, dialect.Request{As: "json"})
	require.NoError(t, err)
	require.JSONEq(t, `{"dhcpd_boot_enabled":true,"dhcpd_boot_server":"10.77.0.9","dhcpd_boot_filename":"boot\\x64\\wdsnbp.com"}`, out.Text)
	c := corpus.BIOSClient
	c.RequestList = corpus.FullList
	name, _ := out.Expect(c).Get(dhcpopts.OptBootFile)
	require.Equal(t, "boot\\x64\\wdsnbp.com\x00", string(name))
	c.RequestList = corpus.ShortList
	require.Equal(t, `boot\x64\wdsnbp.com`, string(out.Expect(c).File))
	for _, name := range []string{"a,b", "a b", "b\xf6"} {
		out, err := UniFi.Write(corpus.One(name, dhcpopts.BIOS), dialect.Request{})
		require.NoError(t, err)
		require.Contains(t, out.Text, "Network Boot: off")
		require.True(t, out.Expect(corpus.BIOSClient).Empty())
	}
}

func TestCorpusOnDnsmasq(t *testing.T) {
	for _, target := range []dialect.Target{OpenWrt, OPNsenseDnsmasq, Libvirt, UniFi, Udhcpd, Networkd} {
		t.Run(target.Name, func(t *testing.T) { corpus.CheckTarget(t, target) })
	}
}
