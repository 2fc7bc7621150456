package rawnet

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/mdlayher/packet"
)

// ARP for IPv4 on Ethernet (RFC 826).
const (
	etherARP   = 0x0806
	arpSize    = 28
	arpRequest = 1
	arpReply   = 2
)

// InUse asks by ARP who has which of some addresses, and waits for answers. It
// returns those that somebody has. from is the interface's own address.
func InUse(iface *net.Interface, from netip.Addr, addrs []netip.Addr, wait time.Duration) ([]netip.Addr, error) {
	conn, err := packet.Listen(iface, packet.Raw, etherARP, nil)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	asked := map[netip.Addr]bool{}
	for _, a := range addrs {
		asked[a] = true
		if _, err := conn.WriteTo(arpFrame(iface.HardwareAddr, from, a), &packet.Addr{HardwareAddr: Broadcast}); err != nil {
			return nil, err
		}
	}
	if err := conn.SetReadDeadline(time.Now().Add(wait)); err != nil {
		return nil, err
	}
	var used []netip.Addr
	buf := make([]byte, 1500)
	for {
		n, _, err := conn.ReadFrom(buf)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return used, nil
		case err != nil:
			return nil, err
		}
		if a, ok := arpSender(buf[:n]); ok && asked[a] {
			delete(asked, a)
			used = append(used, a)
		}
	}
}

func arpFrame(mac net.HardwareAddr, from, target netip.Addr) []byte {
	b := append(append([]byte{}, Broadcast...), six(mac)...)
	b = binary.BigEndian.AppendUint16(b, etherARP)
	b = append(b, 0, 1, 8, 0, 6, 4, 0, arpRequest)
	b = append(append(b, six(mac)...), from.AsSlice()...)
	return append(append(b, 0, 0, 0, 0, 0, 0), target.AsSlice()...)
}

// arpSender is the address whose owner an ARP packet, request or reply, comes
// from.
func arpSender(frame []byte) (netip.Addr, bool) {
	if len(frame) < etherSize+arpSize || binary.BigEndian.Uint16(frame[12:]) != etherARP {
		return netip.Addr{}, false
	}
	arp := frame[etherSize:]
	if op := binary.BigEndian.Uint16(arp[6:]); op != arpRequest && op != arpReply {
		return netip.Addr{}, false
	}
	return netip.AddrFrom4([4]byte(arp[14:18])), true
}
