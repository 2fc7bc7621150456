package udhcpd

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/internal/lab/corpus"
	"pxekit/internal/lab/vectors"
)

func TestVectors(t *testing.T) {
	for _, v := range vectors.Load(t, "udhcpd") {
		t.Run(v.ID, func(t *testing.T) {
			c, err := Parse(v.Text)
			if v.Rejected != "" {
				require.ErrorContains(t, err, "malformed hex string")
				return
			}
			require.NoError(t, err)
			got := c.Answer(v.Client)
			require.True(t, v.Reply.Matches(got), "want %s\ngot  %s\n%s", corpus.Show(v.Reply.Answer), corpus.Show(got), v.Text)
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
