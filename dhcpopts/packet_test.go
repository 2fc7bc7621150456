package dhcpopts_test

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// TestCorpus reads every captured message: bytes come back as they were, what is
// built from the parts says the same, and another parser agrees.
func TestCorpus(t *testing.T) {
	for _, m := range corpus(t) {
		p, err := dhcpopts.Parse(m.payload)
		require.Equal(t, m.payload, p.Bytes(), m.from)
		if err != nil {
			continue
		}
		built, err := dhcpopts.Encode(p.Header, p.Options, 0)
		require.NoError(t, err)
		again, err := dhcpopts.Parse(built)
		require.NoError(t, err)
		if p.Overload == 0 {
			require.Equal(t, p.Answer(), again.Answer(), m.from)
			require.Equal(t, p.Client(), again.Client(), m.from)
		}
		agree(t, p, m)
	}
}

// agree holds the packet against insomniacslk/dhcp, which joins instances.
func agree(t *testing.T, p *dhcpopts.Packet, m message) {
	other, err := dhcpv4.FromBytes(m.payload)
	require.NoError(t, err, m.from)
	require.Equal(t, other.TransactionID[:], []byte{byte(p.XID >> 24), byte(p.XID >> 16), byte(p.XID >> 8), byte(p.XID)})
	require.Equal(t, other.ServerIPAddr.String(), p.SIAddr.String())
	require.Equal(t, []byte(other.ClientHWAddr), p.MAC())
	for code, value := range other.Options {
		if p.Overload == 0 {
			got, ok := p.Get(code)
			require.True(t, ok)
			require.Equal(t, string(value), string(got), m.from)
		}
	}
	if p.Overload == 0 {
		require.Equal(t, other.BootFileName, string(p.FileName()))
		require.Equal(t, other.ServerHostName, string(p.ServerName()))
	}
}

// damaged builds a message from the octets after the magic cookie.
func damaged(options string, edit ...func([]byte)) []byte {
	b := make([]byte, 236, 400)
	b[0], b[1], b[2] = 2, 1, 6
	b = append(b, 99, 130, 83, 99)
	b = append(b, options...)
	for _, e := range edit {
		e(b)
	}
	return b
}

func at(offset int, text string) func([]byte) {
	return func(b []byte) { copy(b[offset:], text) }
}

var damagedCases = []struct {
	name, err string
	payload   []byte
	fault     dhcpopts.Fault
	offset    int
}{
	{"past end", "option 43 at byte 247: length 12 runs past end (5 left)", damaged("\x35\x01\x02\x0c\x02ab" + "\x2b\x0c\x06\x01\x08\xff\x00"), dhcpopts.FaultPastEnd, 247},
	{"no length", "option 67 at byte 243: no length octet follows", damaged("\x35\x01\x02\x43"), dhcpopts.FaultNoLength, 243},
	{"no end", "no END (option 255) before the message ends at byte 246", damaged("\x35\x01\x02\x00\x00\x00"), dhcpopts.FaultNoEnd, 246},
	{"nothing after cookie", "no END (option 255) before the message ends at byte 240", damaged(""), dhcpopts.FaultNoEnd, 240},
	{"zero cookie", "magic cookie at byte 236: 00 00 00 00, must be 63 82 53 63: plain BOOTP", damaged("\xff", at(236, "\x00\x00\x00\x00")), dhcpopts.FaultCookie, 236},
	{"no cookie", "no magic cookie: message ends at byte 238: plain BOOTP", damaged("")[:238], dhcpopts.FaultCookie, 236},
	{"short", "message ends at byte 100, inside its header of 236", damaged("")[:100], dhcpopts.FaultShort, 100},
	{"empty", "message ends at byte 0, inside its header of 236", nil, dhcpopts.FaultShort, 0},
	{"hlen", "hlen at byte 2: 200, but chaddr has 16 octets", damaged("\xff", at(2, "\xc8")), dhcpopts.FaultHLen, 2},
	{"overload without end", "no END (option 255) in the overloaded field file before byte 236", damaged("\x34\x01\x01\xff"), dhcpopts.FaultNoEnd, 236},
	{"overload past end", "option in sname 66 at byte 44: length 100 runs past end (62 left)", damaged("\x34\x01\x02\xff", at(44, "\x42\x64name")), dhcpopts.FaultPastEnd, 44},
}

func TestParseFaults(t *testing.T) {
	for _, c := range damagedCases {
		t.Run(c.name, func(t *testing.T) {
			p, err := dhcpopts.Parse(c.payload)
			require.EqualError(t, err, c.err)
			var syntax *dhcpopts.SyntaxError
			require.ErrorAs(t, err, &syntax)
			require.Equal(t, c.fault, syntax.Fault)
			require.Equal(t, c.offset, syntax.Offset)
			require.True(t, bytes.Equal(c.payload, p.Bytes()))
		})
	}
}

func TestParseKeepsWhatIsReadable(t *testing.T) {
	p, err := dhcpopts.Parse(damaged("\x35\x01\x02\x43\x09ab"))
	require.Error(t, err)
	require.Equal(t, uint8(dhcpopts.Offer), p.MessageType())
	require.Equal(t, []dhcpopts.Option{{Code: 67, Data: []byte("ab"), Offset: 243, Length: 9, In: dhcpopts.InOptions}}, p.All(67))

	p, err = dhcpopts.Parse(damaged("", at(2, "\xff"))[:40])
	require.Error(t, err)
	require.Equal(t, 40, p.Size)
	require.Len(t, p.MAC(), 16)
}

func TestOverload(t *testing.T) {
	p, err := dhcpopts.Parse(damaged("\x34\x01\x03\x43\x01a\xff", at(108, "\x43\x02bc\x00\xff"), at(44, "\x42\x01s\x43\x01d\xff")))
	require.NoError(t, err)
	v, _ := p.Get(67)
	require.Equal(t, "abcd", string(v), "options, then file, then sname")
	require.Equal(t, []dhcpopts.Area{dhcpopts.InOptions, dhcpopts.InFile, dhcpopts.InSName},
		[]dhcpopts.Area{p.All(67)[0].In, p.All(67)[1].In, p.All(67)[2].In})
	require.Nil(t, p.FileName())
	require.Nil(t, p.ServerName())
	a := p.Answer()
	require.Equal(t, "\x43\x02bc\x00\xff", string(a.File), "the raw field")
	require.Equal(t, 1, a.Instances(67))
}

func TestPadsAndTrailing(t *testing.T) {
	payload := damaged("\x00\x00\x35\x01\x02\x00\x43\x00\x00\xff\x00junk")
	p, err := dhcpopts.Parse(payload)
	require.NoError(t, err)
	require.Equal(t, "\x00junk", string(p.Trailing))
	require.Equal(t, 249, p.End)
	value, ok := p.Get(67)
	require.True(t, ok, "an empty option is there")
	require.Empty(t, value)
	require.Equal(t, payload, p.Bytes())
}

func TestHeaderNames(t *testing.T) {
	full := strings.Repeat("f", 128)
	p, err := dhcpopts.Parse(damaged("\xff", at(44, "srv\x00hidden"), at(108, full)))
	require.NoError(t, err)
	require.Equal(t, "srv", string(p.ServerName()))
	require.Equal(t, full, string(p.FileName()))
	require.Equal(t, "srv\x00hidden", string(p.Answer().SName))
}

func TestEncodeOrderSplitAndLimit(t *testing.T) {
	long := bytes.Repeat([]byte("x"), 600)
	h := dhcpopts.Header{Op: 2, SIAddr: netip.MustParseAddr("192.0.2.10")}
	options := []dhcpopts.Option{{Code: 82, Data: []byte("r")}, {Code: 67, Data: long}, {Code: 66, Data: []byte("s")}, {Code: 53, Data: []byte{2}}}
	b, err := dhcpopts.Encode(h, options, 0)
	require.NoError(t, err)
	p, err := dhcpopts.Parse(b)
	require.NoError(t, err)
	var codes, lengths []int
	for _, o := range p.Options {
		codes, lengths = append(codes, int(o.Code)), append(lengths, o.Length)
	}
	require.Equal(t, []int{53, 67, 67, 67, 66, 82}, codes)
	require.Equal(t, []int{1, 255, 255, 90, 1, 1}, lengths)
	v, _ := p.Get(67)
	require.Equal(t, long, v)

	_, err = dhcpopts.Encode(h, options, dhcpopts.MessageLimit(0))
	require.EqualError(t, err, "message is 856 octets long, the client takes 548")
	_, err = dhcpopts.Encode(h, []dhcpopts.Option{{Code: 255}}, 0)
	require.ErrorContains(t, err, "option 255 has no value")
	_, err = dhcpopts.Encode(dhcpopts.Header{YIAddr: netip.IPv6Loopback()}, nil, 0)
	require.ErrorContains(t, err, "address ::1 in the header is not IPv4")

	b, err = dhcpopts.Encode(h, nil, 0)
	require.NoError(t, err)
	require.Len(t, b, 300)
}

func TestMessageLimit(t *testing.T) {
	for maxSize, want := range map[uint16]int{0: 548, 300: 548, 576: 548, 1260: 1232, 1472: 1444, 65280: 1472} {
		require.Equal(t, want, dhcpopts.MessageLimit(maxSize), maxSize)
	}
}

func TestSetFile(t *testing.T) {
	var h dhcpopts.Header
	require.NoError(t, h.SetFile([]byte(strings.Repeat("f", 127))))
	require.NoError(t, h.SetFile([]byte("short")))
	require.Equal(t, "short", string(bytes.TrimRight(h.File[:], "\x00")))
	require.ErrorContains(t, h.SetFile(bytes.Repeat([]byte("f"), 128)), "is 128 octets long, header field file takes 127 and a NUL")
	require.ErrorContains(t, h.SetServerName(bytes.Repeat([]byte("s"), 64)), "header field sname takes 63")
}

func FuzzParse(f *testing.F) {
	for _, m := range corpus(f) {
		f.Add(m.payload)
	}
	for _, c := range damagedCases {
		f.Add(c.payload)
	}
	f.Add(damaged("\x34\x01\x03\xff", at(108, "\x43\x02bc\x00\xff"), at(44, "\x42\x01s\xff")))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := dhcpopts.Parse(b)
		require.True(t, bytes.Equal(b, p.Bytes()))
		require.Equal(t, err == nil, len(p.Faults) == 0)
		p.Answer()
		p.Client()
	})
}
