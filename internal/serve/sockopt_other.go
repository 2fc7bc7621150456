//go:build !linux

package serve

import "net"

// allowBroadcast does nothing: no systemd passes sockets.
func allowBroadcast(*net.UDPConn) error { return nil }

// letOthersBind does nothing: what SO_REUSEADDR means elsewhere was not measured,
// and on Windows it takes the port away.
func letOthersBind(*net.UDPConn) error { return nil }

// heldOn takes a port that is taken for taken everywhere.
func heldOn(*Iface, uint16) bool { return true }
