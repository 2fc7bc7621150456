package lab

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
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
// itself after 60 s of its own clock. wakeWithin is for the way to the first
// DHCP message, of some 5 s on a quiet machine. Both leave room for a busy one.
const (
	bootWithin = 10 * time.Minute
	wakeWithin = 2 * time.Minute
)

// powerCycles is how often a machine is switched on that sends nothing: AAVMF
// under TCG hung once in 30 boots behind its first line.
const powerCycles = 3

// failures are the texts with which firmware gives up.
var failures = []string{"PXE-E", "Nothing to boot", "No more network devices", "Error:", "BdsDxe: failed to load"}

// Boot switches a machine on and returns when its serial line shows the mark,
// or an error when it gives up, ends or does nothing for too long. The machine
// is off after that.
func (s *Segment) Boot(t testing.TB, f Firmware, mark string) (b Booted, err error) {
	t.Helper()
	for range powerCycles {
		var awake bool
		if b, awake, err = s.powerOn(t, f, mark); err == nil || awake || !errors.Is(err, os.ErrDeadlineExceeded) {
			break
		}
		t.Logf("%s hangs before it uses the network: %s", f.Name, b.Screen)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", f.Name, err, b.Screen)
	}
	return b, err
}

// powerOn is one try; awake is whether the machine has used the network.
func (s *Segment) powerOn(t testing.TB, f Firmware, mark string) (b Booted, awake bool, err error) {
	t.Helper()
	cmd := f.command(t)
	r, line, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	cmd.Stdout, cmd.Stderr = line, line
	require.NoError(t, r.SetReadDeadline(time.Now().Add(wakeWithin)))
	w := s.listen(t, func() { _ = r.SetReadDeadline(time.Now().Add(bootWithin)) })
	require.NoError(t, s.wire.do(cmd.Start))
	line.Close()
	var shown screen
	err = shown.watch(r, mark)
	_ = cmd.Process.Kill() // fails only when it has ended
	_ = cmd.Wait()         // how it ended says nothing: it was killed, or the boot program chose
	fetched, awake := w.stop(t)
	return Booted{Screen: shown.text.String(), Fetched: fetched}, awake, err
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

// torn matches a mark, also with a few other octets within: SeaBIOS writes the
// end of its screen's line late, and on a busy machine into what a boot program
// writes to the port itself (seen: "[PXE-NBPN]\r\nBP-OK bios").
func torn(mark string) *regexp.Regexp {
	ways := []string{regexp.QuoteMeta(mark)}
	for i := 1; i < len(mark); i++ {
		ways = append(ways, regexp.QuoteMeta(mark[:i])+".{1,16}"+regexp.QuoteMeta(mark[i:]))
	}
	return regexp.MustCompile("(?s)" + strings.Join(ways, "|"))
}

// watch copies a serial line to the screen until that shows the mark.
func (s *screen) watch(line *os.File, mark string) error {
	buf, shown := make([]byte, 4096), torn(mark)
	for {
		n, err := line.Read(buf)
		_, _ = s.Write(buf[:n]) // to memory
		text := s.text.String()
		text = text[max(0, len(text)-2*len(buf)):] // all that is new, and a mark's beginning
		switch {
		case shown.MatchString(text):
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
