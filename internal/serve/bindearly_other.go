//go:build !linux

package serve

import "syscall"

// bindEarly does nothing: an IPv6 address can be bound once it is usable.
func bindEarly(string, string, syscall.RawConn) error { return nil }
