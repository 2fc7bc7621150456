// Package udpbatch reads and sends UDP messages of IPv4 many at a time, and
// says by which interface and to which of our addresses each one came. On Linux
// one system call takes, and one sends, up to [Most] messages; elsewhere it is
// one message at a time.
package udpbatch

import (
	"errors"
	"net/netip"
)

// Most bounds what is read at once.
const Most = 64

// MaxMessage is the longest message that is read whole, in octets; what is longer
// is cut.
const MaxMessage = 4096

// ErrNoArrival says that control messages are missing, as on Windows.
var ErrNoArrival = errors.New("this system does not tell by which interface a message came")

// Message is a datagram that came, or is to go. Its addresses are IPv4.
type Message struct {
	Payload []byte
	Remote  netip.AddrPort
	Local   netip.Addr // ours: that it was sent to, or that it is to leave by
	Index   int        // of the interface; 0: the routing table chooses where it leaves
}
