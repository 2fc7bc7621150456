//go:build !linux

package serve

import (
	"net"
	"syscall"
)

// allowBroadcast does nothing: no systemd passes sockets.
func allowBroadcast(*net.UDPConn) error { return nil }

// letOthersBind does nothing: what SO_REUSEADDR means elsewhere was not measured,
// and on Windows it takes the port away.
func letOthersBind(*net.UDPConn) error { return nil }

// canBind says that sockets cannot be bound to an interface.
const canBind = false

func bindTo(*Iface) func(network, address string, c syscall.RawConn) error { return nil }
