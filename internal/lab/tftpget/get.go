// Package tftpget is a TFTP client for tests and benchmarks: any block size and
// window (RFC 7440), any option, and nothing a boot ROM would hide.
package tftpget

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strconv"
	"time"

	"pxekit/tftpserve"
)

// Get says how to fetch.
type Get struct {
	Server  netip.AddrPort
	Name    string
	Mode    string // "": octet
	Block   int    // blksize option; 0: not sent
	Window  int    // windowsize option; 0: not sent
	Options []tftpserve.Option
	// Retry is how long to wait before the last packet is sent again; 0: 1 s.
	Retry time.Duration
	Local *net.UDPAddr // nil: any
	// Joined takes what the system has joined of a window by one system call (UDP
	// receive offload, Linux 5.0).
	Joined bool
}

// Result is what came.
type Result struct {
	OACK   []tftpserve.Option
	Bytes  int64
	Blocks uint64
}

// Refusal is the server's ERROR.
type Refusal struct{ tftpserve.Packet }

func (r *Refusal) Error() string { return fmt.Sprintf("tftp: error %d: %s", r.Code, r.Message) }

// tries is how often a packet is sent before the client gives up.
const tries = 8

// transfer is a Get on its way.
type transfer struct {
	get   Get
	conn  *net.UDPConn
	out   io.Writer
	buf   []byte
	oob   []byte
	peer  netip.AddrPort
	last  []byte    // what is sent again
	armed time.Time // when the read deadline was set

	block, window int
	pending       int  // blocks since the last ACK
	gap           bool // an ACK told of it
	result        Result
}

// Fetch gets a file into out.
func (g Get) Fetch(out io.Writer) (Result, error) {
	conn, err := net.ListenUDP("udp", g.Local)
	if err != nil {
		return Result{}, err
	}
	defer conn.Close()
	_ = conn.SetReadBuffer(4 << 20)
	if g.Joined {
		if err := join(conn); err != nil {
			return Result{}, err
		}
	}
	t := &transfer{get: g, conn: conn, out: out, buf: make([]byte, 65535), oob: make([]byte, 64), peer: g.Server, block: tftpserve.DefaultBlockSize, window: 1}
	err = t.run()
	return t.result, err
}

// Request is the packet that starts it.
func (g Get) Request() tftpserve.Packet {
	p := tftpserve.Packet{Op: tftpserve.RRQ, File: g.Name, Mode: g.Mode}
	if p.Mode == "" {
		p.Mode = "octet"
	}
	if g.Block > 0 {
		p.Options = append(p.Options, tftpserve.Option{Name: "blksize", Value: strconv.Itoa(g.Block)})
	}
	if g.Window > 0 {
		p.Options = append(p.Options, tftpserve.Option{Name: "windowsize", Value: strconv.Itoa(g.Window)})
	}
	p.Options = append(p.Options, g.Options...)
	return p
}

func (t *transfer) run() error {
	if err := t.send(t.get.Request()); err != nil {
		return err
	}
	for {
		n, size, err := t.receive()
		if err != nil {
			return err
		}
		for joined := t.buf[:n]; ; joined = joined[size:] {
			done, err := t.take(joined[:min(size, len(joined))])
			if done || err != nil {
				return err
			}
			if len(joined) <= size {
				break
			}
		}
	}
}

func (t *transfer) send(p tftpserve.Packet) error {
	t.last = p.Append(t.last[:0])
	_, err := t.conn.WriteToUDPAddrPort(t.last, t.peer)
	return err
}

// receive waits for a packet of the server, whose port the first answer tells,
// or for several of size octets each, the last maybe shorter, in n.
func (t *transfer) receive() (n, size int, err error) {
	retry := t.get.Retry
	if retry == 0 {
		retry = time.Second
	}
	for range tries {
		if now := time.Now(); now.Sub(t.armed) > retry/4 { // for each block it would cost too much
			if err := t.conn.SetReadDeadline(now.Add(retry)); err != nil {
				return 0, 0, err
			}
			t.armed = now
		}
		n, oobn, _, from, err := t.conn.ReadMsgUDPAddrPort(t.buf, t.oob)
		switch {
		case err == nil && (t.result.Blocks == 0 && t.result.OACK == nil || from == t.peer):
			t.peer = from
			return n, cmp.Or(segment(t.oob[:oobn]), n), nil
		case err != nil && !errors.Is(err, os.ErrDeadlineExceeded):
			return 0, 0, err
		case err != nil:
			t.pending, t.gap, t.armed = 0, false, time.Time{}
			if _, err := t.conn.WriteToUDPAddrPort(t.last, t.peer); err != nil {
				return 0, 0, err
			}
		}
	}
	return 0, 0, fmt.Errorf("tftp: %v does not answer after block %d", t.peer, t.result.Blocks)
}

func (t *transfer) take(b []byte) (done bool, err error) {
	p, err := tftpserve.Parse(b)
	switch {
	case err != nil:
		return false, err
	case p.Op == tftpserve.ERROR:
		return false, &Refusal{p}
	case p.Op == tftpserve.OACK && t.result.Blocks == 0:
		return false, t.agree(p)
	case p.Op == tftpserve.DATA:
		return t.data(p)
	}
	return false, nil
}

func (t *transfer) agree(p tftpserve.Packet) error {
	t.result.OACK = p.Options
	for _, o := range p.Options {
		n, err := strconv.Atoi(o.Value)
		if err != nil {
			return err
		}
		switch o.Name {
		case "blksize":
			t.block = n
		case "windowsize":
			t.window = n
		}
	}
	return t.ack()
}

func (t *transfer) data(p tftpserve.Packet) (done bool, err error) {
	if p.Block != uint16(t.result.Blocks+1) {
		old := int16(p.Block-uint16(t.result.Blocks)) <= 0
		if old || t.gap || t.window == 1 {
			return false, nil
		}
		t.gap = true
		return false, t.ack()
	}
	if _, err := t.out.Write(p.Data); err != nil {
		return false, err
	}
	t.gap = false
	t.result.Blocks++
	t.result.Bytes += int64(len(p.Data))
	t.pending++
	done = len(p.Data) < t.block
	if done || t.pending >= t.window {
		err = t.ack()
	}
	return done, err
}

func (t *transfer) ack() error {
	t.pending = 0
	return t.send(tftpserve.Packet{Op: tftpserve.ACK, Block: uint16(t.result.Blocks)})
}
