package serve

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// What runs longer than longRunning is shown, and drawn anew every redrawEvery.
const (
	longRunning = 2 * time.Second
	redrawEvery = 500 * time.Millisecond
)

// progress is how far a transfer has got.
type progress struct {
	who, file  string
	sent, size int64 // size is 0 where it is not known
	took       time.Duration
}

// String is "52:54:00:12:34:56 UEFI x64: install.iso, 45% of 4.7 GB, 110 MB/s, 0:23 left".
func (p progress) String() string {
	return fmt.Sprintf("%s: %s, %s", p.who, p.file, p.howFar())
}

func (p progress) howFar() string {
	rate := float64(p.sent) / max(p.took.Seconds(), 0.001)
	text := size(p.sent)
	if p.size > 0 {
		text = fmt.Sprintf("%d%% of %s", min(p.sent, p.size)*100/p.size, size(p.size))
	}
	text += fmt.Sprintf(", %s/s", size(int64(rate)))
	if left := float64(p.size-p.sent) / rate; p.size > p.sent && p.sent > 0 {
		text += ", " + minutes(time.Duration(left*float64(time.Second))) + " left"
	}
	return text
}

// minutes writes a duration as 0:41, 12:03 or 1:02:03.
func minutes(d time.Duration) string {
	s := int64(min(d, 999*time.Hour) / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// statusLine says how far the transfers are that have run for long: one by
// itself, several by their number and sum.
func statusLine(all []progress) string {
	all = slices.DeleteFunc(all, func(p progress) bool { return p.took < longRunning })
	if len(all) <= 1 {
		for _, p := range all {
			return p.String()
		}
		return ""
	}
	var sum progress
	for _, p := range all {
		sum.sent, sum.size, sum.took = sum.sent+p.sent, sum.size+p.size, max(sum.took, p.took)
	}
	return fmt.Sprintf("%d transfers: %s", len(all), sum.howFar())
}

// running lists the transfers that run, TFTP's before HTTP's.
func (s *Server) running() (all []progress) {
	tftp := s.tftp.Running()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range tftp {
		who, _ := s.whoIs(t.Client.Addr())
		all = append(all, progress{who, safe(t.Packet.File), t.Bytes, max(t.Size, 0), t.Took})
	}
	for d := range s.downloads {
		who, _ := s.whoIs(d.client)
		all = append(all, progress{who, safe(d.name), d.bytes.Load(), d.size.Load(), s.now().Sub(d.began)})
	}
	return all
}

// startShowing draws what runs, on a terminal, until stop is called.
func (s *Server) startShowing() (stop func()) {
	if s.Screen == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.showRunning(ctx)
	}()
	return func() { cancel(); <-ended }
}

func (s *Server) showRunning(ctx context.Context) {
	defer s.Screen.Show("")
	tick := time.NewTicker(redrawEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.Screen.Show(statusLine(s.running()))
		}
	}
}
