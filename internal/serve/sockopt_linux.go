package serve

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

// allowBroadcast lets a socket send to everyone. The net package does so for
// those that it opens itself, and not for those that systemd opens.
func allowBroadcast(conn *net.UDPConn) error { return setOption(conn, unix.SO_BROADCAST) }

// letOthersBind lets a DHCP server that starts later have port 67 too, if it
// sets SO_REUSEADDR itself. It is set once the port is ours, since Linux asks both
// sockets at the second bind (udp_lib_lport_inuse): a port that is taken at our
// start is still refused. What goes to everyone then comes to both, what goes to
// this host alone to that server.
//
// Measured on Linux 6.18, with the server started after pxekit: dhcpd 4.4.3, and
// dnsmasq 2.90 with --bind-interfaces, start and give leases, and with
// --bind-dynamic it starts; without this option none of them does. dnsmasq without either ("failed to
// bind DHCP server socket") and Kea 2.2 ("failed to bind fallback socket", with
// dhcp-socket-type udp as well; it runs on and hears nothing) do not set it.
//
// Port 4011 stays ours alone: any user may bind it, and no DHCP server needs it.
func letOthersBind(conn *net.UDPConn) error { return setOption(conn, unix.SO_REUSEADDR) }

func setOption(conn *net.UDPConn, option int) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) { failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, option, 1) })
	return errors.Join(err, failed)
}

// heldOn reports whether a port that is taken is so on this interface. One that
// is bound to another interface, as that of dnsmasq with one --interface, leaves
// it free for a socket that is bound to ours.
func heldOn(i *Iface, port uint16) bool {
	bound := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) (err error) {
		failed := c.Control(func(fd uintptr) { err = unix.BindToDevice(int(fd), i.Name) })
		return errors.Join(failed, err)
	}}
	for _, p := range i.Addrs {
		conn, err := bound.ListenPacket(context.Background(), "udp4", netip.AddrPortFrom(p.Addr(), port).String())
		if err != nil {
			return true
		}
		_ = conn.Close()
	}
	return false
}
