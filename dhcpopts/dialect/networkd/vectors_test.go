package networkd

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/internal/lab/corpus"
	"pxekit/internal/lab/vectors"
)

func TestVectors(t *testing.T) {
	for _, v := range vectors.Load(t, "networkd") {
		t.Run(v.ID, func(t *testing.T) {
			c := Parse(v.Text)
			r := c.Reply(v.Client)
			require.Equal(t, v.ServerExit, r.Crash)
			require.False(t, r.Silent)
			if v.ServerExit != "" {
				return
			}
			require.Contains(t, strings.ToLower(strings.Join(c.Warnings, "\n")), strings.ToLower(v.Warning))
			require.Equal(t, v.Warning != "", len(c.Warnings) > 0)
			require.True(t, v.Reply.Matches(r.Answer), "want %s\ngot  %s\n%s", corpus.Show(v.Reply.Answer), corpus.Show(r.Answer), v.Text)
		})
	}
}

func TestParse(t *testing.T) {
	c := Parse("SendOption=67:string:no\n[DHCPServer]\n# c\\\n ; c\nSendOption=67:string:a\\\nSendOption=66:string:b\nSendOption = 66 :string:b\n" +
		`SendOption=66:string:\u00e9\101\s\x00` + "\n" + `SendOption=60:string:a\\` + "\nBootFilename=a\n")
	got := map[uint8]string{}
	for _, o := range c.Answer(dhcpopts.Client{}).Options {
		got[o.Code] += string(o.Data)
	}
	require.Equal(t, map[uint8]string{66: "\u00e9A \x00", 60: `a\`, 67: "a" + "a SendOption=66:string:b"}, got)
	require.Len(t, c.Warnings, 1, "a blank in the code")
	for _, bad := range []string{`\`, `\q`, `\x4`, `\xg1`, `\400`, `\08`, `\u0000`, `\ud800`} {
		_, ok := unescape(bad)
		require.False(t, ok, "%q", bad)
	}
	big := Parse("[DHCPServer]\nSendOption=17:string:" + strings.Repeat("r", 250) + "\nSendOption=67:string:" + strings.Repeat("f", 60) + "\n")
	require.True(t, big.Reply(dhcpopts.Client{}).Silent)
	require.False(t, big.Reply(dhcpopts.Client{MaxSize: 1260}).Silent)
}

func FuzzParse(f *testing.F) {
	f.Add("[DHCPServer]\nSendOption=67:string:\\x00\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, o := range Parse(text).Answer(dhcpopts.Client{}).Options {
			require.LessOrEqual(t, len(o.Data), 255)
		}
	})
}
