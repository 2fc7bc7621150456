package dnsmasq

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// vector is one measurement of testdata/vectors/dnsmasq.json.
type vector struct {
	ID, Group, At, Config, PRL string
	Client                     vectorClient
	Reply                      *vectorReply
	Rejected                   string
	NoReply                    bool   `json:"no_reply"`
	ServerExit                 string `json:"server_exit"`
}

type vectorClient struct {
	Arch         json.RawMessage `json:"arch"`
	VendorClass  json.RawMessage `json:"vendor_class"`
	UserClass    string          `json:"user_class_hex"`
	MaxSize      *uint16         `json:"max_message_size"`
	ExtraOptions string          `json:"extra_options_hex"`
	MessageType  uint8           `json:"message_type"`
	Port         uint16          `json:"port"`
	CIAddr       string          `json:"ciaddr"`
}

type vectorReply struct {
	SIAddr       string
	SName        string `json:"sname_hex"`
	File         string `json:"file_hex"`
	Options      map[string]string
	TLVs         []struct{ Hex string }
	Observed     []uint8
	Malformed    bool
	OptionsField string `json:"options_field_hex"`
}

const lineBase = "interface=s0\nbind-interfaces\ndhcp-range=10.77.0.100,10.77.0.250,255.255.255.0,1h\ndhcp-authoritative\n"

func TestVectors(t *testing.T) {
	text, err := os.ReadFile("../../../testdata/vectors/dnsmasq.json")
	require.NoError(t, err)
	var vectors []vector
	require.NoError(t, json.Unmarshal(text, &vectors))
	require.Len(t, vectors, 262)
	for _, v := range vectors {
		t.Run(v.ID, func(t *testing.T) { v.check(t) })
	}
}

func (v vector) check(t *testing.T) {
	config := v.Config
	if v.At == "line" {
		config = lineBase + v.Config + "\n"
	}
	c, err := Parse("port=0\n" + config) // given by command line: the replies have no option 6
	if v.Rejected != "" {
		require.Error(t, err)
		message, _, _ := strings.Cut(v.Rejected, " at line")
		require.Contains(t, err.Error(), message)
		return
	}
	require.NoError(t, err)
	c.Self = netip.MustParseAddr("10.77.0.1")
	got := c.Reply(v.client(t))
	if v.NoReply {
		require.Equal(t, v.ServerExit, got.Crash)
		require.Equal(t, v.ServerExit == "", got.Silent)
		return
	}
	require.False(t, got.Silent)
	require.Empty(t, got.Crash)
	v.Reply.compare(t, got)
}

func (r *vectorReply) compare(t *testing.T, got Reply) {
	siaddr := netip.IPv4Unspecified()
	if got.Answer.SIAddr.IsValid() {
		siaddr = got.Answer.SIAddr
	}
	require.Equal(t, r.SIAddr, siaddr.String())
	require.Equal(t, r.SName, hex.EncodeToString(got.Answer.SName), "sname")
	require.Equal(t, r.File, hex.EncodeToString(got.Answer.File), "file")
	require.Equal(t, r.Malformed, got.Malformed != nil)
	if r.Malformed {
		require.Equal(t, r.OptionsField, hex.EncodeToString(got.Malformed))
		return
	}
	all := map[string]string{}
	for _, o := range got.Answer.Options {
		if r.Observed == nil || bytes.IndexByte(r.Observed, o.Code) >= 0 || r.Options[strconv.Itoa(int(o.Code))] != "" {
			all[strconv.Itoa(int(o.Code))] += hex.EncodeToString(o.Data)
		}
	}
	require.Equal(t, r.Options, all)
	for i, x := range r.TLVs {
		require.Equal(t, x.Hex, hex.EncodeToString(got.Answer.Options[i].Data), "instance %d", i)
	}
}

// client is the default request of the vectors with the deviations of this one.
func (v vector) client(t *testing.T) dhcpopts.Client {
	c := dhcpopts.Client{
		Message: v.Client.MessageType, Port: v.Client.Port, MaxSize: 1260, MAC: []byte{0x52, 0x54, 0, 1, 2, 3},
		MachineID:   unhex(t, "00000102030405060708090a0b0c0d0e0f"),
		RequestList: v.list(t), UserClass: unhex(t, v.Client.UserClass),
		Options: []dhcpopts.Option{{Code: dhcpopts.OptInterfaceID, Data: []byte{1, 2, 1}}},
	}
	arch := 0
	switch raw := string(v.Client.Arch); raw {
	case "null":
	case "":
		c.Archs = []dhcpopts.Arch{0}
	default:
		arch, _ = strconv.Atoi(raw)
		c.Archs = []dhcpopts.Arch{dhcpopts.Arch(arch)}
	}
	c.VendorClass = fmt.Appendf(nil, "PXEClient:Arch:%05d:UNDI:002001", arch)
	if v.Client.VendorClass != nil {
		var class *string
		require.NoError(t, json.Unmarshal(v.Client.VendorClass, &class))
		c.VendorClass = nil
		if class != nil {
			c.VendorClass = []byte(*class)
		}
	}
	if v.Client.MaxSize != nil {
		c.MaxSize = *v.Client.MaxSize
	}
	if v.Client.CIAddr != "" {
		c.CIAddr = netip.MustParseAddr(v.Client.CIAddr)
	}
	c.Options = append(c.Options, tlvs(unhex(t, v.Client.ExtraOptions))...)
	return c
}

func (v vector) list(t *testing.T) []uint8 {
	switch v.PRL {
	case "full":
		list := []uint8{1, 2, 3, 5, 6, 11, 12, 13, 15, 16, 17, 18, 22, 23, 28, 40, 41, 42, 43, 50, 51, 54, 58, 59, 60, 66, 67, 97}
		return append(list, 128, 129, 130, 131, 132, 133, 134, 135)
	case "short":
		if v.Group == "spellings" || v.Group == "empty value" {
			return []uint8{1, 3, 6}
		}
		return []uint8{1, 3}
	case "none", "":
		return nil
	}
	var list []uint8
	for _, s := range strings.Split(v.PRL, ",") {
		n, err := strconv.ParseUint(s, 10, 8)
		require.NoError(t, err)
		list = append(list, uint8(n))
	}
	return list
}

func unhex(t *testing.T, s string) []byte {
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	if len(b) == 0 {
		return nil
	}
	return b
}
