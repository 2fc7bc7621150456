package lab

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Booted is what a machine has shown and asked for.
type Booted struct {
	Screen  string // its serial line, without control sequences
	Fetched []Fetch
}

// bootWithin bounds a boot that neither succeeds nor fails. edk2 gives up by
// itself after 60 s of its own clock.
const bootWithin = 5 * time.Minute

// failures are the texts with which firmware gives up.
var failures = []string{"PXE-E", "Nothing to boot", "No more network devices", "Error:", "BdsDxe: failed to load"}

// Boot switches a machine on and returns when its serial line shows the mark,
// or an error when it gives up, ends or does nothing for too long. The machine
// is off after that.
func (s *Segment) Boot(t testing.TB, f Firmware, mark string) (Booted, error) {
	t.Helper()
	cmd := f.command(t)
	w := s.listen(t)
	r, line, err := os.Pipe()
	require.NoError(t, err)
	cmd.Stdout, cmd.Stderr = line, line
	require.NoError(t, s.wire.do(cmd.Start))
	line.Close()
	var shown screen
	err = shown.watch(r, mark)
	_ = cmd.Process.Kill() // fails only when it has ended
	_ = cmd.Wait()         // how it ended says nothing: it was killed, or the boot program chose
	r.Close()
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", f.Name, err, shown.text.String())
	}
	return Booted{Screen: shown.text.String(), Fetched: w.stop(t)}, err
}

// screen takes control sequences out of what a terminal is sent (ECMA-48
// section 5.4): UEFI puts them between its words.
type screen struct {
	text  strings.Builder
	state func(*screen, byte)
}

const escape = 0x1b

func (s *screen) Write(b []byte) (int, error) {
	for _, c := range b {
		if s.state == nil {
			s.state = plain
		}
		s.state(s, c)
	}
	return len(b), nil
}

func plain(s *screen, c byte) {
	if c == escape {
		s.state = afterEscape
		return
	}
	s.text.WriteByte(c)
}

func afterEscape(s *screen, c byte) {
	s.state = plain
	if c == '[' {
		s.state = inSequence
	}
}

func inSequence(s *screen, c byte) {
	if c >= '@' && c <= '~' {
		s.state = plain
	}
}

// watch copies a serial line to the screen until that shows the mark.
func (s *screen) watch(line *os.File, mark string) error {
	// A pipe's reads end at a deadline.
	if err := line.SetReadDeadline(time.Now().Add(bootWithin)); err != nil {
		return err
	}
	buf := make([]byte, 4096)
	for {
		n, err := line.Read(buf)
		_, _ = s.Write(buf[:n]) // to memory
		text := s.text.String()
		switch {
		case strings.Contains(text, mark):
			return nil
		case err == io.EOF:
			return fmt.Errorf("the machine went off without %q", mark)
		case err != nil:
			return err
		}
		for _, f := range failures {
			if strings.Contains(text, f) {
				return fmt.Errorf("firmware says %q", f)
			}
		}
	}
}
