package serve

import (
	"fmt"
	"strings"
	"sync/atomic"
)

// metrics are counters since the start.
type metrics struct {
	received, broken                 atomic.Int64 // DHCP messages
	answered, unsent                 atomic.Int64
	tftpStarted, tftpBytes, refused  atomic.Int64
	httpFiles, httpBytes, reloadings atomic.Int64
}

// text is the exposition format of Prometheus, version 0.0.4.
func (m *metrics) text() string {
	var b strings.Builder
	for _, c := range []struct {
		name, help string
		value      *atomic.Int64
	}{
		{"pxekit_dhcp_messages_received_total", "DHCP messages seen on ports 67, 68 and 4011.", &m.received},
		{"pxekit_dhcp_messages_broken_total", "Of these, messages that could not be read.", &m.broken},
		{"pxekit_dhcp_answers_sent_total", "DHCP answers handed to the system.", &m.answered},
		{"pxekit_dhcp_answers_failed_total", "DHCP answers that could not be made or sent.", &m.unsent},
		{"pxekit_tftp_transfers_total", "TFTP transfers begun.", &m.tftpStarted},
		{"pxekit_tftp_bytes_total", "Octets of files that TFTP clients have acknowledged.", &m.tftpBytes},
		{"pxekit_http_files_total", "Files asked for by HTTP GET.", &m.httpFiles},
		{"pxekit_http_bytes_total", "Octets of files sent by HTTP.", &m.httpBytes},
		{"pxekit_files_refused_total", "Requests for a file that were answered with an error.", &m.refused},
		{"pxekit_plan_loads_total", "Plans loaded, the first included.", &m.reloadings},
	} {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s counter\n%s %d\n", c.name, c.help, c.name, c.name, c.value.Load())
	}
	return b.String()
}
