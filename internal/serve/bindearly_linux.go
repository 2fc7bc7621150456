package serve

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// bindEarly allows to bind an IPv6 address that the system still checks for
// duplicates (RFC 4862 section 5.4), as it does for a second after a start.
func bindEarly(_, _ string, c syscall.RawConn) error {
	return c.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.SOL_IPV6, unix.IPV6_FREEBIND, 1) // without it the bind says what is wrong
	})
}
