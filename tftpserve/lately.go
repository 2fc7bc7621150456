package tftpserve

import (
	"net/netip"
	"slices"
	"sync"
)

// lately remembers the ports of clients that were answered from the server's own
// port a moment ago. tftp-hpa acknowledges an ERROR, and would take an ERROR for
// that ACK as the answer to its next request; so would a client of a single port
// whose last ACK comes late.
type lately struct {
	mu    sync.Mutex
	ports [64]netip.AddrPort
	next  int
}

func (l *lately) add(port netip.AddrPort) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ports[l.next] = port
	l.next = (l.next + 1) % len(l.ports)
}

func (l *lately) has(port netip.AddrPort) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Contains(l.ports[:], port)
}
