package lab

import (
	"errors"
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
// requests of one MAC follow each other, since a server has one lease for it.
// So do clients that are offered the same address: networkd reserves none with
// an offer. A client without an offer or an acknowledgement, or a server that
// ends, fails the test.
func (s *Server) Boot(t testing.TB, clients []dhcpopts.Client) []Boot {
	t.Helper()
	boots := make([]Boot, len(clients))
	waiting := make([]int, len(clients)) // places in clients
	for i := range waiting {
		waiting[i] = i
	}
	for len(waiting) > 0 {
		asking, later := distinct(waiting, func(i int) string { return string(clients[i].MAC) })
		for n, offer := range s.ask(t, messages(asking, func(i int) dhcpopts.Client { return discover(clients[i]) })) {
			boots[asking[n]].Offer = offer
		}
		taking, again := distinct(asking, func(i int) string { return boots[i].Offer.YIAddr.String() })
		for n, ack := range s.ask(t, messages(taking, func(i int) dhcpopts.Client { return Taking(clients[i], boots[i].Offer) })) {
			boots[taking[n]].Ack = ack
		}
		waiting = append(later, again...)
	}
	return boots
}

// distinct splits places by whether their key is the first of its kind.
func distinct(places []int, key func(int) string) (first, others []int) {
	seen := map[string]bool{}
	for _, i := range places {
		if k := key(i); !seen[k] {
			seen[k] = true
			first = append(first, i)
		} else {
			others = append(others, i)
		}
	}
	return first, others
}

func messages(places []int, message func(int) dhcpopts.Client) []dhcpopts.Client {
	all := make([]dhcpopts.Client, len(places))
	for n, i := range places {
		all[n] = message(i)
	}
	return all
}

func discover(c dhcpopts.Client) dhcpopts.Client {
	c.Message = dhcpopts.Discover
	return c
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

// optRequestedAddress is the address a client wants (RFC 2132 section 9.1).
const optRequestedAddress = 50

var answerTo = map[uint8]uint8{dhcpopts.Discover: dhcpopts.Offer, dhcpopts.Request: dhcpopts.Ack}

// ask sends one message of each client and returns the replies.
func (s *Server) ask(t testing.TB, clients []dhcpopts.Client) []*dhcpopts.Packet {
	t.Helper()
	requests := make([]Request, len(clients))
	for i, c := range clients {
		s.xid++
		requests[i] = Request{MAC: c.MAC, Message: c.Packet(s.xid).Bytes()}
	}
	packets := make([]*dhcpopts.Packet, len(clients))
	for i, reply := range s.Exchange(t, requests) {
		c := clients[i]
		require.Empty(t, s.Crash(), "the server ended")
		require.NotNil(t, reply, "%s: no reply to message type %d\n%s", c.Name, c.Message, s.Log())
		p, err := dhcpopts.Parse(reply)
		requireWellFormed(t, err, "%s: %x", c.Name, reply)
		require.Equal(t, answerTo[c.Message], p.MessageType(), "%s: type of the reply", c.Name)
		packets[i] = p
	}
	return packets
}

// requireWellFormed takes a message without END for well-formed: ISC dhcpd
// leaves it out of an options field that it has filled to the brim.
func requireWellFormed(t testing.TB, err error, format string, args ...any) {
	t.Helper()
	var fault *dhcpopts.SyntaxError
	if errors.As(err, &fault) && fault.Fault == dhcpopts.FaultNoEnd {
		return
	}
	require.NoError(t, err, append([]any{format}, args...)...)
}
