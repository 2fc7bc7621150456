package udhcpd

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

func TestVectors(t *testing.T) {
	text, err := os.ReadFile("../../../testdata/vectors/udhcpd.json")
	require.NoError(t, err)
	var vectors []struct {
		ID, Config, Rejected string
		Reply                struct {
			SIAddr  string
			SName   string `json:"sname_hex"`
			File    string `json:"file_hex"`
			Options map[string]string
		}
	}
	require.NoError(t, json.Unmarshal(text, &vectors))
	require.Len(t, vectors, 31)
	for _, v := range vectors {
		t.Run(v.ID, func(t *testing.T) {
			c, err := Parse("start 10.77.0.100\noption subnet 255.255.255.0\n" + v.Config + "\n")
			if v.Rejected != "" {
				require.ErrorContains(t, err, "malformed hex string")
				return
			}
			require.NoError(t, err)
			a := c.Answer(dhcpopts.Client{})
			require.Equal(t, v.Reply.SIAddr != "0.0.0.0", a.HasServer())
			if a.HasServer() {
				require.Equal(t, v.Reply.SIAddr, a.SIAddr.String())
			}
			require.Equal(t, v.Reply.SName, hex.EncodeToString(a.SName))
			require.Equal(t, v.Reply.File, hex.EncodeToString(a.File))
			options := map[string]string{}
			for _, o := range a.Options {
				options[strconv.Itoa(int(o.Code))] += hex.EncodeToString(o.Data)
			}
			require.Equal(t, v.Reply.Options, options)
		})
	}
}

func TestParse(t *testing.T) {
	c, err := Parse("boot_file C:\\boot\\\nsname x\nsiaddr wds\noption dns 10.0.0.1 10.0.0.2\nOPT ntpsrv 10.0.0.3\n")
	require.NoError(t, err)
	require.Equal(t, `C:\bootsname x`, c.BootFile, "a backslash at the end takes the next line in")
	require.Equal(t, []string{"can't parse line 3"}, c.Warnings)
	require.Equal(t, []byte{10, 0, 0, 1, 10, 0, 0, 2}, c.Options[0].Data)
	_, err = Parse("option nosuch x\n")
	require.ErrorContains(t, err, `line 1: unknown option "nosuch"`)
}

func FuzzParse(f *testing.F) {
	f.Add("option 67 'a'\nboot_file x#y\n")
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := Parse(text); err == nil {
			require.LessOrEqual(t, len(c.Answer(dhcpopts.Client{}).File), fileMax)
		}
	})
}
