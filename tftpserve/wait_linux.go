package tftpserve

import (
	"net"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// patience is how long a lone transfer waits for a packet with its thread: longer
// than a round trip on a LAN, short enough for everything else to wait.
const patience = time.Millisecond

// waiter reads from a socket and keeps the thread for a moment. In lock-step,
// parking a goroutine for each ACK and waking it takes as much processor time as
// all else. The system call is made without telling the scheduler, which would
// hand the thread's place on and take it back; so this is for a transfer that
// runs alone.
type waiter struct {
	raw  syscall.RawConn
	poll unix.PollFd
	fn   func(fd uintptr) bool // read, made once
	buf  []byte
	n    int
	err  error
}

func newWaiter(conn *net.UDPConn) *waiter {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil
	}
	w := &waiter{raw: raw}
	w.fn = w.read
	return w
}

// soon reads a packet if one comes soon.
func (w *waiter) soon(buf []byte) (n int, ok bool) {
	if w == nil {
		return 0, false
	}
	w.buf = buf
	if err := w.raw.Read(w.fn); err != nil {
		return 0, false
	}
	return w.n, w.n > 0 && w.err == nil
}

func (w *waiter) read(fd uintptr) bool {
	w.poll = unix.PollFd{Fd: int32(fd), Events: unix.POLLIN}
	wait := unix.NsecToTimespec(int64(patience))
	ready, _, _ := unix.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&w.poll)), 1, uintptr(unsafe.Pointer(&wait)), 0, 0, 0)
	w.n = 0
	if ready == 1 {
		w.n, w.err = syscall.Read(int(fd), w.buf)
	}
	return true
}
