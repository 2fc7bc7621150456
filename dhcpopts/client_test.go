package dhcpopts_test

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// TestFirmwareMatchesCaptures builds the DISCOVER of each measured firmware and
// compares its options with the captured one, octet for octet.
func TestFirmwareMatchesCaptures(t *testing.T) {
	for file, spec := range map[string]string{
		"ovmf-x64-proxy.pcap":      "efi-x64",
		"ovmf-ia32-proxy.pcap":     "efi-ia32",
		"aavmf-arm64-proxy.pcap":   "efi-arm64",
		"ovmf-x64-http.pcap":       "http-x64",
		"bios-ipxe-proxy.pcap":     "bios+ipxe",
		"ipxe-efi-proxy.pcap":      "efi-x64+ipxe",
		"ipxe-efi-e1000-4011.pcap": "efi-x64+ipxe,175=hex:b105018086100eeb030100001701012401011301011101012701012901011501011201" + "01",
	} {
		t.Run(spec, func(t *testing.T) {
			want, err := dhcpopts.Parse(captured(t, "../testdata/captures/"+file)[0].payload)
			require.NoError(t, err)
			c, err := dhcpopts.ParseClient(spec + ",mac=" + hex.EncodeToString(want.MAC()))
			require.NoError(t, err)
			got := c.Packet(want.XID)
			require.Equal(t, options(want), options(got))
			require.Equal(t, want.Flags, got.Flags)
		})
	}
}

func options(p *dhcpopts.Packet) (all []dhcpopts.Option) {
	for _, o := range p.Options {
		all = append(all, dhcpopts.Option{Code: o.Code, Data: o.Data})
	}
	return all
}

func TestParseClient(t *testing.T) {
	c, err := dhcpopts.ParseClient(`efi-x64,mac=52:54:00:12:34:56,uuid=01234567-89ab-cdef-0123-456789abcdef,vendor-class=Acme,user-class=hex:0069,prl=1+3+67,host-name=pc1,giaddr=192.0.2.1,max-size=576,message=request,port=4011,broadcast=no,archs=7/bios,150=none,61=x,ciaddr=192.0.2.7`)
	require.NoError(t, err)
	require.Equal(t, []dhcpopts.Arch{7, 0}, c.Archs)
	require.Equal(t, []byte{0x52, 0x54, 0, 0x12, 0x34, 0x56}, c.MAC)
	require.Equal(t, "00"+"67452301"+"ab89"+"efcd"+"0123"+"456789abcdef", hex.EncodeToString(c.MachineID))
	require.Equal(t, "Acme", string(c.VendorClass))
	require.Equal(t, "\x00i", string(c.UserClass))
	require.Equal(t, []uint8{1, 3, 67}, c.RequestList)
	require.Equal(t, "pc1", string(c.HostName))
	require.Equal(t, "192.0.2.1", c.GIAddr.String())
	require.Equal(t, "192.0.2.7", c.CIAddr.String())
	require.Equal(t, uint16(576), c.MaxSize)
	require.Equal(t, uint16(4011), c.Port)
	require.Equal(t, uint8(dhcpopts.Request), c.Message)
	require.True(t, c.Unicast)
	id, _ := c.Option(61)
	require.Equal(t, "x", string(id))
}

func TestParseClientKinds(t *testing.T) {
	for spec, want := range map[string]struct {
		class string
		archs []dhcpopts.Arch
		stage dhcpopts.Stage
	}{
		"00011":                                {"PXEClient:Arch:00011:UNDI:003000", []dhcpopts.Arch{11}, dhcpopts.FirstStage},
		"7":                                    {"PXEClient:Arch:00007:UNDI:003000", []dhcpopts.Arch{7}, dhcpopts.FirstStage},
		"uefi-x64":                             {"PXEClient:Arch:00007:UNDI:003000", []dhcpopts.Arch{7}, dhcpopts.FirstStage},
		"bios":                                 {"PXEClient:Arch:00000:UNDI:002001", []dhcpopts.Arch{0}, dhcpopts.FirstStage},
		"bios,archs=none":                      {"PXEClient:Arch:00000:UNDI:002001", nil, dhcpopts.FirstStage},
		"http-arm64":                           {"HTTPClient:Arch:00019:UNDI:003000", []dhcpopts.Arch{19}, dhcpopts.FirstStage},
		"bios+ipxe":                            {"PXEClient:Arch:00000:UNDI:002001", []dhcpopts.Arch{0}, dhcpopts.IPXEStage},
		"efi-x64+ipxe,counted-user-class=iPXE": {"PXEClient:Arch:00007:UNDI:003010", []dhcpopts.Arch{7}, dhcpopts.IPXEStage},
		"laptop":                               {"MSFT 5.0", nil, dhcpopts.FirstStage},
		"laptop,vendor-class=none":             {"", nil, dhcpopts.FirstStage},
	} {
		c, err := dhcpopts.ParseClient(spec)
		require.NoError(t, err)
		require.Equal(t, want.class, string(c.VendorClass), spec)
		require.Equal(t, want.archs, c.Archs, spec)
		require.Equal(t, want.stage, c.Stage(), spec)
		require.Equal(t, spec, c.Name)
	}
}

func TestParseClientErrors(t *testing.T) {
	for spec, want := range map[string]string{
		"efi-x65":                  "unknown architecture \"efi-x65\"",
		"":                         "unknown architecture \"\"",
		"bios,mac":                 `"mac" is not attribute=value`,
		"bios,mac=zz":              `"zz" is not a hardware address`,
		"bios,colour=red":          `attribute "colour": unknown; there are counted-user-class, archs, mac`,
		"bios,60=x":                `attribute "60": unknown`,
		"bios,255=x":               `attribute "255": unknown`,
		"bios,giaddr=::1":          `"::1" is not an IPv4 address`,
		"bios,uuid=1":              `"1" is not a UUID`,
		"bios,prl=1+300":           `"300" is no option number`,
		"bios,max-size=70000":      `"70000" is not a number`,
		"bios,message=dance":       `"dance" is no message type; there are discover, offer`,
		"bios,broadcast=maybe":     `"maybe" is neither yes nor no`,
		"bios,user-class=hex:0":    `"0" is not pairs of hex digits`,
		"bios,counted-user-class=": `a counted class has 1 to 254 octets`,
	} {
		_, err := dhcpopts.ParseClient(spec)
		require.ErrorContains(t, err, want, spec)
	}
}

// TestClientStringIsReadable holds Client.String against ParseClient, for named
// clients and for every request of the corpus.
func TestClientStringIsReadable(t *testing.T) {
	for _, c := range dhcpopts.StandardClients() {
		again, err := dhcpopts.ParseClient(c.String())
		require.NoError(t, err)
		require.Equal(t, c.Packet(1).Bytes(), again.Packet(1).Bytes(), c.String())
	}
	for spec, want := range map[string]string{
		"uefi-x64":                    "efi-x64",
		"x64,mac=52-54-00-12-34-56":   "efi-x64,mac=52:54:00:12:34:56",
		"laptop,mac=525400123456":     "laptop,mac=52:54:00:12:34:56",
		"efi-x64,archs=7/0,prl=short": "efi-x64,archs=7/0,prl=short",
		"bios+ipxe,host-name=a b":     "bios+ipxe,host-name=hex:612062",
		"0,uuid=hex:01ff,150=hex:00":  "bios,uuid=hex:01ff,150=hex:00",
	} {
		c, err := dhcpopts.ParseClient(spec)
		require.NoError(t, err)
		require.Equal(t, want, c.String())
	}
	for _, m := range corpus(t) {
		p, _ := dhcpopts.Parse(m.payload)
		c := p.Client()
		if p.Op != 1 {
			continue
		}
		again, err := dhcpopts.ParseClient(c.String())
		require.NoError(t, err)
		require.ElementsMatch(t, options(c.Packet(1)), options(again.Packet(1)), m.from)
	}
}
