//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"pxekit/dhcpopts"
	"pxekit/internal/lab/tftpget"
	"pxekit/tftpserve"
)

// booted is what the booting process prints.
type booted struct {
	Seconds float64
	Boots   int
}

// network is where the simulated machines boot. They share port 68.
type network struct {
	server netip.Addr
	port68 net.PacketConn
	mu     sync.Mutex
	offers map[uint32]chan []byte // by transaction id
	want   []byte                 // the boot file
	joined bool                   // take windows whole
}

func boot(args []string) error {
	flags := flag.NewFlagSet("boot", flag.ExitOnError)
	server := flags.String("server", "", "")
	device := flags.String("device", "", "")
	joined := flags.Bool("joined", false, "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	conn, err := listenOn(*device, 68)
	if err != nil {
		return err
	}
	n := &network{server: addr(*server), port68: conn, offers: map[uint32]chan []byte{}, want: content(), joined: *joined}
	go n.listen()
	began := time.Now()
	if err := n.bootAll(); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(booted{time.Since(began).Seconds(), together * bootsEach})
}

func (n *network) bootAll() error {
	faults := make([]error, together)
	var wg sync.WaitGroup
	ip := n.server
	for i := range together {
		ip = ip.Next()
		m := &bootingMachine{network: n, ip: ip, mac: []byte{2, 0, 0, 0, 1, byte(i)}}
		wg.Go(func() {
			for k := range bootsEach {
				if err := m.boot(uint32(i<<16 | k)); err != nil {
					faults[i] = fmt.Errorf("machine %s: %w", m.ip, err)
					return
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(faults...)
}

// listen hands out the answers that come by broadcast.
func (n *network) listen() {
	for {
		buf := make([]byte, 2048)
		k, _, err := n.port68.ReadFrom(buf)
		if err != nil {
			return
		}
		if k < xidEnd {
			continue
		}
		n.mu.Lock()
		to := n.offers[binary.BigEndian.Uint32(buf[xidAt:])]
		n.mu.Unlock()
		select {
		case to <- buf[:k]:
		default: // nobody waits for it, or not any more
		}
	}
}

// bootingMachine does what edk2 does from DISCOVER to the last byte, without its
// pauses of seconds. It has its address already.
type bootingMachine struct {
	*network
	ip  netip.Addr
	mac []byte
}

func (m *bootingMachine) boot(xid uint32) error {
	if err := m.discover(xid); err != nil {
		return err
	}
	from, err := m.askFile(xid)
	if err != nil {
		return err
	}
	if err := m.probe(from); err != nil {
		return err
	}
	file := &comparer{want: m.want}
	get := tftpget.Get{Server: from, Name: bootFile, Block: 1468, Window: 4, Local: m.local(0), Joined: m.joined}
	if _, err := get.Fetch(file); err != nil {
		return err
	}
	if len(file.want) > 0 {
		return fmt.Errorf("the file lacks its last %d octets", len(file.want))
	}
	return nil
}

func (m *bootingMachine) local(port int) *net.UDPAddr {
	return net.UDPAddrFromAddrPort(netip.AddrPortFrom(m.ip, uint16(port)))
}

// tries is how often a machine asks, a second apart.
const tries = 20

// discover asks everyone and reads the OFFER.
func (m *bootingMachine) discover(xid uint32) error {
	answer := make(chan []byte, 1)
	m.mu.Lock()
	m.offers[xid] = answer
	m.mu.Unlock()
	defer func() {
		m.mu.Lock()
		delete(m.offers, xid)
		m.mu.Unlock()
	}()
	b := request(67, m.mac, "")
	binary.BigEndian.PutUint32(b[xidAt:], xid)
	for range tries {
		if _, err := m.port68.WriteTo(b, &net.UDPAddr{IP: net.IPv4bcast, Port: 67}); err != nil {
			return err
		}
		select {
		case offer := <-answer:
			return check(offer, 67, m.server.String())
		case <-time.After(askAgain):
		}
	}
	return errors.New("no offer came")
}

// askFile asks port 4011 and returns the TFTP server of the ACK.
func (m *bootingMachine) askFile(xid uint32) (netip.AddrPort, error) {
	conn, err := net.ListenUDP("udp4", m.local(4011))
	if err != nil {
		return netip.AddrPort{}, err
	}
	defer conn.Close()
	b := request(4011, m.mac, m.ip.String())
	binary.BigEndian.PutUint32(b[xidAt:], xid)
	ack, _, err := roundTrip(conn, netip.AddrPortFrom(m.server, 4011), b)
	if err != nil {
		return netip.AddrPort{}, err
	}
	if err := check(ack, 4011, m.server.String()); err != nil {
		return netip.AddrPort{}, err
	}
	p, err := dhcpopts.Parse(ack)
	return netip.AddrPortFrom(p.SIAddr, 69), err
}

// probe asks for the file's size and breaks off (measured, edk2).
func (m *bootingMachine) probe(server netip.AddrPort) error {
	conn, err := net.ListenUDP("udp4", m.local(0))
	if err != nil {
		return err
	}
	defer conn.Close()
	get := tftpget.Get{Name: bootFile, Block: 1468, Window: 4, Options: []tftpserve.Option{{Name: "tsize", Value: "0"}}}
	b, from, err := roundTrip(conn, server, get.Request().Append(nil))
	if err != nil {
		return err
	}
	p, err := tftpserve.Parse(b)
	if err != nil {
		return err
	}
	if p.Op != tftpserve.OACK || number(p, "tsize", 0) != bootSize {
		return fmt.Errorf("%+v to a question for the size", p)
	}
	end := tftpserve.Packet{Op: tftpserve.ERROR, Code: tftpserve.OptionRefused, Message: "User aborted the transfer"}
	_, err = conn.WriteToUDPAddrPort(end.Append(nil), from)
	return err
}

// roundTrip sends a datagram until one comes back.
func roundTrip(conn *net.UDPConn, to netip.AddrPort, b []byte) (answer []byte, from netip.AddrPort, err error) {
	buf := make([]byte, 2048)
	for range tries {
		if _, err := conn.WriteToUDPAddrPort(b, to); err != nil {
			return nil, from, err
		}
		if err := conn.SetReadDeadline(time.Now().Add(askAgain)); err != nil {
			return nil, from, err
		}
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
			return buf[:n], from, err
		}
	}
	return nil, from, fmt.Errorf("%s does not answer", to)
}

// comparer is a writer that takes what is expected and nothing else.
type comparer struct{ want []byte }

func (c *comparer) Write(b []byte) (int, error) {
	if !bytes.HasPrefix(c.want, b) {
		return 0, fmt.Errorf("wrong octets, %d before the end", len(c.want))
	}
	c.want = c.want[len(b):]
	return len(b), nil
}
