//go:build !linux

package rawnet

import (
	"net"
	"net/netip"
)

// Neighbours knows nobody: machines are then recognised by the answers and
// requests that were heard.
type Neighbours struct{}

// OpenNeighbours opens nothing.
func OpenNeighbours() *Neighbours { return &Neighbours{} }

// Find knows nobody.
func (*Neighbours) Find(netip.Addr) net.HardwareAddr { return nil }

// Close closes nothing.
func (*Neighbours) Close() error { return nil }
