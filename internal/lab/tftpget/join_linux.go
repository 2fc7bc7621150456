package tftpget

import (
	"encoding/binary"
	"errors"
	"net"

	"golang.org/x/sys/unix"
)

// join asks for packets that come together to be handed over together.
func join(conn *net.UDPConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	controlErr := raw.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), unix.SOL_UDP, unix.UDP_GRO, 1) })
	return errors.Join(controlErr, err)
}

// segment is the size of each packet that was joined; 0: it is one.
func segment(oob []byte) int {
	if len(oob) < unix.CmsgLen(4) {
		return 0
	}
	return int(binary.NativeEndian.Uint32(oob[unix.CmsgLen(0):]))
}
