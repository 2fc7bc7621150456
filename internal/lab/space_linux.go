package lab

import (
	"fmt"
	"runtime"

	"golang.org/x/sys/unix"
)

// space is a network namespace: an operating system thread of its own that has
// left the namespace of the machine. What it opens and starts belongs to the
// namespace, and the namespace ends with it, however the test process ends.
type space struct {
	work chan func()
	tid  int
}

func newSpace() (*space, error) {
	s := &space{work: make(chan func())}
	ready := make(chan error)
	go func() {
		// Never unlocked: the runtime then ends the thread with the goroutine.
		runtime.LockOSThread()
		s.tid = unix.Gettid()
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			ready <- fmt.Errorf("unshare: %w", err)
			return
		}
		ready <- nil
		for fn := range s.work {
			fn()
		}
	}()
	return s, <-ready
}

// do runs fn in the namespace and waits for it.
func (s *space) do(fn func() error) error {
	done := make(chan error)
	s.work <- func() { done <- fn() }
	return <-done
}

func (s *space) close() { close(s.work) }
