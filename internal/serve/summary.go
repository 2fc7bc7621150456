package serve

import (
	"fmt"
	"strings"
)

// maxNamed is how many machines the summary names.
const maxNamed = 20

// summary says at the end what was done in all, and names the machines whose
// boots did not all go well.
func (s *Server) summary() {
	s.mu.Lock()
	defer s.mu.Unlock()
	var booted, failed int
	var trouble []*machine
	s.book.machines.each(func(m *machine) {
		switch {
		case m.booted > 0:
			booted++
		case m.failed > 0:
			failed++
		}
		if m.failed > 0 && len(trouble) < maxNamed {
			trouble = append(trouble, m)
		}
	})
	m := &s.metrics
	text := []string{
		count(booted, "machine") + " booted", fmt.Sprintf("%d did not", failed), count(m.answered.Load(), "DHCP answer"),
		fmt.Sprintf("%s (%s)", count(m.tftpStarted.Load(), "TFTP transfer"), size(m.tftpBytes.Load())),
		fmt.Sprintf("%s (%s)", count(m.httpFiles.Load(), "HTTP file"), size(m.httpBytes.Load())),
		fmt.Sprintf("%s refused", count(m.refused.Load(), "request")),
	}
	s.Log.Info("stopped: "+strings.Join(text, ", "), "event", evStop, "booted", booted, "failed", failed,
		"answers", m.answered.Load(), "tftp_transfers", m.tftpStarted.Load(), "tftp_bytes", m.tftpBytes.Load(),
		"http_files", m.httpFiles.Load(), "http_bytes", m.httpBytes.Load(), "refused", m.refused.Load())
	for _, m := range trouble {
		s.Log.Warn(fmt.Sprintf("%s %s: %s, %d did not end well", m.name, m.who, count(m.booted+m.failed, "boot"), m.failed),
			"event", evStop, "mac", m.mac, "booted", m.booted, "failed", m.failed)
	}
}

// count is a number of things in words.
func count[N int | int64](n N, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
