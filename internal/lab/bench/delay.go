//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A relay makes the way between client and servers longer: what the client sends
// goes through it and waits there, what the servers send takes the cable. So the
// round trip grows by the wait, and no window has to squeeze through the relay.
const (
	relayIn, relayOut = "pxdelay0", "pxdelay1" // in the client's namespace, and the servers'
	distance          = time.Millisecond
)

// relay forwards IP packets from one end to the other, each after a wait.
func relay() error {
	in, err := tunnel(relayIn)
	if err != nil {
		return err
	}
	out, err := tunnel(relayOut)
	if err != nil {
		return err
	}
	for _, line := range []string{
		"ip link set " + relayIn + " up",
		"ip link set " + relayOut + " netns " + serverSpace,
		"ip -n " + serverSpace + " link set " + relayOut + " up",
	} {
		if err := command("", strings.Fields(line)...); err != nil {
			return err
		}
	}
	type packet struct {
		due  time.Time
		data []byte
	}
	waiting := make(chan packet, 4096)
	go func() {
		// A thread of its own, told to wake on time: the runtime's timers come up
		// to a millisecond late, the kernel's by default 50 µs.
		runtime.LockOSThread()
		_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
		for p := range waiting {
			pause := unix.NsecToTimespec(max(time.Until(p.due), 0).Nanoseconds())
			_ = unix.Nanosleep(&pause, nil)
			_, _ = unix.Write(out, p.data) // a full device drops, as a cable would
		}
	}()
	fmt.Println("ready")
	for buf := make([]byte, 1<<16); ; {
		n, err := unix.Read(in, buf)
		if err != nil {
			return err
		}
		waiting <- packet{time.Now().Add(distance), append([]byte(nil), buf[:n]...)}
	}
}

// tunnel opens a network device whose packets this process reads and writes.
func tunnel(name string) (int, error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, fmt.Errorf("/dev/net/tun: %w", err)
	}
	request, err := unix.NewIfreq(name)
	if err != nil {
		return 0, err
	}
	request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
	return fd, unix.IoctlIfreq(fd, unix.TUNSETIFF, request)
}

// lengthen puts the relay into the client's way until the returned function is
// called.
func (b *bench) lengthen() (func(), error) {
	cmd := exec.Command("ip", "netns", "exec", clientSpace, b.self, "relay")
	cmd.Stderr = os.Stderr
	said, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	shorten := func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	if _, err = fmt.Fscanln(said, new(string)); err == nil {
		err = command("", strings.Fields("ip -n "+clientSpace+" route replace "+serverAddr+" dev "+relayIn+" src "+clientAddr)...)
	}
	if err != nil {
		shorten()
		return nil, err
	}
	return shorten, nil
}
