package dhcpopts_test

import (
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/stretchr/testify/require"
)

// message is a DHCP message of the corpus and where it comes from.
type message struct {
	from    string
	payload []byte
}

// corpus returns every DHCP message of testdata: of the captures, and of the
// firmware vectors. None at all is a failure.
func corpus(t testing.TB) []message {
	t.Helper()
	files, err := filepath.Glob("../testdata/captures/*.pcap")
	require.NoError(t, err)
	require.NotEmpty(t, files, "no captures")
	var all []message
	for _, file := range files {
		found := captured(t, file)
		require.NotEmpty(t, found, "no DHCP message in %s", file)
		all = append(all, found...)
	}
	vectors := vectorMessages(t)
	require.NotEmpty(t, vectors)
	return append(all, vectors...)
}

func captured(t testing.TB, file string) (all []message) {
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	r, err := pcapgo.NewReader(f)
	require.NoError(t, err)
	for {
		frame, _, err := r.ReadPacketData()
		if err == io.EOF {
			return all
		}
		require.NoError(t, err)
		udp, ok := gopacket.NewPacket(frame, r.LinkType(), gopacket.Default).Layer(layers.LayerTypeUDP).(*layers.UDP)
		if !ok {
			continue
		}
		switch udp.DstPort {
		case 67, 68, 4011:
			all = append(all, message{filepath.Base(file), udp.Payload})
		}
	}
}

func vectorMessages(t testing.TB) (all []message) {
	text, err := os.ReadFile("../testdata/vectors/firmware.json")
	require.NoError(t, err)
	var vectors struct {
		Scenarios []struct {
			ID   string
			Runs []struct {
				Firmware string
				Messages []struct {
					Payload string `json:"payload_hex"`
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal(text, &vectors))
	for _, s := range vectors.Scenarios {
		for _, run := range s.Runs {
			for _, m := range run.Messages {
				payload, err := hex.DecodeString(m.Payload)
				require.NoError(t, err)
				all = append(all, message{s.ID + " " + run.Firmware, payload})
			}
		}
	}
	return all
}
