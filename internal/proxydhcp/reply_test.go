package proxydhcp

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// A client that takes short messages alone is told nothing twice.
func TestReplyFits(t *testing.T) {
	name := strings.Repeat("f", 60)
	full := 240 + 3 + 2 + 230 + 2 + len("10.99.0.2") + 2 + len(name) + 1
	for _, c := range []struct {
		name   string
		siaddr string
		file   string
		limit  int
		want   []uint8 // nil: an error
	}{
		{"all fits", "10.99.0.2", name, full, []uint8{53, 43, 66, 67}},
		{"without 66", "10.99.0.2", name, full - 1, []uint8{53, 43, 67}},
		{"without 67 either", "10.99.0.2", name, full - 12, []uint8{53, 43}},
		{"not even so", "10.99.0.2", name, full - 74, nil},
		{"66 is another server", "10.99.0.3", name, full - 1, []uint8{53, 43, 66}},
		{"67 is all there is", "10.99.0.2", "", full - 12, nil},
	} {
		r := Reply{Header: dhcpopts.Header{Op: 2, SIAddr: addr(c.siaddr)}, Limit: c.limit}
		copy(r.Header.File[:], c.file)
		r.add(dhcpopts.OptMessageType, []byte{dhcpopts.Offer})
		r.add(dhcpopts.OptVendor, make([]byte, 230))
		r.add(dhcpopts.OptTFTPServer, []byte("10.99.0.2"))
		r.add(dhcpopts.OptBootFile, []byte(name))
		b, err := r.Bytes()
		if c.want == nil {
			require.ErrorContains(t, err, "the client takes", c.name)
			continue
		}
		require.NoError(t, err, c.name)
		require.LessOrEqual(t, len(b), c.limit, c.name)
		p, err := dhcpopts.Parse(b)
		require.NoError(t, err)
		var codes []uint8
		for _, o := range p.Options {
			codes = append(codes, o.Code)
		}
		require.Equal(t, c.want, codes, c.name)
		require.Len(t, r.Options, 4, "the reply itself stays")
	}
}
