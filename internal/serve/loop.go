package serve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"syscall"
)

// maxFailures is how often in a row a socket may fail before the server gives
// up: a packet socket reports once that its interface went down, for example.
const maxFailures = 100

// ofOneMessage are the errors of Windows that are no failures of the socket: a
// message was longer than the buffer, or an earlier answer did not arrive
// (WSAEMSGSIZE, WSAENETRESET, WSAECONNRESET). Whoever sends could make a hundred
// of them.
var ofOneMessage = []syscall.Errno{10040, 10052, 10054}

func harmless(err error) bool {
	return slices.ContainsFunc(ofOneMessage, func(e syscall.Errno) bool { return errors.Is(err, e) })
}

// loop reads one socket until ctx ends. Messages are handled one after the
// other: a flood fills the socket's buffer and no memory of ours.
func (s *Server) loop(ctx context.Context, k socket) error {
	for failures := 0; ; {
		batch, err := k.read()
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil:
			failures = 0
			s.handleAll(k, batch)
		case harmless(err):
		case errors.Is(err, net.ErrClosed), failures == maxFailures:
			return fmt.Errorf("%s cannot be read any more: %w", nameOf(k), err)
		default:
			failures++
		}
	}
}

// nameOf names a socket by port, and by interface where it has one.
func nameOf(k socket) string {
	switch k := k.(type) {
	case *udpSocket:
		if len(k.ifaces) == 1 {
			return fmt.Sprintf("port %d on %s", k.port, k.ifaces[0].Name)
		}
		return fmt.Sprintf("port %d", k.port)
	case *plainSocket:
		return fmt.Sprintf("port %d on %s", k.local.Port(), k.iface.Name)
	case *rawSocket:
		return fmt.Sprintf("port %d on %s", k.ports[0], k.iface.Name)
	}
	return "a socket"
}
