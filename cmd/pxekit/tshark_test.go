package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/internal/jsonout"
	"pxekit/internal/lab"
)

// tsharkFields are what tshark and decode are compared in, a column each.
var tsharkFields = []string{
	"frame.number", "udp.srcport", "udp.dstport", "ip.src",
	"dhcp.id", "dhcp.secs", "dhcp.flags", "dhcp.ip.client", "dhcp.ip.your", "dhcp.ip.server", "dhcp.ip.relay", "dhcp.hw.mac_addr", "dhcp.file", "dhcp.server",
	"dhcp.option.type", "dhcp.option.length", "dhcp.option.value", "dhcp.option.end",
	"tftp.opcode", "tftp.source_file", "tftp.block", "tftp.error.code", "tftp.option.name", "tftp.option.value",
}

// TestTsharkAgrees: another decoder sees the same in every capture of real
// firmware, field by field and octet by octet.
func TestTsharkAgrees(t *testing.T) {
	lab.Need(t, "tshark")
	files, err := filepath.Glob(filepath.Join(repository, "testdata", "captures", "*.pcap"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			theirs := tsharkRows(t, file)
			ours := decodeRows(t, file)
			require.Len(t, ours, len(theirs))
			for i := range theirs {
				require.Equal(t, theirs[i], ours[i], "packet %d", i+1)
			}
		})
	}
}

func tsharkRows(t *testing.T, file string) []string {
	args := []string{"-r", file, "-T", "fields", "-E", "separator=|", "-E", "aggregator=,"}
	for _, f := range tsharkFields {
		args = append(args, "-e", f)
	}
	out, err := exec.Command("tshark", args...).Output()
	require.NoError(t, err)
	var rows []string
	for line := range strings.Lines(string(out)) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "|")
		for i, f := range tsharkFields {
			cells[i] = normal(f, cells[i])
		}
		if !strings.Contains(line, "|0x") && cells[18] == "" { // neither DHCP nor TFTP
			cells = cells[:1]
		}
		rows = append(rows, strings.Join(cells, "|"))
	}
	return rows
}

// normal takes tshark's own ways out of a cell: END as an option of type 0, the
// address of option 61 behind chaddr, a leading 0x.
func normal(field, cell string) string {
	switch field {
	case "dhcp.option.type":
		return strings.TrimSuffix(cell, ",0")
	case "dhcp.hw.mac_addr":
		cell, _, _ = strings.Cut(cell, ",")
	case "dhcp.id", "dhcp.flags":
		return strings.TrimPrefix(cell, "0x")
	}
	return cell
}

func decodeRows(t *testing.T, file string) []string {
	_, stdout, stderr := drive("", "decode", file, "--json")
	var all jsonout.Decode
	require.NoError(t, json.Unmarshal([]byte(stdout), &all), stderr)
	var rows []string
	for _, p := range all.Packets {
		rows = append(rows, row(p))
	}
	return rows
}

// row is a packet in tshark's columns.
func row(p jsonout.Packet) string {
	cells := make([]string, len(tsharkFields))
	cells[0] = strconv.Itoa(p.Index)
	if p.Fields == nil && p.TFTP == nil {
		return cells[0]
	}
	cells[1], cells[2], cells[3] = strconv.Itoa(int(p.SPort)), strconv.Itoa(int(p.DPort)), p.Src
	if f := p.Fields; f != nil {
		copy(cells[4:], []string{f.XID, strconv.Itoa(tsharkSecs(f.Secs)), f.Flags, f.CIAddr, f.YIAddr, f.SIAddr, f.GIAddr, colons(f.CHAddr), string(f.File), string(f.SName)})
		var codes, lengths, values []string
		for _, o := range p.Options {
			codes, lengths, values = append(codes, fmt.Sprint(o.Code)), append(lengths, fmt.Sprint(o.Length)), append(values, hex.EncodeToString(o.Hex))
		}
		copy(cells[14:], []string{strings.Join(codes, ","), strings.Join(lengths, ","), strings.Join(values, ",")})
		if p.End {
			cells[17] = "255"
		}
	}
	if p.TFTP != nil {
		copy(cells[18:], tftpCells(p.TFTP))
	}
	return strings.Join(cells, "|")
}

// tsharkSecs: tshark takes secs for little-endian when that makes it small, as
// edk2 writes it in its requests to port 4011; decode shows the octets' order.
func tsharkSecs(secs uint16) int {
	if secs > 255 && secs&0xff == 0 {
		return int(secs >> 8)
	}
	return int(secs)
}

func tftpCells(f *jsonout.TFTP) []string {
	codes := map[string]string{"RRQ": "1", "DATA": "3", "ACK": "4", "ERROR": "5", "OACK": "6"}
	cells := []string{codes[f.Opcode], f.File, "", "", "", ""}
	switch f.Opcode {
	case "DATA", "ACK":
		cells[2] = strconv.Itoa(int(f.Block))
	case "ERROR":
		cells[3] = strconv.Itoa(int(f.Error))
	}
	var names, values []string
	for _, o := range f.Options {
		names, values = append(names, o.Name), append(values, o.Value)
	}
	cells[4], cells[5] = strings.Join(names, ","), strings.Join(values, ",")
	return cells
}

func colons(mac []byte) string { return strings.ReplaceAll(fmt.Sprintf("% x", mac), " ", ":") }
