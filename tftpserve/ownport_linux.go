package tftpserve

import (
	"encoding/binary"
	"errors"
	"net"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/net/ipv4"
	"golang.org/x/sys/unix"
)

// A window leaves the process in one system call: as large UDP datagrams that
// the kernel or the card cuts into packets (segmentation offload, Linux 4.18),
// else as a batch (sendmmsg), else packet by packet.
type windowWay int32

const (
	bySegments windowWay = iota
	byBatch
	byPacket
)

// way is what this system can do. It only ever gets plainer: what the kernel
// refused once (an old kernel, a tunnel without checksum offload) is not tried
// again.
var way atomic.Int32

// Bounds of one segmented datagram: the kernel's UDP_MAX_SEGMENTS, and the
// octets an IPv4 datagram carries.
const (
	maxSegments = 64
	maxDatagram = 65507
)

// ownPort is a connected socket.
type ownPort struct {
	conn  *net.UDPConn
	batch *ipv4.PacketConn // for its WriteBatch, which serves IPv6 as well
	msgs  []ipv4.Message
	oob   []byte
	frame []byte
}

func newOwnPort(conn *net.UDPConn) link {
	return &ownPort{conn: conn, batch: ipv4.NewPacketConn(conn)}
}

func (p *ownPort) read(buf []byte, deadline time.Time) (int, error) {
	if err := p.conn.SetReadDeadline(deadline); err != nil {
		return 0, err
	}
	return p.conn.Read(buf)
}

func (p *ownPort) write(b []byte) error {
	_, err := p.conn.Write(b)
	return err
}

func (p *ownPort) close() { _ = p.conn.Close() }

func (p *ownPort) window(parts [][]byte, size int) error {
	if len(parts) == 2 {
		return eachPacket(parts, &p.frame, p.write)
	}
	for {
		switch w := windowWay(way.Load()); w {
		case byPacket:
			return eachPacket(parts, &p.frame, p.write)
		case byBatch:
			p.layOut(parts, size, 1)
		default:
			p.layOut(parts, size, min(maxSegments, max(maxDatagram/size, 1)))
		}
		err := p.flush()
		if !unsupported(err) {
			return err
		}
		way.Add(1) // what was sent already arrives twice, which a client ignores
	}
}

// layOut makes messages of up to segments packets each.
func (p *ownPort) layOut(parts [][]byte, size, segments int) {
	p.msgs = p.msgs[:0]
	for len(parts) > 0 {
		n := min(2*segments, len(parts))
		m := ipv4.Message{Buffers: parts[:n]}
		if n > 2 {
			m.OOB = p.segmentSize(size)
		}
		p.msgs, parts = append(p.msgs, m), parts[n:]
	}
}

// segmentSize is the control message UDP_SEGMENT: where to cut.
func (p *ownPort) segmentSize(size int) []byte {
	if p.oob == nil {
		p.oob = make([]byte, unix.CmsgSpace(2))
		h := (*unix.Cmsghdr)(unsafe.Pointer(&p.oob[0]))
		h.Level, h.Type = unix.SOL_UDP, unix.UDP_SEGMENT
		h.SetLen(unix.CmsgLen(2))
		binary.NativeEndian.PutUint16(p.oob[unix.CmsgLen(0):], uint16(size))
	}
	return p.oob
}

func (p *ownPort) flush() error {
	for msgs := p.msgs; len(msgs) > 0; {
		n, err := p.batch.WriteBatch(msgs, 0)
		if err != nil {
			return err
		}
		msgs = msgs[n:]
	}
	return nil
}

// unsupported reports whether the kernel cannot send this way at all.
func unsupported(err error) bool {
	return errors.Is(err, unix.EIO) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOPROTOOPT) ||
		errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EOPNOTSUPP)
}
