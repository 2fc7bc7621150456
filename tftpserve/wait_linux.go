package tftpserve

import (
	"errors"
	"net"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// patience is how long a transfer that runs alone waits for a packet with its
// thread, in a system call that the scheduler is not told of: longer than a round
// trip, short enough for everything else to wait. The kernel rounds it up to its
// ticks.
const patience = 2 * time.Millisecond

// waiter reads from a socket. Alone it does so with its thread: parking a
// goroutine for each ACK and waking it takes as much processor time as all else
// in lock-step, and so does handing the thread's place on while it waits, which
// the scheduler does with one processor when it is told (CPU time 1.6 times
// dnsmasq's on a quiet machine).
type waiter struct {
	conn *net.UDPConn
	fd   int // once the socket blocks, for patience
}

func newWaiter(conn *net.UDPConn) *waiter { return &waiter{conn: conn, fd: -1} }

// soon reads a packet if one comes soon. A blocking socket spares a poll before
// each read, a tenth of what a block takes.
func (w *waiter) soon(buf []byte) (n int, ok bool) {
	if w.fd < 0 && w.block() != nil {
		return 0, false
	}
	r, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(w.fd), uintptr(unsafe.Pointer(&buf[0])), uintptr(len(buf)))
	return int(r), errno == 0
}

// block makes the socket a blocking one, which those who may not wait ask for an
// answer at once.
func (w *waiter) block() error {
	raw, err := w.conn.SyscallConn()
	if err != nil {
		return err
	}
	limit := unix.NsecToTimeval(int64(patience))
	controlErr := raw.Control(func(fd uintptr) {
		if err = unix.SetsockoptTimeval(int(fd), unix.SOL_SOCKET, unix.SO_RCVTIMEO, &limit); err != nil {
			return
		}
		if err = unix.SetNonblock(int(fd), false); err == nil {
			w.fd = int(fd)
		}
	})
	return errors.Join(controlErr, err)
}
