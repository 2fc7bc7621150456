package serve

import (
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
)

// inherited are the sockets that systemd has opened for us
// (sd_listen_fds(3)): they need no right to bind. nil has none.
type inherited struct {
	udp  []*net.UDPConn
	tcp  []net.Listener
	wide []net.Addr // taken ones that are bound to all addresses
	odd  []string   // names of those that are neither
}

// firstFD is SD_LISTEN_FDS_START.
const firstFD = 3

// inherit takes over the sockets that the environment names, once.
func inherit() *inherited {
	pid, count := os.Getenv("LISTEN_PID"), os.Getenv("LISTEN_FDS")
	n, err := strconv.Atoi(count)
	if err != nil || pid != strconv.Itoa(os.Getpid()) {
		return nil
	}
	in := &inherited{}
	for fd := firstFD; fd < firstFD+n; fd++ {
		in.add(os.NewFile(uintptr(fd), "socket "+strconv.Itoa(fd)))
	}
	return in
}

func (in *inherited) add(f *os.File) {
	defer f.Close() // the net package works on a copy
	if conn, err := net.FilePacketConn(f); err == nil {
		if udp, ok := conn.(*net.UDPConn); ok && allowBroadcast(udp) == nil {
			in.udp = append(in.udp, udp)
			return
		}
		_ = conn.Close()
	}
	if l, err := net.FileListener(f); err == nil {
		in.tcp = append(in.tcp, l)
		return
	}
	in.odd = append(in.odd, f.Name())
}

// unused closes what was not taken. The note names it, unless it is clear why:
// what observes serves no files.
func (in *inherited) unused(observing bool) (note string) {
	if in == nil {
		return ""
	}
	names := in.odd
	for _, conn := range in.udp {
		names = append(names, "udp "+conn.LocalAddr().String())
		_ = conn.Close()
	}
	for _, l := range in.tcp {
		names = append(names, "tcp "+l.Addr().String())
		_ = l.Close()
	}
	in.udp, in.tcp, in.odd = nil, nil, nil
	if len(names) == 0 || observing {
		return ""
	}
	return "systemd has opened what nothing here uses: " + strings.Join(names, ", ")
}

// hasUDP reports whether there is a socket of a port.
func (in *inherited) hasUDP(port uint16) bool {
	return in != nil && slices.ContainsFunc(in.udp, func(c *net.UDPConn) bool { return portOf(c.LocalAddr()) == port })
}

// takeUDP returns the socket of a port, whatever address it is bound to.
func (in *inherited) takeUDP(at netip.AddrPort) *net.UDPConn {
	if in == nil {
		return nil
	}
	for i, conn := range in.udp {
		if portOf(conn.LocalAddr()) == at.Port() {
			in.udp = append(in.udp[:i:i], in.udp[i+1:]...)
			in.taken(conn.LocalAddr())
			return conn
		}
	}
	return nil
}

// takeTCP returns the listener of a port, whatever address it is bound to.
func (in *inherited) takeTCP(at netip.AddrPort) net.Listener {
	if in == nil {
		return nil
	}
	for i, l := range in.tcp {
		if portOf(l.Addr()) == at.Port() {
			in.tcp = append(in.tcp[:i:i], in.tcp[i+1:]...)
			in.taken(l.Addr())
			return l
		}
	}
	return nil
}

func (in *inherited) taken(at net.Addr) {
	if p, err := netip.ParseAddrPort(at.String()); err == nil && p.Addr().IsUnspecified() {
		in.wide = append(in.wide, at)
	}
}

// everywhere reports whether a socket that was taken has a port at all addresses:
// no second one can be opened.
func (in *inherited) everywhere(port uint16, network string) bool {
	return in != nil && slices.ContainsFunc(in.wide, func(a net.Addr) bool { return a.Network() == network && portOf(a) == port })
}

func portOf(a net.Addr) uint16 {
	p, _ := netip.ParseAddrPort(a.String())
	return p.Port()
}
