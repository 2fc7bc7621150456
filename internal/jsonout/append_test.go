package jsonout

import (
	"bytes"
	"encoding/json"
	"math/rand"
	"testing"
	"testing/quick"

	"github.com/stretchr/testify/require"
)

// TestAppendPacket: of any packet, with nil and empty lists and texts of any
// octets, encoding/json makes the same.
func TestAppendPacket(t *testing.T) {
	same := func(p Packet, texts [][]byte) bool {
		for i, text := range texts {
			p.Options = append(p.Options, PacketOption{Text: string(text), Name: string(rune(i))})
		}
		require.Equal(t, "before"+encoded(t, p), string(AppendPacket([]byte("before"), &p)))
		return true
	}
	require.NoError(t, quick.Check(same, &quick.Config{MaxCount: 2000, Rand: rand.New(rand.NewSource(1))}))
	require.Equal(t, encoded(t, Packet{}), string(AppendPacket(nil, &Packet{})))
	full := Packet{Options: []PacketOption{}, TFTP: &TFTP{Options: []TFTPOption{}}, Findings: []Finding{{}}}
	require.Equal(t, encoded(t, full), string(AppendPacket(nil, &full)))
}

func encoded(t *testing.T, p Packet) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	require.NoError(t, enc.Encode(p))
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}
