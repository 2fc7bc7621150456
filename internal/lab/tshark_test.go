//go:build linux

package lab_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/lab"
)

// sent is one message that pxekit encoded.
type sent struct {
	name    string
	message []byte
	remark  string // what tshark says to what the client means to send
}

// TestTsharkMindsNothing holds that tshark decodes every client's request and
// every plan's answer without an expert remark but on what is meant to be sent.
func TestTsharkMindsNothing(t *testing.T) {
	lab.Need(t, "tshark")
	messages := requests()
	for _, p := range plans() {
		for _, mode := range nulModes {
			q := *p.Plan
			q.NUL.Mode = mode
			messages = append(messages, answers(t, fmt.Sprintf("%s nul %s", p.Name, mode), &q)...)
		}
	}
	file := capture(t, messages)
	lines := strings.Split(strings.TrimSuffix(lab.Tshark(t, "-r", file, "-T", "fields", "-E", "separator=|",
		"-e", "frame.number", "-e", "dhcp.option.dhcp", "-e", "_ws.expert.message"), "\n"), "\n")
	require.Len(t, lines, len(messages))
	for i, line := range lines {
		fields := strings.Split(line, "|")
		require.Len(t, fields, 3)
		require.NotEmpty(t, fields[1], "%s: tshark sees no DHCP message type: %s", messages[i].name, line)
		require.Equal(t, messages[i].remark, fields[2], "%s: %s\n%x", messages[i].name, line, messages[i].message)
	}
}

func requests() (all []sent) {
	for i, c := range clients() {
		s := sent{name: c.Name, message: c.Packet(uint32(i + 1)).Bytes()}
		switch {
		case c.Arch() == dhcpopts.EFIBC:
			s.remark = "Client Architecture ID 9 is often incorrectly used for EFI x64"
		case string(c.UserClass) == "iPXE": // without RFC 3004's length
			s.remark = "Non standard compliant option data"
		}
		all = append(all, s)
	}
	return all
}

// answers are the OFFERs that a plan's answers make.
func answers(t *testing.T, name string, p *plan.Plan) (all []sent) {
	t.Helper()
	for i, c := range p.Cases() {
		h := dhcpopts.Header{
			Op: 2, HType: 1, HLen: 6, XID: uint32(i + 1), SIAddr: c.Answer.SIAddr, YIAddr: netip.MustParseAddr("10.77.0.100"),
		}
		copy(h.SName[:], c.Answer.SName)
		copy(h.File[:], c.Answer.File)
		options := append([]dhcpopts.Option{{Code: dhcpopts.OptMessageType, Data: []byte{dhcpopts.Offer}}}, c.Answer.Options...)
		message, err := dhcpopts.Encode(h, options, 0)
		require.NoError(t, err)
		all = append(all, sent{name: name + " " + c.Origin, message: message})
	}
	require.NotEmpty(t, all)
	return all
}

func capture(t *testing.T, messages []sent) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "messages.pcap")
	f, err := os.Create(path)
	require.NoError(t, err)
	defer f.Close()
	w := pcapgo.NewWriter(f)
	require.NoError(t, w.WriteFileHeader(65535, layers.LinkTypeEthernet))
	for i, m := range messages {
		request := lab.Request{MAC: []byte{2, 0, 0, 0, 0, 1}, Message: m.message}
		if m.message[0] == 2 {
			request.From = netip.MustParseAddrPort("10.77.0.1:67")
			request.To = netip.MustParseAddrPort("255.255.255.255:68")
		}
		frame := request.Frame()
		info := gopacket.CaptureInfo{Timestamp: time.Unix(int64(i), 0), CaptureLength: len(frame), Length: len(frame)}
		require.NoError(t, w.WritePacket(info, frame))
	}
	return path
}
