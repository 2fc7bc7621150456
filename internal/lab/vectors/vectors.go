// Package vectors reads testdata/vectors: what five real DHCP servers put on
// the wire for a given piece of config. Every vector is a measurement. For tests
// only; the replies of a [Vector] are for a model to reproduce, and for the real
// server to send again.
package vectors

import (
	"encoding/hex"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// Vector is one measurement.
type Vector struct {
	ID, Group  string
	Text       string          // the whole config that the server read
	Client     dhcpopts.Client // the request; its MAC is the one that the config names, if it names one
	Source     netip.Addr      // where the request came from, if not from 0.0.0.0
	Rejected   string          // the server refuses Text with these messages, the first first
	Accepted   bool            // Text passes the server's check; no request was sent
	NoReply    bool
	ServerExit string // signal that ended the server
	Warning    string // the server starts, but says that it ignores the setting
	Reply      *Reply // nil when nothing was sent or nothing came
}

// Reply is what came back.
type Reply struct {
	Answer    dhcpopts.Answer // options in order of code, instances of one code in wire order
	Observed  []uint8         // nil: all options were recorded; else these only
	Malformed []byte          // the options field, when it cannot be read as options
}

// Matches reports whether an answer is the recorded one, in all that was
// recorded.
func (r *Reply) Matches(a dhcpopts.Answer) bool {
	if r.Observed != nil {
		a.Options = slices.DeleteFunc(slices.Clone(a.Options), func(o dhcpopts.Option) bool { return !slices.Contains(r.Observed, o.Code) })
	}
	return r.Answer.Equal(a)
}

// counts guard against a file that is cut or read in part.
var counts = map[string]int{"isc": 311, "kea": 203, "dnsmasq": 262, "udhcpd": 31, "networkd": 24}

// Load reads the vectors of one server: isc, kea, dnsmasq, udhcpd or networkd.
func Load(t testing.TB, server string) []Vector {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	text, err := os.ReadFile(filepath.Join(filepath.Dir(here), "../../../testdata/vectors", server+".json"))
	require.NoError(t, err)
	var rows []row
	require.NoError(t, json.Unmarshal(text, &rows))
	require.Len(t, rows, counts[server])
	all := make([]Vector, len(rows))
	for i, r := range rows {
		all[i] = r.vector(t, server)
	}
	return all
}

// row is a vector as the file has it; see the README beside the files.
type row struct {
	ID, Group, At, Config, PRL string
	Client                     map[string]json.RawMessage
	Rejected                   string
	Accepted                   bool
	NoReply                    bool   `json:"no_reply"`
	ServerExit                 string `json:"server_exit"`
	Warning                    string
	Reply                      *struct {
		SIAddr  netip.Addr
		SName   string `json:"sname_hex"`
		File    string `json:"file_hex"`
		Options map[string]string
		TLVs    []struct {
			Code uint8
			Hex  string
		}
		Observed     []uint16
		Malformed    bool
		OptionsField string `json:"options_field_hex"`
	}
}

func (r row) vector(t testing.TB, server string) Vector {
	v := Vector{
		ID: r.ID, Group: r.Group, Rejected: r.Rejected, Accepted: r.Accepted, NoReply: r.NoReply, ServerExit: r.ServerExit, Warning: r.Warning,
		Text: r.text(server), Client: r.client(t, server),
	}
	if source, ok := r.Client["source"]; ok {
		require.NoError(t, json.Unmarshal(source, &v.Source))
	}
	if r.Reply != nil {
		v.Reply = r.reply(t)
	}
	return v
}

func (r row) reply(t testing.TB) *Reply {
	reply := &Reply{Answer: dhcpopts.Answer{SIAddr: r.Reply.SIAddr, SName: unhex(t, r.Reply.SName), File: unhex(t, r.Reply.File)}}
	if r.Reply.Malformed {
		reply.Malformed = unhex(t, r.Reply.OptionsField)
	}
	for _, code := range r.Reply.Observed {
		reply.Observed = append(reply.Observed, uint8(code))
	}
	several := map[uint8]bool{} // codes with more than one instance
	for _, o := range r.Reply.TLVs {
		several[o.Code] = true
		reply.Answer.Options = append(reply.Answer.Options, dhcpopts.Option{Code: o.Code, Data: unhex(t, o.Hex)})
	}
	for text, value := range r.Reply.Options {
		code, err := strconv.ParseUint(text, 10, 8)
		require.NoError(t, err)
		if !several[uint8(code)] {
			reply.Answer.Options = append(reply.Answer.Options, dhcpopts.Option{Code: uint8(code), Data: unhex(t, value)})
		}
	}
	slices.SortStableFunc(reply.Answer.Options, func(a, b dhcpopts.Option) int { return int(a.Code) - int(b.Code) })
	return reply
}

func unhex(t testing.TB, s string) []byte {
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}
