package serve

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// deaf is a socket that has nothing to read.
type deaf struct{ socket }

func (deaf) SetReadDeadline(time.Time) error { return nil }

// The lists of sockets have room to grow where an ear could not be opened:
// nobody who lists all of them writes into it.
func TestWakeWritesNothing(t *testing.T) {
	s, _ := testServer(t, nil)
	s.dhcp, s.ears = make([]socket, 2, 4), []socket{deaf{}}
	s.dhcp[0], s.dhcp[1] = deaf{}, deaf{}
	s.wake()
	require.Nil(t, s.dhcp[:3][2])
}
