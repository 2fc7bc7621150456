package rawnet

import (
	"bufio"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"
)

// Neighbours is the kernel's ARP table: it knows every machine that has just
// sent us a packet on this network. It is for one goroutine at a time.
type Neighbours struct {
	file  io.Closer
	table io.ReaderAt // nil: there is none
	now   func() time.Time
	read  time.Time
	macs  map[netip.Addr]net.HardwareAddr
}

// The table, of a thousand lines at most (gc_thresh3 of arp(7)), is believed for
// trusted, and a flood of addresses that nobody has reads it no more often than
// readAgain.
const (
	trusted   = time.Second
	readAgain = 20 * time.Millisecond
	arpTable  = 1 << 20
)

// OpenNeighbours opens the table once: later it may be out of reach.
func OpenNeighbours() *Neighbours {
	f, err := os.Open("/proc/net/arp")
	if err != nil {
		return &Neighbours{now: time.Now}
	}
	return &Neighbours{file: f, table: f, now: time.Now}
}

// Close closes the table.
func (n *Neighbours) Close() error {
	if n.file == nil {
		return nil
	}
	return n.file.Close()
}

// Find returns who has an address, nil when nobody is known to.
func (n *Neighbours) Find(ip netip.Addr) net.HardwareAddr {
	now := n.now()
	age := now.Sub(n.read)
	if n.table != nil && (age >= trusted || n.macs[ip] == nil && age >= readAgain) {
		n.read, n.macs = now, parseARP(io.NewSectionReader(n.table, 0, arpTable))
	}
	return n.macs[ip]
}

func parseARP(r io.Reader) map[netip.Addr]net.HardwareAddr {
	macs := map[netip.Addr]net.HardwareAddr{}
	for lines := bufio.NewScanner(r); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || fields[2] == "0x0" { // nobody has answered
			continue
		}
		ip, err := netip.ParseAddr(fields[0])
		if err != nil {
			continue // the heading
		}
		if mac, err := net.ParseMAC(fields[3]); err == nil {
			macs[ip] = mac
		}
	}
	return macs
}
