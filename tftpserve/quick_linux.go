package tftpserve

import (
	"errors"
	"net"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// quick reads and sends on a connected socket by system calls that the
// scheduler is not told of. They do not block, even where the socket does, so
// they are over in microseconds; told of them, the runtime's monitor wakes every
// 20 µs to look whether to hand the thread's place on, a tenth of a server's
// processor time.
type quick struct {
	raw        syscall.RawConn
	read, send func(fd uintptr) bool // made once
	buf        []byte
	msg        unix.Msghdr
	iov        unix.Iovec
	n          uintptr
	errno      syscall.Errno
}

func newQuick(conn *net.UDPConn) *quick {
	raw, _ := conn.SyscallConn() // only a nil conn has none
	q := &quick{raw: raw}
	q.read = func(fd uintptr) bool {
		return q.done(unix.RawSyscall6(unix.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(&q.buf[0])), uintptr(len(q.buf)), unix.MSG_DONTWAIT, 0, 0))
	}
	q.send = func(fd uintptr) bool {
		return q.done(unix.RawSyscall(unix.SYS_SENDMSG, fd, uintptr(unsafe.Pointer(&q.msg)), unix.MSG_DONTWAIT))
	}
	return q
}

// done takes a call's result; false waits until the socket is ready and calls
// again.
func (q *quick) done(n, _ uintptr, errno syscall.Errno) bool {
	q.n, q.errno = n, errno
	return !errors.Is(errno, unix.EAGAIN)
}

func (q *quick) result(err error) (int, error) {
	switch {
	case err != nil:
		return 0, err
	case q.errno != 0:
		return 0, q.errno
	}
	return int(q.n), nil
}

// recv reads a packet; b is not empty.
func (q *quick) recv(b []byte) (int, error) {
	q.buf = b
	return q.result(q.raw.Read(q.read))
}

// sendmsg sends b, which is not empty, with a control message or nil.
func (q *quick) sendmsg(b, control []byte) error {
	q.iov.Base = &b[0]
	q.iov.SetLen(len(b))
	q.msg.Iov = &q.iov
	q.msg.SetIovlen(1)
	q.msg.Control = unsafe.SliceData(control)
	q.msg.SetControllen(len(control))
	_, err := q.result(q.raw.Write(q.send))
	return err
}
