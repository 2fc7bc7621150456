package networkd

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

func TestVectors(t *testing.T) {
	text, err := os.ReadFile("../../../testdata/vectors/networkd.json")
	require.NoError(t, err)
	var vectors []struct {
		ID, Config, Warning string
		ServerExit          string `json:"server_exit"`
		Reply               struct {
			SIAddr  string
			SName   string `json:"sname_hex"`
			File    string `json:"file_hex"`
			Options map[string]string
			TLVs    []struct{ Hex string }
		}
	}
	require.NoError(t, json.Unmarshal(text, &vectors))
	require.Len(t, vectors, 24)
	for _, v := range vectors {
		t.Run(v.ID, func(t *testing.T) {
			c := Parse("[DHCPServer]\nPoolOffset=100\n" + v.Config + "\n")
			r := c.Reply(dhcpopts.Client{MaxSize: 1260})
			require.Equal(t, v.ServerExit, r.Crash)
			require.False(t, r.Silent)
			if v.ServerExit != "" {
				return
			}
			require.Contains(t, strings.ToLower(strings.Join(c.Warnings, "\n")), strings.ToLower(v.Warning))
			require.Equal(t, v.Warning != "", len(c.Warnings) > 0)
			require.Equal(t, v.Reply.SIAddr != "0.0.0.0", r.Answer.HasServer())
			if r.Answer.HasServer() {
				require.Equal(t, v.Reply.SIAddr, r.Answer.SIAddr.String())
			}
			require.Equal(t, v.Reply.SName+v.Reply.File, hex.EncodeToString(r.Answer.SName)+hex.EncodeToString(r.Answer.File))
			options := map[string]string{}
			for _, o := range r.Answer.Options {
				options[strconv.Itoa(int(o.Code))] += hex.EncodeToString(o.Data)
			}
			require.Equal(t, v.Reply.Options, options)
			for i, x := range v.Reply.TLVs {
				require.Equal(t, x.Hex, hex.EncodeToString(r.Answer.Options[i].Data))
			}
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
