package tftpserve

import (
	"errors"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// patience is how long a transfer that runs alone waits for a packet in the
// system call itself. It is longer than a round trip, and short beside every
// timeout, as nothing but a packet ends the wait.
const patience = 20 * time.Millisecond

// waiter reads from a socket. Alone it does so with its thread: parking a
// goroutine for each ACK and waking it takes as much processor time as all else
// in lock-step. The scheduler is told; a thread that waits in secret keeps the
// runtime's monitor awake, and windows of 64 took twice the time on one processor.
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
	n, err := unix.Read(w.fd, buf)
	return n, err == nil
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
