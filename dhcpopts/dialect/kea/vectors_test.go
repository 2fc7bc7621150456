package kea

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// vector is a measurement of Kea 2.2.0 (testdata/vectors/kea.json).
type vector struct {
	ID, At, Config, PRL, Rejected string
	Client                        map[string]any
	Reply                         *struct {
		SIAddr  string `json:"siaddr"`
		SName   string `json:"sname_hex"`
		File    string `json:"file_hex"`
		Options map[string]string
		TLVs    []struct {
			Code uint8
			Hex  string
		}
		Observed *codeList
	}
}

// codeList is a list of numbers, which []uint8 would not be read from.
type codeList []byte

func (l *codeList) UnmarshalJSON(text []byte) error {
	var codes []int
	err := json.Unmarshal(text, &codes)
	for _, c := range codes {
		*l = append(*l, byte(c))
	}
	return err
}

func vectors(t *testing.T) (all []vector) {
	raw, err := os.ReadFile("../../../testdata/vectors/kea.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &all))
	require.Len(t, all, 203)
	return all
}

// text is the whole config of a vector; reservations stood in this one.
func (v vector) text() string {
	if v.At != "reservation" {
		return v.Config
	}
	return `{"Dhcp4":{"interfaces-config":{"interfaces":["s0"]},"lease-database":{"type":"memfile","persist":false},
"subnet4":[{"subnet":"10.77.0.0/24","pools":[{"pool":"10.77.0.100-10.77.0.250"}],"reservations":[
{"hw-address":"02:00:00:00:00:01",` + v.Config + `}]}]}}`
}

func (v vector) client(t *testing.T) dhcpopts.Client {
	c := dhcpopts.Client{MAC: []byte{2, 0, 0, 0, 0, 1}, Archs: []dhcpopts.Arch{0}, MaxSize: 1260, MachineID: make([]byte, 17)}
	arch, digits := v.Client["arch"]
	n, _ := arch.(float64)
	if digits {
		c.Archs = []dhcpopts.Arch{dhcpopts.Arch(n)}
		if arch == nil {
			c.Archs = nil
		}
	}
	c.VendorClass = fmt.Appendf(nil, "PXEClient:Arch:%05d:UNDI:002001", int(n))
	for key, value := range v.Client {
		text, _ := value.(string)
		switch key {
		case "arch":
		case "vendor_class":
			c.VendorClass = []byte(text)
		case "user_class_hex":
			c.UserClass = unhexText(t, text)
		case "mac":
			c.MAC = unhexText(t, strings.ReplaceAll(text, ":", ""))
		case "max_message_size":
			c.MaxSize = uint16(value.(float64))
		case "message_type":
			c.Message = uint8(value.(float64))
		case "extra_options_hex":
			c = extra(c, unhexText(t, text))
		default:
			require.Fail(t, "unknown client field", key)
		}
	}
	lists := map[string][]uint8{"full": fullList, "short": {1, 3}, "none": nil}
	list, ok := lists[v.PRL]
	require.True(t, ok, v.PRL)
	c.RequestList = list
	return c
}

var fullList = []uint8{1, 2, 3, 5, 6, 11, 12, 13, 15, 16, 17, 18, 22, 23, 28, 40, 41, 42, 43, 50, 51, 54, 58, 59, 60, 66, 67, 97, 128, 129, 130, 131, 132, 133, 134, 135}

// extra adds raw TLVs; option 93 among them is the client's own.
func extra(c dhcpopts.Client, tlvs []byte) dhcpopts.Client {
	for len(tlvs) > 0 {
		code, value := tlvs[0], tlvs[2:2+tlvs[1]]
		tlvs = tlvs[2+len(value):]
		if code != dhcpopts.OptClientArch {
			c.Options = append(c.Options, dhcpopts.Option{Code: code, Data: value})
			continue
		}
		for ; len(value) > 0; value = value[2:] {
			c.Archs = append(c.Archs, dhcpopts.Arch(binary.BigEndian.Uint16(value)))
		}
	}
	return c
}

func unhexText(t *testing.T, s string) []byte {
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}

func (v vector) want(t *testing.T) dhcpopts.Answer {
	a := dhcpopts.Answer{SIAddr: netip.MustParseAddr(v.Reply.SIAddr), SName: unhexText(t, v.Reply.SName), File: unhexText(t, v.Reply.File)}
	pieces := map[uint8]bool{}
	for _, p := range v.Reply.TLVs {
		pieces[p.Code] = true
		a.Options = append(a.Options, dhcpopts.Option{Code: p.Code, Data: unhexText(t, p.Hex)})
	}
	for code := uint8(1); code < 255; code++ {
		if value, ok := v.Reply.Options[fmt.Sprint(code)]; ok && !pieces[code] {
			a.Options = append(a.Options, dhcpopts.Option{Code: code, Data: unhexText(t, value)})
		}
	}
	return a
}

// observed keeps the options that the measurement recorded.
func (v vector) observed(options []dhcpopts.Option) []dhcpopts.Option {
	if v.Reply.Observed == nil {
		return options
	}
	return slices.DeleteFunc(options, func(o dhcpopts.Option) bool {
		return !bytes.Contains(*v.Reply.Observed, []byte{o.Code})
	})
}

// TestVectors reproduces every measurement: what is refused, and the reply to
// the byte.
func TestVectors(t *testing.T) {
	refused, replies := 0, 0
	for _, v := range vectors(t) {
		conf, err := Parse(v.text())
		if v.Rejected != "" {
			require.Error(t, err, "%s must be refused: %s", v.ID, v.Rejected)
			refused++
			continue
		}
		require.NoError(t, err, v.ID)
		require.NotNil(t, v.Reply, v.ID)
		got, want := conf.Answer(v.client(t)), v.want(t)
		got.Options = v.observed(got.Options)
		require.True(t, got.Equal(want), "%s\nwant %+v\ngot  %+v\n%s", v.ID, want, got, v.Config)
		replies++
	}
	require.Equal(t, 34, refused)
	require.Equal(t, 169, replies)
}
