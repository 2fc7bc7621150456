package appliance

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/internal/lab/corpus"
)

// onKea are the targets whose server is Kea.
var onKea = []dialect.Target{VyOS, OPNsenseKea, PfSenseKea, BloxOne}

func TestOnKeaCorpus(t *testing.T) {
	for _, target := range onKea {
		t.Run(target.Name, func(t *testing.T) { corpus.CheckTarget(t, target) })
	}
}

// TestOnKeaRead holds what text becomes behind each form: Kea cuts at commas
// where the text is not handed on as hexadecimal.
func TestOnKeaRead(t *testing.T) {
	for _, c := range []struct {
		target      dialect.Target
		typed, sent string
	}{
		{VyOS, `boot\x64\wdsnbp.com`, `boot\x64\wdsnbp.com`},
		{VyOS, `option bootfile-name 'a,b'`, `a`},
		{VyOS, `\\srv\a`, `\srv\a`},
		{OPNsenseKea, `a,b`, `a,b`},
		{OPNsenseKea, `Code: 67, Encoding: hex, Data: 6100`, `a`},
	} {
		r, err := c.target.Read(dhcpopts.OptBootFile, c.typed)
		require.NoError(t, err, c.typed)
		require.Equal(t, c.sent, string(r.Sent), "%s %s", c.target.Name, c.typed)
	}
}
