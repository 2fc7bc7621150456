//go:build linux

package lab_test

import (
	"encoding/hex"
	"math/rand/v2"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/internal/lab"
	"pxekit/internal/lab/corpus"
	"pxekit/internal/lab/vectors"
)

// sampleSize is how many vectors of each server are measured again in every
// run; PXEKIT_VECTORS=all takes all. The seed makes a failure repeatable.
const (
	sampleSize = 10
	sampleSeed = 1
)

// TestVectors measures the vectors again on the real servers.
func TestVectors(t *testing.T) {
	for _, s := range servers {
		t.Run(s.target, func(t *testing.T) {
			lab.Need(t, "netns", s.daemon.Name)
			if s.target == "kea" {
				lab.Need(t, "flex-option")
			}
			for _, v := range sample(vectors.Load(t, s.target)) {
				t.Run(v.ID, func(t *testing.T) {
					t.Parallel()
					replay(t, s.daemon, v)
				})
			}
		})
	}
}

func sample(all []vectors.Vector) []vectors.Vector {
	if os.Getenv("PXEKIT_VECTORS") == "all" {
		return all
	}
	random := rand.New(rand.NewPCG(sampleSeed, 0))
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:sampleSize]
}

// elsewhere is what differs in a message when the file has another name or other
// text around: Kea's positions and the recorder's own remark.
var elsewhere = regexp.MustCompile(`(syntax: )?\(?[\w.-]+:\d+[.:]\d+(-\d+)?\)?( \(near \d+\):)?|\(reservation context only\) reservation| of (config|dnsmasq\.conf)`)

func message(text string) string {
	return strings.Join(strings.Fields(elsewhere.ReplaceAllString(text, "")), " ")
}

func replay(t *testing.T, d lab.Daemon, v vectors.Vector) {
	n := lab.NewNet(t)
	output, err := n.Check(t, d, v.Text)
	if v.Rejected != "" && err == nil { // not every server has a check, all refuse to start
		_, err = n.Launch(t, d, v.Text)
		require.Error(t, err, v.Text)
		output = err.Error()
	}
	if v.Rejected != "" {
		first, _, _ := strings.Cut(v.Rejected, "; ")
		require.Contains(t, message(output), message(first))
		return
	}
	require.NoError(t, err, output)
	if v.Accepted {
		return
	}
	checkReply(t, n.Start(t, d, v.Text), v)
}

func checkReply(t *testing.T, s *lab.Server, v vectors.Vector) {
	if v.NoReply {
		s.Patience = 2 * time.Second // what does not come has no event to wait for
	}
	request := lab.Request{MAC: v.Client.MAC, Message: v.Client.Packet(1).Bytes()}
	if v.Source.IsValid() {
		request.From = netip.AddrPortFrom(v.Source, 68)
	}
	if v.Client.Port != 0 {
		request.To = netip.AddrPortFrom(netip.MustParseAddr("255.255.255.255"), v.Client.Port)
	}
	reply := s.Exchange(t, []lab.Request{request})[0]
	if v.NoReply {
		require.Nil(t, reply)
		require.Equal(t, v.ServerExit != "", s.Crash() != "", "the server ended: %s", s.Crash())
		return
	}
	require.NotNil(t, reply, "no reply\n%s\nto\n%s", s.Log(), v.Text)
	// dhcpd leaves out the END of an overloaded message, so an error is no failure.
	packet, _ := dhcpopts.Parse(reply)
	if v.Reply.Malformed != nil {
		require.Equal(t, hex.EncodeToString(v.Reply.Malformed), hex.EncodeToString(reply[240:]))
		return
	}
	require.True(t, v.Reply.Matches(packet.Answer()), "%s\nmeasured %s\non wire  %s\nby\n%s",
		v.Client.Name, corpus.Show(v.Reply.Answer), corpus.Show(packet.Answer()), v.Text)
}
