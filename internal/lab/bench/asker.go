//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"syscall"
	"time"

	"golang.org/x/net/ipv4"
	"golang.org/x/sys/unix"
)

// machines is how many hardware addresses ask.
const machines = 1000

// Places in a message: what differs from one answer to the next.
const (
	xidAt, xidEnd       = 4, 8
	chaddrAt, chaddrEnd = 28, 34
)

// askAgain is how long an answer may take, and lookEvery how often that is
// looked at.
const (
	askAgain  = time.Second
	lookEvery = 100 * time.Millisecond
)

// asked is what the asking process prints.
type asked struct {
	Seconds float64
	Answers int
	Lost    int // requests without an answer in time
}

// asker keeps requests of many machines outstanding, one in each slot. Requests
// and answers go through the kernel by the batch, so that it is not the client
// that is measured.
type asker struct {
	conn     *ipv4.PacketConn
	port     int
	server   string
	anything bool // the bare loop's answers are no DHCP
	requests []ipv4.Message
	answers  []ipv4.Message
	free     []int
	waiting  []time.Time // by slot, since when; zero: it is free
	first    []byte      // answer, which is checked in full; the others must be like it
	sequence uint32
	looked   time.Time
	result   asked
}

func ask(args []string) error {
	a := &asker{}
	flags := flag.NewFlagSet("ask", flag.ExitOnError)
	flags.StringVar(&a.server, "server", "", "")
	device := flags.String("device", "", "")
	flags.IntVar(&a.port, "port", 67, "")
	outstanding := flags.Int("outstanding", 1, "")
	flags.BoolVar(&a.anything, "anything", false, "")
	length := flags.Duration("for", time.Second, "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := a.open(*device, *outstanding); err != nil {
		return err
	}
	defer a.conn.Close()
	if err := a.run(*length); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(a.result)
}

// open lays out the requests. edk2 asks port 67 by broadcast from port 68, and
// port 4011 by unicast from port 4011.
func (a *asker) open(device string, outstanding int) error {
	to, from := &net.UDPAddr{IP: net.IPv4bcast, Port: a.port}, 68
	if a.port == 4011 {
		to.IP, from = net.ParseIP(a.server), a.port
	}
	conn, err := listenOn(device, from)
	if err != nil {
		return err
	}
	a.conn = ipv4.NewPacketConn(conn)
	held := firstClient(a.server)
	for slot := range outstanding {
		b := request(a.port, make([]byte, 6), held)
		a.requests = append(a.requests, ipv4.Message{Buffers: [][]byte{b}, Addr: to})
		a.answers = append(a.answers, ipv4.Message{Buffers: [][]byte{make([]byte, 2048)}})
		a.free = append(a.free, slot)
	}
	a.waiting = make([]time.Time, outstanding)
	return nil
}

// firstClient is the address that a responder's neighbour has, see room.client.
func firstClient(server string) string { return addr(server).Next().String() }

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

// listenOn opens a port on one device alone.
func listenOn(device string, port int) (net.PacketConn, error) {
	c := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error {
		var err error
		return errors.Join(raw.Control(func(fd uintptr) { err = unix.BindToDevice(int(fd), device) }), err)
	}}
	return c.ListenPacket(context.Background(), "udp4", fmt.Sprint(":", port))
}

func (a *asker) run(length time.Duration) error {
	// Until the first answer has come the responder may still be starting.
	for began := time.Now(); a.result.Answers == 0; {
		if err := a.turn(); err != nil {
			return err
		}
		if time.Since(began) > 20*time.Second {
			return fmt.Errorf("%s does not answer on port %d", a.server, a.port)
		}
	}
	a.result = asked{}
	began := time.Now()
	for time.Since(began) < length {
		if err := a.turn(); err != nil {
			return err
		}
	}
	a.result.Seconds = time.Since(began).Seconds()
	return nil
}

// turn fills the free slots and takes the answers that are there.
func (a *asker) turn() error {
	now := time.Now()
	if now.Sub(a.looked) > lookEvery { // for each answer it would cost too much
		a.looked = now
		a.giveUp(now)
		if err := a.conn.SetReadDeadline(now.Add(2 * lookEvery)); err != nil {
			return err
		}
	}
	if err := a.send(now); err != nil {
		return err
	}
	n, err := a.conn.ReadBatch(a.answers, 0)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, m := range a.answers[:n] {
		if err := a.take(m.Buffers[0][:m.N]); err != nil {
			return err
		}
	}
	return nil
}

// giveUp frees the slots whose answers are lost.
func (a *asker) giveUp(now time.Time) {
	for slot, since := range a.waiting {
		if !since.IsZero() && now.Sub(since) > askAgain {
			a.waiting[slot] = time.Time{}
			a.free = append(a.free, slot)
			a.result.Lost++
		}
	}
}

func (a *asker) send(now time.Time) error {
	batch := make([]ipv4.Message, 0, len(a.free))
	for _, slot := range a.free {
		m := a.requests[slot]
		a.address(m.Buffers[0], slot)
		batch = append(batch, m)
		a.waiting[slot] = now
	}
	a.free = a.free[:0]
	for len(batch) > 0 {
		n, err := a.conn.WriteBatch(batch, 0)
		if err != nil {
			return err
		}
		batch = batch[n:]
	}
	return nil
}

// address makes a request that of the next machine. Its transaction id tells
// the slot.
func (a *asker) address(b []byte, slot int) {
	a.sequence++
	binary.BigEndian.PutUint32(b[xidAt:], a.sequence<<8|uint32(slot))
	copy(b[chaddrAt:], []byte{0x02, 0})
	binary.BigEndian.PutUint32(b[chaddrAt+2:], a.sequence%machines)
}

// take counts an answer. What is late is passed over; what is wrong is an error.
func (a *asker) take(b []byte) error {
	if len(b) < chaddrEnd {
		return fmt.Errorf("an answer of %d octets", len(b))
	}
	slot := int(b[xidEnd-1])
	if slot >= len(a.waiting) || a.waiting[slot].IsZero() || !bytes.Equal(b[xidAt:xidEnd], a.requests[slot].Buffers[0][xidAt:xidEnd]) {
		return nil
	}
	a.waiting[slot] = time.Time{}
	a.free = append(a.free, slot)
	a.result.Answers++
	if a.first == nil {
		a.first = slices.Clone(b)
		if a.anything {
			return nil
		}
		return check(b, a.port, a.server)
	}
	copy(a.first[xidAt:xidEnd], b[xidAt:xidEnd])
	copy(a.first[chaddrAt:chaddrEnd], a.requests[slot].Buffers[0][chaddrAt:chaddrEnd])
	if !bytes.Equal(b, a.first) {
		return fmt.Errorf("an answer unlike the first:\n% x\n% x", b, a.first)
	}
	return nil
}

// echo is the floor: it sends back what comes, by broadcast from port 67 and to
// the sender from port 4011, and looks at nothing.
func echo() error {
	faults := make(chan error)
	for _, port := range []int{67, 4011} {
		conn, err := net.ListenUDP("udp4", &net.UDPAddr{Port: port})
		if err != nil {
			return err
		}
		go func() { faults <- echoOn(conn, port == 67) }()
	}
	return <-faults
}

func echoOn(conn *net.UDPConn, broadcast bool) error {
	buf := make([]byte, 2048)
	for {
		n, to, err := conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return err
		}
		if broadcast {
			to = netip.AddrPortFrom(netip.AddrFrom4([4]byte{255, 255, 255, 255}), 68)
		}
		if _, err := conn.WriteToUDPAddrPort(buf[:n], to); err != nil {
			return err
		}
	}
}
