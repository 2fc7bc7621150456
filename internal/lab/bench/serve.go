//go:build linux

package main

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"pxekit/internal/bootfiles"
	"pxekit/tftpserve"
)

// serve is pxekit's TFTP server with its file lookup, and nothing else.
func serve(address, dir string) error {
	root, err := bootfiles.OpenRoot(dir)
	if err != nil {
		return err
	}
	conn, err := listen(address)
	if err != nil {
		return err
	}
	s := &tftpserve.Server{
		PerClient: 2000,
		Open: func(r tftpserve.Request) (tftpserve.File, error) {
			f, err := root.Open(r.Packet.File)
			if err != nil {
				return nil, err
			}
			return file{f}, nil
		},
	}
	return s.Serve(context.Background(), conn)
}

func listen(address string) (*net.UDPConn, error) {
	addr, err := net.ResolveUDPAddr("udp", address)
	if err != nil {
		return nil, err
	}
	return net.ListenUDP("udp", addr)
}

type file struct{ *bootfiles.File }

func (f file) Size() int64 { return f.File.Size }
func (f file) Key() string { return f.File.Key(time.Now()) }

// bare is the floor under a window: the whole file lies in memory as packets, is
// sent by segmentation offload, and one blocking read waits for each ACK. No
// lookup, no timer, one client at a time. The options are those of the request.
func bare(address, dir string) error {
	conn, err := listen(address)
	if err != nil {
		return err
	}
	buf := make([]byte, 2048)
	laid := map[string][]byte{}
	for {
		n, client, err := conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return err
		}
		p, err := tftpserve.Parse(buf[:n])
		if err != nil {
			return err
		}
		if laid[p.File] == nil {
			data, err := os.ReadFile(filepath.Join(dir, p.File))
			if err != nil {
				return err
			}
			laid[p.File] = layOut(data, blockSize(p))
		}
		err = bareTransfer(client.Addr().As4(), int(client.Port()), p, laid[p.File])
		if err != nil && !gone(err) {
			return err
		}
	}
}

// gone reports whether the client is: a request sent twice is answered when its
// client has ended, and a last ACK may still be on its way when the relay ends.
func gone(err error) bool { return errors.Is(err, unix.ECONNREFUSED) || errors.Is(err, unix.EAGAIN) }

func blockSize(p tftpserve.Packet) int { return number(p, "blksize", tftpserve.DefaultBlockSize) }

func number(p tftpserve.Packet, name string, otherwise int) int {
	for _, o := range p.Options {
		if n, err := strconv.Atoi(o.Value); err == nil && o.Name == name {
			return n
		}
	}
	return otherwise
}

func bareTransfer(ip [4]byte, port int, p tftpserve.Packet, packets []byte) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := unix.Connect(fd, &unix.SockaddrInet4{Addr: ip, Port: port}); err != nil {
		return err
	}
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 1}); err != nil {
		return err
	}
	if _, err := unix.Write(fd, tftpserve.Packet{Op: tftpserve.OACK, Options: p.Options}.Append(nil)); err != nil {
		return err
	}
	ack := make([]byte, 16)
	size, window := blockSize(p)+4, number(p, "windowsize", 1)
	for acked := 0; ; {
		if _, err := unix.Read(fd, ack); err != nil {
			return err
		}
		// A client that missed a block says so, and asks again itself.
		if ahead := int(binary.BigEndian.Uint16(ack[2:]) - uint16(acked)); ahead <= window {
			acked += ahead
		}
		from := acked * size
		if from >= len(packets) {
			return nil
		}
		for b := packets[from:min(from+window*size, len(packets))]; len(b) > 0; {
			k := min(len(b), min(64, 65507/size)*size)
			if _, err := unix.SendmsgN(fd, b[:k], cut(size), nil, 0); err != nil {
				return err
			}
			b = b[k:]
		}
	}
}

// layOut makes the DATA packets of a file, one after the other.
func layOut(data []byte, block int) []byte {
	out := make([]byte, 0, len(data)+4*(len(data)/block+1))
	for n := 1; ; n++ {
		k := min(block, len(data))
		out = append(out, 0, 3, byte(n>>8), byte(n))
		out = append(out, data[:k]...)
		data = data[k:]
		if k < block {
			return out
		}
	}
}

func cut(size int) []byte {
	oob := make([]byte, unix.CmsgSpace(2))
	h := (*unix.Cmsghdr)(unsafe.Pointer(&oob[0]))
	h.Level, h.Type = unix.SOL_UDP, unix.UDP_SEGMENT
	h.SetLen(unix.CmsgLen(2))
	binary.NativeEndian.PutUint16(oob[unix.CmsgLen(0):], uint16(size))
	return oob
}
