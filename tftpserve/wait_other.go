//go:build !linux

package tftpserve

import "net"

// waiter is for Linux.
type waiter struct{}

func newWaiter(*net.UDPConn) *waiter { return nil }

func (*waiter) soon([]byte) (int, bool) { return 0, false }
