package lab

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// Boot is what one client got: the answers to its DISCOVER and to the REQUEST
// that follows, as they came off the wire.
type Boot struct {
	Offer, Ack *dhcpopts.Packet
}

// Boot lets every client ask for an address and take it. All ask at once, but
// requests of one MAC follow each other: a server has one lease for it. A client
// without an offer or an acknowledgement, or a server that ends, fails the test.
func (s *Server) Boot(t testing.TB, clients []dhcpopts.Client) []Boot {
	t.Helper()
	boots := make([]Boot, len(clients))
	for _, wave := range waves(clients) {
		discovers := make([]dhcpopts.Client, len(wave))
		for i, at := range wave {
			discovers[i] = clients[at]
			discovers[i].Message = dhcpopts.Discover
		}
		offers := s.ask(t, discovers)
		requests := make([]dhcpopts.Client, len(wave))
		for i := range wave {
			requests[i] = Taking(discovers[i], offers[i])
		}
		for i, ack := range s.ask(t, requests) {
			boots[wave[i]] = Boot{Offer: offers[i], Ack: ack}
		}
	}
	return boots
}

// Taking is the REQUEST with which a client takes an offer (RFC 2131 table 4).
func Taking(c dhcpopts.Client, offer *dhcpopts.Packet) dhcpopts.Client {
	server, _ := offer.Get(dhcpopts.OptServerID)
	c.Message = dhcpopts.Request
	c.Options = append(c.Options[:len(c.Options):len(c.Options)],
		dhcpopts.Option{Code: optRequestedAddress, Data: offer.YIAddr.AsSlice()},
		dhcpopts.Option{Code: dhcpopts.OptServerID, Data: server})
	return c
}

var answerTo = map[uint8]uint8{dhcpopts.Discover: dhcpopts.Offer, dhcpopts.Request: dhcpopts.Ack}

// optRequestedAddress is the address a client wants (RFC 2132 section 9.1).
const optRequestedAddress = 50

func (s *Server) ask(t testing.TB, clients []dhcpopts.Client) []*dhcpopts.Packet {
	t.Helper()
	requests := make([]Request, len(clients))
	for i, c := range clients {
		s.xid++
		requests[i] = Request{MAC: c.MAC, Message: c.Packet(s.xid).Bytes()}
	}
	packets := make([]*dhcpopts.Packet, len(clients))
	for i, reply := range s.Exchange(t, requests) {
		require.Empty(t, s.Crash(), "the server ended")
		require.NotNil(t, reply, "%s: no reply to message type %d\n%s", clients[i].Name, clients[i].Message, s.Log())
		p, err := dhcpopts.Parse(reply)
		require.NoError(t, err, "%s: %x", clients[i].Name, reply)
		require.Equal(t, answerTo[clients[i].Message], p.MessageType(), "%s: type of the reply", clients[i].Name)
		packets[i] = p
	}
	return packets
}

// waves splits clients so that no MAC stands twice in one wave; the numbers are
// places in clients.
func waves(clients []dhcpopts.Client) (waves [][]int) {
	seen := map[string]int{}
	for i, c := range clients {
		n := seen[string(c.MAC)]
		seen[string(c.MAC)]++
		if n == len(waves) {
			waves = append(waves, nil)
		}
		waves[n] = append(waves[n], i)
	}
	return waves
}
