package tftpserve

import (
	"encoding/binary"
	"errors"
	"net"
	"unsafe"

	"golang.org/x/net/ipv4"
	"golang.org/x/sys/unix"
)

// burst is the socket of a client. It sends a window in one system call: as one
// large datagram that the kernel or the card cuts into packets (UDP segmentation
// offload, Linux 4.18), else as a batch (sendmmsg), else packet by packet.
type burst struct {
	conn  *net.UDPConn
	quick *quick
	batch *ipv4.PacketConn // for its WriteBatch, which serves IPv6 as well
	way   way
	cut   []byte // control message UDP_SEGMENT
	msgs  []ipv4.Message
}

// way is how this path to a client can be used. It only ever gets plainer: what
// the kernel refused once (it is too old, or the route leads through a device
// without checksum offload or with a small MTU) is not tried again.
type way int

const (
	bySegments way = iota
	byBatch
	byPacket
)

func newBurst(conn *net.UDPConn) burst { return burst{conn: conn, quick: newQuick(conn)} }

func (s *burst) send(b []byte, size int) error {
	for ; ; s.way++ { // what has left already arrives twice, which a client ignores
		var err error
		switch s.way {
		case bySegments:
			err = s.quick.sendmsg(b, s.segmentSize(size))
		case byBatch:
			err = s.sendBatch(b, size)
		default:
			return each(b, size, s.write)
		}
		if !unsupported(err) {
			return err
		}
	}
}

// read reads a packet of the client.
func (s *burst) read(b []byte) (int, error) { return s.quick.recv(b) }

func (s *burst) write(b []byte) error { return s.quick.sendmsg(b, nil) }

// segmentSize is the control message that says where to cut.
func (s *burst) segmentSize(size int) []byte {
	if s.cut == nil {
		s.cut = make([]byte, unix.CmsgSpace(2))
		h := (*unix.Cmsghdr)(unsafe.Pointer(&s.cut[0]))
		h.Level, h.Type = unix.SOL_UDP, unix.UDP_SEGMENT
		h.SetLen(unix.CmsgLen(2))
	}
	binary.NativeEndian.PutUint16(s.cut[unix.CmsgLen(0):], uint16(size))
	return s.cut
}

func (s *burst) sendBatch(b []byte, size int) error {
	if s.batch == nil {
		s.batch = ipv4.NewPacketConn(s.conn)
	}
	s.msgs = s.msgs[:0]
	_ = each(b, size, func(b []byte) error {
		s.msgs = append(s.msgs, ipv4.Message{Buffers: [][]byte{b}})
		return nil
	})
	for msgs := s.msgs; len(msgs) > 0; {
		n, err := s.batch.WriteBatch(msgs, 0)
		if err != nil {
			return err
		}
		msgs = msgs[n:]
	}
	return nil
}

// unsupported reports whether the kernel cannot send this way at all.
func unsupported(err error) bool {
	return errors.Is(err, unix.EIO) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.EMSGSIZE) ||
		errors.Is(err, unix.ENOPROTOOPT) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EOPNOTSUPP)
}

// allowFragments clears the bit that makes a router on the way with a smaller
// MTU drop blocks: boot ROMs fetch through tunnels, and cannot ask for less.
func allowFragments(conn *net.UDPConn) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_DONT)
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_MTU_DISCOVER, unix.IPV6_PMTUDISC_DONT)
	})
}
