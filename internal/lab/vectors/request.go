package vectors

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// MAC is the client's where a vector's config does not name another.
var MAC = []byte{0x02, 0, 0, 0, 0, 0x01}

const macText = "02:00:00:00:00:01"

// text puts a vector's piece of config where it stood.
func (r row) text(server string) string {
	switch server + " " + r.At {
	case "isc host":
		head := iscHead
		if r.Group == "misc" {
			head += iscDefinitions
		}
		return head + iscSubnet + "host h { hardware ethernet " + macText + ";\n" + r.Config + "\n}\n"
	case "isc file":
		return iscHead + iscDefinitions + iscSubnet + r.Config
	case "kea reservation":
		return fmt.Sprintf(keaWhole, r.Config)
	case "dnsmasq line":
		return "interface=s0\nbind-interfaces\ndhcp-range=10.77.0.100,10.77.0.250,255.255.255.0,1h\ndhcp-authoritative\n" + r.Config + "\n"
	case "udhcpd lines":
		return "start 10.77.0.100\nend 10.77.0.250\ninterface s0\noption subnet 255.255.255.0\n" + r.Config + "\n"
	case "networkd DHCPServer":
		return "[Match]\nName=s0\n[Network]\nAddress=10.77.0.1/24\nDHCPServer=yes\n[DHCPServer]\nPoolOffset=100\nPoolSize=100\n" + r.Config + "\n"
	}
	return r.Config
}

const (
	iscHead        = "authoritative; default-lease-time 600; max-lease-time 600; ping-check false;\n"
	iscDefinitions = `option arch code 93 = unsigned integer 16;
option space PXE; option PXE.mtftp-ip code 1 = ip-address; option PXE.discovery-control code 6 = unsigned integer 8;
option PXE.boot-server code 8 = {unsigned integer 16, unsigned integer 8, ip-address};
`
	iscSubnet = "subnet 10.77.0.0 netmask 255.255.255.0 { range 10.77.0.100 10.77.0.200; option routers 10.77.0.1; }\n"
	keaWhole  = `{"Dhcp4":{"interfaces-config":{"interfaces":["s0"]},"lease-database":{"type":"memfile","persist":false},
"subnet4":[{"subnet":"10.77.0.0/24","pools":[{"pool":"10.77.0.100-10.77.0.250"}],"reservations":[
{"hw-address":"` + macText + `",%s}]}]}}`
)

// client is the default request of the vectors with the deviations of this one.
func (r row) client(t testing.TB, server string) dhcpopts.Client {
	c := dhcpopts.Client{
		Name: r.ID, MAC: MAC, MaxSize: 1260, RequestList: r.requestList(t, server),
		MachineID: unhex(t, "00000102030405060708090a0b0c0d0e0f"),
		Options:   []dhcpopts.Option{{Code: dhcpopts.OptInterfaceID, Data: []byte{1, 2, 1}}},
	}
	arch := new(uint16)
	r.field(t, "arch", &arch)
	digits := uint16(0)
	if arch != nil {
		digits, c.Archs = *arch, []dhcpopts.Arch{dhcpopts.Arch(*arch)}
	}
	class := new(fmt.Sprintf("PXEClient:Arch:%05d:UNDI:002001", digits))
	r.field(t, "vendor_class", &class)
	if class != nil {
		c.VendorClass = []byte(*class)
	}
	var userClass, extra, mac string
	broadcast := true
	r.field(t, "user_class_hex", &userClass)
	r.field(t, "extra_options_hex", &extra)
	r.field(t, "mac", &mac)
	r.field(t, "broadcast", &broadcast)
	r.field(t, "max_message_size", &c.MaxSize)
	r.field(t, "message_type", &c.Message)
	r.field(t, "port", &c.Port)
	r.field(t, "ciaddr", &c.CIAddr)
	c.Unicast = !broadcast
	if mac != "" {
		c.MAC = unhex(t, strings.ReplaceAll(mac, ":", ""))
	}
	if userClass != "" {
		c.UserClass = unhex(t, userClass)
	}
	return withOptions(c, unhex(t, extra))
}

// field decodes a deviation; null, which says that the request lacks the
// option, makes a pointer nil.
func (r row) field(t testing.TB, name string, to any) {
	t.Helper()
	if raw, ok := r.Client[name]; ok {
		require.NoError(t, json.Unmarshal(raw, to), name)
	}
}

// withOptions adds raw options; those that a Client has a field for go there.
func withOptions(c dhcpopts.Client, raw []byte) dhcpopts.Client {
	for len(raw) > 0 {
		if raw[0] == dhcpopts.OptPad {
			raw = raw[1:]
			continue
		}
		code, value := raw[0], raw[2:2+raw[1]]
		raw = raw[2+len(value):]
		switch code {
		case dhcpopts.OptHostName:
			c.HostName = value
		case dhcpopts.OptClientArch:
			for ; len(value) > 0; value = value[2:] {
				c.Archs = append(c.Archs, dhcpopts.Arch(value[0])<<8|dhcpopts.Arch(value[1]))
			}
		default:
			c.Options = append(c.Options, dhcpopts.Option{Code: code, Data: value})
		}
	}
	return c
}

var fullList = []uint8{
	1, 2, 3, 5, 6, 11, 12, 13, 15, 16, 17, 18, 22, 23, 28, 40, 41, 42, 43, 50, 51, 54, 58, 59, 60, 66, 67, 97,
	128, 129, 130, 131, 132, 133, 134, 135,
}

func (r row) requestList(t testing.TB, server string) []uint8 {
	switch r.PRL {
	case "", "none":
		return nil
	case "full":
		return fullList
	case "short":
		if server == "dnsmasq" && (r.Group == "spellings" || r.Group == "empty value") {
			return []uint8{1, 3, 6}
		}
		return []uint8{1, 3}
	}
	var list []uint8
	for text := range strings.SplitSeq(r.PRL, ",") {
		code, err := strconv.ParseUint(text, 10, 8)
		require.NoError(t, err)
		list = append(list, uint8(code))
	}
	return list
}
