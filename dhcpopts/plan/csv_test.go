package plan

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

func TestParseHostsCSV(t *testing.T) {
	want := []Rule{
		{Match: Match{MAC: []byte{0x52, 0x54, 0, 0x12, 0x34, 0x56}, Archs: []ArchRef{{Arch: 0}, {Arch: 7, Exact: true}}},
			File: `boot\x64\a,b.0`, Server: netip.MustParseAddr("192.0.2.1"), Pos: Pos{File: "m.csv", Line: 2, Column: 1}},
		{Match: Match{MAC: []byte{0x52, 0x54, 0, 0x12, 0x34, 0x57}, Stage: dhcpopts.IPXEStage}, File: "http://192.0.2.1/x", Pos: Pos{File: "m.csv", Line: 4, Column: 1}},
	}
	text := "MAC,arch,stage,file,server\n525400123456,bios 7,,\"boot\\x64\\a,b.0\", 192.0.2.1\n\n52-54-00-12-34-57,,ipxe,http://192.0.2.1/x,\n"
	for name, list := range map[string]string{
		"plain":     text,
		"BOM, CRLF": "\ufeff" + strings.ReplaceAll(text, "\n", "\r\n"),
		"semicolon": "mac;arch;stage;file;server\n525400123456;bios 7;;boot\\x64\\a,b.0; 192.0.2.1\n\n5254.0012.3457;;ipxe;http://192.0.2.1/x;\n",
	} {
		hosts, err := ParseHostsCSV("m.csv", iotest.OneByteReader(strings.NewReader(list)))
		require.NoError(t, err, name)
		require.Equal(t, want, hosts, name)
	}
	hosts, err := ParseHostsCSV("m.csv", strings.NewReader("mac,file\n"))
	require.NoError(t, err)
	require.Empty(t, hosts)
}

// zeros is a list without an end.
type zeros byte

func (z zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(z)
	}
	return len(p), nil
}

func TestHostsCSVErrors(t *testing.T) {
	for name, c := range map[string]struct {
		list io.Reader
		want string
	}{
		"empty":          {strings.NewReader(""), "m.csv:1:1: the host list is empty"},
		"column":         {strings.NewReader("mac,bootfile\n"), `m.csv:1:5: unknown column "bootfile"`},
		"part of a name": {strings.NewReader("mac,server-name, user-class\n1\n"), "m.csv:2:1: wrong number of fields"},
		"column twice":   {strings.NewReader("mac,file,mac\n"), `m.csv:1:10: column "mac" stands twice`},
		"field count":    {strings.NewReader("mac,file\n525400123456,a\n525400123457\n"), "m.csv:3:1: wrong number of fields"},
		"quote":          {strings.NewReader("mac,file\n525400123456,\"a\"b\n"), "m.csv:2:"},
		"mac":            {strings.NewReader("mac,file\n525400123456,a\n52540012345g,a\n"), `m.csv:3:1: "52540012345g" is not a MAC`},
		"arch":           {strings.NewReader("mac,arch\n525400123456,bios x46\n"), `m.csv:2:14: unknown architecture "x46"`},
		"server":         {strings.NewReader("mac,server\n525400123456,wds\n"), `m.csv:2:14: "wds" is not an address`},
		"stage":          {strings.NewReader("mac,stage\n525400123456,last\n"), `m.csv:2:14: stage "last"`},
		"uuid":           {strings.NewReader("uuid\n1-2\n"), `m.csv:2:1: "1-2" is not a UUID`},
		"not UTF-8":      {strings.NewReader("mac,file\n525400123456,b\xf6t\n"), "m.csv:2:14: file is not UTF-8"},
		"NUL":            {strings.NewReader("mac,file\n525400123456,a\x00\n"), "m.csv:2:15: the host list holds a NUL"},
		"zeros":          {zeros(0), "m.csv:1:1: the host list holds a NUL"},
		"endless line":   {zeros('a'), "m.csv:1:65537: an entry longer than 65536 octets"},
		"endless quote":  {io.MultiReader(strings.NewReader("mac,file\n52,\""), zeros('\n')), "an entry longer than 65536 octets"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseHostsCSV("m.csv", c.list)
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Contains(t, e.Error(), c.want)
		})
	}
	broken := errors.New("disk on fire")
	_, err := ParseHostsCSV("m.csv", iotest.ErrReader(broken))
	require.ErrorIs(t, err, broken)
}

// BenchmarkHostsCSV reads, checks and resolves 100,000 machines.
func BenchmarkHostsCSV(b *testing.B) {
	list := hostList100k()
	for b.Loop() {
		hosts, err := ParseHostsCSV("m.csv", strings.NewReader(list))
		require.NoError(b, err)
		p := &Plan{Server: netip.MustParseAddr("192.0.2.1"), Hosts: hosts}
		require.Empty(b, p.Check())
		require.Len(b, p.Cases(), 100_000)
	}
}

func hostList100k() string {
	var s strings.Builder
	s.WriteString("mac,arch,file\n")
	for i := range 100_000 {
		fmt.Fprintf(&s, "5254%08x,efi-x64,boot\\x64\\host%d.efi\n", i, i)
	}
	return s.String()
}
