package dnsmasq

import (
	"bytes"
	"flag"
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/lab/corpus"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestCorpus(t *testing.T) { corpus.CheckTarget(t, Target) }

// whole asks for a file that loads by itself.
var whole = dialect.Request{
	Full: true, Interface: "s0", RangeLow: netip.MustParseAddr("10.77.0.100"), RangeHigh: netip.MustParseAddr("10.77.0.150"),
}

func TestGolden(t *testing.T) {
	for _, p := range corpus.Plans() {
		out, err := Target.Write(p.Plan, dialect.Request{})
		require.NoError(t, err)
		golden(t, p.Name, out.Text)
	}
	out, err := Target.Write(corpus.One(`boot\x64\wdsnbp.com`, dhcpopts.BIOS), whole)
	require.NoError(t, err)
	golden(t, "full", out.Text)
}

func golden(t *testing.T, name, text string) {
	t.Helper()
	corpus.Golden(t, *update, filepath.Join("testdata", name+".conf"), text)
}

// The model of the written text gives each client what the plan says, NUL and
// all, the tag of another network's range nothing.
func TestScope(t *testing.T) {
	p := corpus.One("pxelinux.0", dhcpopts.BIOS)
	out, err := Target.Write(p, dialect.Request{})
	require.NoError(t, err)
	c, err := Parse(out.Text + "dhcp-range=10.77.0.9,10.77.0.20,255.255.255.0\ndhcp-range=set:pxk-elsewhere,10.78.0.9,10.78.0.20,255.255.255.0\n")
	require.NoError(t, err)
	client := corpus.BIOSClient
	client.GIAddr = netip.MustParseAddr("10.77.0.1")
	want, _, _ := p.Answer(client)
	require.True(t, corpus.Trimmed(want).Equal(corpus.Trimmed(c.Answer(client))))
	client.GIAddr = netip.MustParseAddr("10.78.0.1")
	require.True(t, c.Answer(client).Empty())
	client.GIAddr = netip.MustParseAddr("10.79.0.1")
	require.True(t, c.Reply(client).Silent)
	c, err = Parse("tag-if=set:pxk-elsewhere,tag:s1\n" + out.Text + "dhcp-range=10.77.0.9,10.77.0.20\n")
	require.NoError(t, err)
	require.False(t, c.Answer(corpus.BIOSClient).Empty())
	c.Interface = "s1"
	require.True(t, c.Answer(corpus.BIOSClient).Empty())
}

func TestConditions(t *testing.T) {
	uuid := []byte("0123456789abcdef")
	rule := plan.Rule{File: "f", Match: plan.Match{
		VendorClass: "ACME", UserClass: "x", MAC: []byte{0x52, 0x54, 0}, UUID: uuid, Stage: dhcpopts.FirstStage,
	}}
	p := &plan.Plan{Server: corpus.Server, Rules: []plan.Rule{rule}}
	out, err := Target.Write(p, dialect.Request{})
	require.NoError(t, err)
	require.Empty(t, out.Lost)
	fits := dhcpopts.Client{VendorClass: []byte("ACME 1"), UserClass: []byte("x"), MAC: corpus.BIOSClient.MAC, MachineID: append([]byte{0}, uuid...)}
	check := func(name string, change func(*dhcpopts.Client)) {
		c := fits
		change(&c)
		_, _, matched := p.Answer(c)
		require.Equal(t, matched, !out.Expect(c).Empty(), name)
	}
	check("all", func(*dhcpopts.Client) {})
	check("counted class", func(c *dhcpopts.Client) { c.UserClass = []byte("\x01x") })
	check("counted class and one more", func(c *dhcpopts.Client) { c.UserClass = []byte("\x01x\x01y") })
	check("longer class", func(c *dhcpopts.Client) { c.UserClass = []byte("xx") })
	check("class inside", func(c *dhcpopts.Client) { c.UserClass = []byte("\x02yx") })
	check("vendor class inside", func(c *dhcpopts.Client) { c.VendorClass = []byte("my ACME") })
	check("other MAC", func(c *dhcpopts.Client) { c.MAC = []byte{0x52, 0x55, 0, 1, 2, 3} })
	check("other UUID", func(c *dhcpopts.Client) { c.MachineID = append([]byte{0}, "0123456789abcdeF"...) })
	check("iPXE", func(c *dhcpopts.Client) { c.Options = []dhcpopts.Option{{Code: dhcpopts.OptIPXE, Data: []byte{1}}} })
}

func TestLost(t *testing.T) {
	p := corpus.One("ok.efi", dhcpopts.EFIX64)
	p.Rules[0].ServerName = strings.Repeat("s", 64)
	p.Rules[0].Options = []dhcpopts.Option{
		{Code: 150, Data: []byte{0, 0, 0, 0}}, // dnsmasq puts its own address there
		{Code: 17, Data: []byte("a\x01b")},
		{Code: 58, Data: []byte{0, 0, 0, 9}},
	}
	out, err := Target.Write(p, dialect.Request{})
	require.NoError(t, err)
	var lost []dialect.Feature
	for _, n := range out.Lost {
		lost = append(lost, n.Feature)
	}
	require.Equal(t, []dialect.Feature{dialect.FeatSName, dialect.FeatOptions, dialect.FeatOptions, dialect.FeatOptions}, lost)
	for _, option := range []string{",150,", ",17,", ",58,", "ssss"} {
		require.NotContains(t, out.Text, option)
	}
}

func TestWholeNeeds(t *testing.T) {
	p := corpus.One("a", dhcpopts.BIOS)
	for _, r := range []dialect.Request{
		{Full: true},
		{Full: true, RangeLow: netip.MustParseAddr("10.78.0.1"), RangeHigh: netip.MustParseAddr("10.78.0.9")},
	} {
		_, err := Target.Write(p, r)
		require.ErrorContains(t, err, "range")
	}
	p.Scope = nil
	_, err := Target.Write(p, whole)
	require.ErrorContains(t, err, "scope")
}

func TestSpell(t *testing.T) {
	for _, c := range []struct {
		code        uint8
		value, text string
	}{
		{67, `boot\x64\wdsnbp.com`, `boot\x64\wdsnbp.com`},
		{67, "a, #b", `"a, #b"`},
		{67, "1b", `"1b"`},
		{66, "10.0.0.9", "10.0.0.9"},
		{60, "PXEClient", "PXEClient"},
		{43, "\x06\x01\x08\xff", "06:01:08:ff"},
		{43, "\x08", "8b"},
		{150, "\x0a\x00\x00\x09\x0a\x00\x00\x0a", "10.0.0.9,10.0.0.10"},
	} {
		s, err := Target.Spell(c.code, []byte(c.value))
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf("dhcp-option-force=%d,%s", c.code, c.text), s.Text)
		r, err := Target.Read(c.code, c.text)
		require.NoError(t, err)
		require.Equal(t, s.Sent, r.Sent)
		require.True(t, bytes.HasPrefix(s.Sent, []byte(c.value)))
	}
	for _, value := range []string{"", "s", "--i", "a\x00b", "\x7f", strings.Repeat("n", 256)} {
		_, err := Target.Spell(67, []byte(value))
		require.Error(t, err, "%q", value)
	}
}
