package serve

import (
	"errors"
	"net"
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

// canBind says that sockets can be bound to an interface.
const canBind = true

// bindTo binds a socket to an interface before it takes its port. Linux before 5.7
// wants CAP_NET_RAW for that; without it the socket hears all interfaces.
func bindTo(i *Iface) func(network, address string, c syscall.RawConn) error {
	return func(_, _ string, c syscall.RawConn) (err error) {
		failed := c.Control(func(fd uintptr) { err = unix.BindToDevice(int(fd), i.Name) })
		if errors.Is(err, unix.EPERM) {
			err = nil
		}
		return errors.Join(failed, err)
	}
}
