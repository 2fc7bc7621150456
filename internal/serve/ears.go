package serve

import (
	"errors"
	"fmt"
	"io/fs"

	"pxekit/internal/proxydhcp"
	"pxekit/internal/rawnet"
)

// ErrDeaf says that nobody can tell whether a network has a DHCP server.
var ErrDeaf = errors.New("other DHCP servers cannot be heard, so no addresses are given")

// HowToPermit says how to get the rights that opening needs.
const HowToPermit = "run it with sudo, or give the program the right once: sudo setcap cap_net_bind_service,cap_net_raw+ep $(command -v pxekit)"

// openEars listens on each interface for what other servers answer to machines.
func (s *Server) openEars() {
	for _, i := range s.ifaces {
		ear, err := s.listenEar(i)
		if err != nil {
			s.deaf = err
			s.note(deafness(i, err))
			continue
		}
		s.ears = append(s.ears, ear)
	}
}

// listenEar listens for what comes in. Where a DHCP server runs on this host it
// listens for what goes out too, and all that is written by packet socket leaves
// through it, as it does not hear itself: what it hears of this host is that
// server's. Elsewhere each of our answers would wake it for nothing.
func (s *Server) listenEar(i *Iface) (*rawSocket, error) {
	if !s.shares[proxydhcp.ServerPort] {
		return listenRaw(i, clientPort)
	}
	conn, err := rawnet.ListenBoth(i.Interface, clientPort)
	if err != nil {
		return nil, err
	}
	ear := newRaw(i, conn, clientPort)
	ear.both, ear.passesOwn = true, !s.shares[proxydhcp.BINLPort]
	for _, k := range s.dhcp {
		if raw, ok := k.(*rawSocket); ok && raw.iface == i {
			raw.out = conn
		}
	}
	return ear, nil
}

// deafness says why answers of others are not heard, and what does not work for
// that.
func deafness(i *Iface, err error) string {
	const without = "other PXE responders are not recognised, and --strategy auto learns nothing"
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Sprintf("answers of other servers on %s are not heard: the right CAP_NET_RAW is missing, so %s; %s", i.Name, without, HowToPermit)
	}
	return fmt.Sprintf("answers of other servers on %s are not heard: %v; so %s", i.Name, err, without)
}

// hears reports whether answers of other servers are heard everywhere.
func (s *Server) hears() bool { return len(s.ears) == len(s.ifaces) }
