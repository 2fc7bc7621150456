package isc

import (
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

// vector is one measurement of the real server (testdata/vectors/isc.json).
type vector struct {
	ID, Group, At, Config, PRL, Rejected string
	Accepted                             bool
	Client                               vectorClient `json:"-"`
	Reply                                *vectorReply
}

type vectorClient struct {
	Arch         *json.RawMessage
	VendorClass  *json.RawMessage `json:"vendor_class"`
	UserClass    string           `json:"user_class_hex"`
	MaxSize      *uint16          `json:"max_message_size"`
	ExtraOptions string           `json:"extra_options_hex"`
	Message      uint8            `json:"message_type"`
	Broadcast    *bool
	CIAddr       string
	Port         uint16
	Source       string
	MAC          string
}

type vectorReply struct {
	SIAddr  string
	YIAddr  string
	Flags   string
	SName   string `json:"sname_hex"`
	File    string `json:"file_hex"`
	Options map[string]string
	TLVs    []struct {
		Code uint8
		Hex  string
	}
	Observed *[]uint8
	Length   int
}

const (
	vectorCount = 311
	baseConfig  = "authoritative; default-lease-time 600; max-lease-time 600; ping-check false;\n"
	miscConfig  = `option arch code 93 = unsigned integer 16;
option space PXE; option PXE.mtftp-ip code 1 = ip-address; option PXE.discovery-control code 6 = unsigned integer 8;
option PXE.boot-server code 8 = {unsigned integer 16, unsigned integer 8, ip-address};
`
	subnetConfig = "subnet 10.77.0.0 netmask 255.255.255.0 { range 10.77.0.100 10.77.0.200; option routers 10.77.0.1; }\n"
	hostConfig   = "host h { hardware ethernet 52:54:00:77:00:01;\n%s\n}\n"
	defaultMAC   = "52:54:00:77:00:01"
)

// text puts a vector's config where it stood.
func (v vector) text() string {
	switch v.At {
	case "host":
		head := baseConfig
		if v.Group == "misc" {
			head += miscConfig
		}
		return head + subnetConfig + fmt.Sprintf(hostConfig, v.Config)
	case "file":
		return baseConfig + miscConfig + subnetConfig + v.Config
	}
	return v.Config
}

var requestLists = map[string][]uint8{
	"full": {1, 2, 3, 5, 6, 11, 12, 13, 15, 16, 17, 18, 22, 23, 28, 40, 41, 42, 43, 50, 51, 54, 58, 59, 60, 66, 67, 97,
		128, 129, 130, 131, 132, 133, 134, 135},
	"short": {1, 3},
	"none":  nil,
}

func (v vector) client(t *testing.T) dhcpopts.Client {
	c := dhcpopts.Client{
		MaxSize: 1260, Message: v.Client.Message, Port: v.Client.Port, UserClass: unhex(t, v.Client.UserClass),
		MachineID: unhex(t, "00000102030405060708090a0b0c0d0e0f"), MAC: unhex(t, strings.ReplaceAll(defaultMAC, ":", "")),
	}
	if v.Client.MAC != "" {
		c.MAC = unhex(t, strings.ReplaceAll(v.Client.MAC, ":", ""))
	}
	if v.Client.MaxSize != nil {
		c.MaxSize = *v.Client.MaxSize
	}
	if v.Client.CIAddr != "" {
		c.CIAddr = netip.MustParseAddr(v.Client.CIAddr)
	}
	c.RequestList = prl(t, v.PRL)
	v.class(t, &c)
	v.extra(t, &c)
	return c
}

// class sets architecture and vendor class: absent means the default, null
// means the client does not send it.
func (v vector) class(t *testing.T, c *dhcpopts.Client) {
	arch := 0
	c.Archs = []dhcpopts.Arch{0}
	if a := v.Client.Arch; a != nil && string(*a) != "null" {
		require.NoError(t, json.Unmarshal(*a, &arch))
		c.Archs = []dhcpopts.Arch{dhcpopts.Arch(arch)}
	}
	c.VendorClass = fmt.Appendf(nil, "PXEClient:Arch:%05d:UNDI:002001", arch)
	if vc := v.Client.VendorClass; vc != nil {
		var class *string
		require.NoError(t, json.Unmarshal(*vc, &class))
		c.VendorClass = nil
		if class != nil {
			c.VendorClass = []byte(*class)
		}
	}
}

func (v vector) extra(t *testing.T, c *dhcpopts.Client) {
	for b := unhex(t, v.Client.ExtraOptions); len(b) >= 2; b = b[2+int(b[1]):] {
		data := b[2 : 2+int(b[1])]
		switch b[0] {
		case dhcpopts.OptHostName:
			c.HostName = data
		case dhcpopts.OptClientArch:
			c.Archs = nil
			for i := 0; i+1 < len(data); i += 2 {
				c.Archs = append(c.Archs, dhcpopts.Arch(data[i])<<8|dhcpopts.Arch(data[i+1]))
			}
		default:
			c.Options = append(c.Options, dhcpopts.Option{Code: b[0], Data: data})
		}
	}
}

func prl(t *testing.T, list string) []uint8 {
	if named, ok := requestLists[list]; ok {
		return named
	}
	var codes []uint8
	for field := range strings.SplitSeq(list, ",") {
		n, err := strconv.ParseUint(field, 10, 8)
		require.NoError(t, err)
		codes = append(codes, uint8(n))
	}
	return codes
}

func unhex(t *testing.T, s string) []byte {
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	if len(b) == 0 {
		return nil
	}
	return b
}

func readVectors(t *testing.T) []vector {
	raw, err := os.ReadFile("../../../testdata/vectors/isc.json")
	require.NoError(t, err)
	var all []struct {
		vector
		Client json.RawMessage
	}
	require.NoError(t, json.Unmarshal(raw, &all))
	require.Len(t, all, vectorCount)
	var vectors []vector
	for _, x := range all {
		v := x.vector
		if x.Client != nil {
			v.readClient(t, x.Client)
		}
		vectors = append(vectors, v)
	}
	return vectors
}

// readClient decodes the client by hand for the sake of null: a present null is
// not the same as an absent key.
func (v *vector) readClient(t *testing.T, raw json.RawMessage) {
	require.NoError(t, json.Unmarshal(raw, &v.Client))
	var keys map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(raw, &keys))
	if a, ok := keys["arch"]; ok {
		v.Client.Arch = &a
	}
	if c, ok := keys["vendor_class"]; ok {
		v.Client.VendorClass = &c
	}
}

// Every measurement is reproduced: what dhcpd refuses with its first message,
// what it accepts, and each reply octet for octet.
func TestVectors(t *testing.T) {
	replies, rejected, accepted := 0, 0, 0
	for _, v := range readVectors(t) {
		t.Run(v.ID, func(t *testing.T) {
			config, err := Parse(v.text())
			if v.Rejected != "" {
				rejected++
				first, _, _ := strings.Cut(v.Rejected, "; ")
				var syntax *SyntaxError
				require.ErrorAs(t, err, &syntax, v.Config)
				require.Equal(t, first, syntax.Message, v.Config)
				return
			}
			require.NoError(t, err, v.Config)
			if v.Accepted {
				accepted++
				return
			}
			replies++
			require.NotNil(t, v.Reply)
			checkReply(t, v, config)
		})
	}
	require.Equal(t, []int{198, 72, 41}, []int{replies, rejected, accepted})
}

func checkReply(t *testing.T, v vector, config *Config) {
	rep, ok := config.reply(v.client(t))
	require.True(t, ok)
	want := v.Reply
	if want.SIAddr != "0.0.0.0" || rep.siaddr.IsValid() && !rep.siaddr.IsUnspecified() {
		require.Equal(t, want.SIAddr, rep.siaddr.String())
	}
	require.Equal(t, want.File, hex.EncodeToString(rep.file), "file")
	require.Equal(t, want.SName, hex.EncodeToString(rep.sname), "sname")
	got := map[string]string{}
	var tlvs []string
	for _, o := range rep.options {
		if !dhcpopts.Lease(o.Code) {
			got[strconv.Itoa(int(o.Code))] += hex.EncodeToString(o.Data)
			tlvs = append(tlvs, fmt.Sprintf("%d %x", o.Code, o.Data))
		}
	}
	if want.Observed == nil {
		require.Equal(t, want.Options, got)
	} else {
		for _, code := range *want.Observed {
			key := strconv.Itoa(int(code))
			require.Equal(t, want.Options[key], got[key], "option %s", key)
		}
	}
	if want.TLVs != nil {
		var pieces []string
		for _, p := range want.TLVs {
			pieces = append(pieces, fmt.Sprintf("%d %s", p.Code, p.Hex))
		}
		require.Equal(t, pieces, tlvs)
	}
}
