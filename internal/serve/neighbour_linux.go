package serve

import (
	"bufio"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"
)

// neighbours is the kernel's ARP table: it knows every machine that has just
// sent us a packet on this network. Guarded by the server's mu.
type neighbours struct {
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

// newNeighbours opens the table once: later it may be out of reach.
func newNeighbours() (*neighbours, io.Closer) {
	f, err := os.Open("/proc/net/arp")
	if err != nil {
		return &neighbours{now: time.Now}, nil
	}
	return &neighbours{table: f, now: time.Now}, f
}

// find returns who has an address, nil when nobody is known to.
func (n *neighbours) find(ip netip.Addr) net.HardwareAddr {
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
