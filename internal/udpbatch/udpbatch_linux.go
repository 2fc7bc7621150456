package udpbatch

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Conn is a UDP socket of IPv4, or of IPv6 with IPv4 mapped into it, as systemd
// opens by a port alone.
//
// Its system calls do not block and are over in microseconds, so the scheduler
// is not told of them: told, it wakes the runtime's monitor, which took a fifth
// of a responder's processor time.
type Conn struct {
	v6      bool
	in, out direction
	came    []Message
}

// direction is one way through the socket: system call and what it works on.
type direction struct {
	wait   func(func(fd uintptr) bool) error // until call has done something
	call   func(fd uintptr) bool             // made once
	heads  []head                            // of all places
	places []place
	used   uintptr // how many places the call may use
	n      uintptr // how many it did
	errno  syscall.Errno
}

// head is struct mmsghdr.
type head struct {
	unix.Msghdr
	length uint32
}

// place is the memory of a message that its head points to.
type place struct {
	name    unix.RawSockaddrInet6 // or the smaller one of IPv4
	iov     unix.Iovec
	control pktinfo
	buf     []byte // in: what is read into
}

// pktinfo is the control message IP_PKTINFO, with the padding behind it.
type pktinfo struct {
	unix.Cmsghdr
	unix.Inet4Pktinfo
	_ [4]byte
}

// New makes a Conn of a socket, which stays the caller's.
func New(c *net.UDPConn) (*Conn, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return nil, err
	}
	k := &Conn{in: direction{wait: raw.Read}, out: direction{wait: raw.Write}, came: make([]Message, 0, Most)}
	controlErr := raw.Control(func(fd uintptr) {
		var domain int
		if domain, err = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_DOMAIN); err == nil {
			err = unix.SetsockoptInt(int(fd), unix.SOL_IP, unix.IP_PKTINFO, 1)
		}
		k.v6 = domain == unix.AF_INET6
	})
	k.in.prepare(unix.SYS_RECVMMSG)
	k.out.prepare(unix.SYS_SENDMMSG)
	for i := range k.in.places {
		p := &k.in.places[i]
		p.buf = make([]byte, MaxMessage)
		p.iov.Base = &p.buf[0]
		p.iov.SetLen(len(p.buf))
	}
	k.in.used = Most
	return k, errors.Join(controlErr, err)
}

// prepare lays out the places and makes the call.
func (d *direction) prepare(number uintptr) {
	d.heads, d.places = make([]head, Most), make([]place, Most)
	for i := range d.places {
		p, h := &d.places[i], &d.heads[i]
		h.Iov = &p.iov
		h.SetIovlen(1)
		h.Name = (*byte)(unsafe.Pointer(&p.name))
		h.Control = (*byte)(unsafe.Pointer(&p.control))
	}
	d.call = func(fd uintptr) bool {
		d.n, _, d.errno = unix.RawSyscall6(number, fd, uintptr(unsafe.Pointer(&d.heads[0])), d.used, unix.MSG_DONTWAIT, 0, 0)
		return d.errno != unix.EAGAIN
	}
}

// run makes the call once the socket is ready, and says how many messages it
// took.
func (d *direction) run() (int, error) {
	if err := d.wait(d.call); err != nil {
		return 0, err
	}
	if d.errno != 0 {
		return 0, d.errno
	}
	return int(d.n), nil
}

// Read waits for a message and takes what else is there. The messages are good
// until the next Read. One without a control message is left out.
func (k *Conn) Read() ([]Message, error) {
	for i := range k.in.heads {
		h := &k.in.heads[i]
		h.Namelen = unix.SizeofSockaddrInet6
		h.SetControllen(int(unsafe.Sizeof(pktinfo{})))
	}
	n, err := k.in.run()
	if err != nil {
		return nil, err
	}
	k.came = k.came[:0]
	for i := range n {
		p, h := &k.in.places[i], &k.in.heads[i]
		if h.Controllen == 0 || p.control.Type != unix.IP_PKTINFO {
			continue
		}
		k.came = append(k.came, Message{
			Payload: p.buf[:h.length], Remote: p.remote(),
			Local: netip.AddrFrom4(p.control.Addr), Index: int(p.control.Ifindex),
		})
	}
	return k.came, nil
}

// Write sends messages, at most [Most], up to the first that cannot be sent: the
// error is that of messages[sent]. It may run beside Read, and one at a time.
func (k *Conn) Write(messages []Message) (sent int, err error) {
	messages = messages[:min(len(messages), Most)]
	for i, m := range messages {
		p, h := &k.out.places[i], &k.out.heads[i]
		p.iov.Base = unsafe.SliceData(m.Payload)
		p.iov.SetLen(len(m.Payload))
		h.Namelen = p.address(m.Remote, k.v6)
		p.control.Cmsghdr = unix.Cmsghdr{Level: unix.SOL_IP, Type: unix.IP_PKTINFO}
		p.control.SetLen(unix.CmsgLen(unix.SizeofInet4Pktinfo))
		p.control.Inet4Pktinfo = unix.Inet4Pktinfo{Ifindex: int32(m.Index), Spec_dst: m.Local.As4()}
		h.SetControllen(int(unsafe.Sizeof(p.control)))
	}
	k.out.used = uintptr(len(messages))
	sent, err = k.out.run()
	for i := range messages {
		k.out.places[i].iov.Base = nil // no payload is kept
	}
	return sent, err
}

// remote reads the address that a message came from.
func (p *place) remote() netip.AddrPort {
	if p.name.Family == unix.AF_INET6 {
		return netip.AddrPortFrom(netip.AddrFrom16(p.name.Addr).Unmap(), swapped(p.name.Port))
	}
	v4 := (*unix.RawSockaddrInet4)(unsafe.Pointer(&p.name))
	return netip.AddrPortFrom(netip.AddrFrom4(v4.Addr), swapped(v4.Port))
}

// address sets the address that a message goes to, in the socket's own family.
func (p *place) address(to netip.AddrPort, v6 bool) (size uint32) {
	if v6 {
		p.name = unix.RawSockaddrInet6{Family: unix.AF_INET6, Port: swapped(to.Port()), Addr: to.Addr().As16()}
		return unix.SizeofSockaddrInet6
	}
	v4 := (*unix.RawSockaddrInet4)(unsafe.Pointer(&p.name))
	*v4 = unix.RawSockaddrInet4{Family: unix.AF_INET, Port: swapped(to.Port()), Addr: to.Addr().As4()}
	return unix.SizeofSockaddrInet4
}

// swapped turns a port from the order of the network into that of the host, or
// back.
func swapped(port uint16) uint16 {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], port)
	return binary.NativeEndian.Uint16(b[:])
}
