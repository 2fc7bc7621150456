//go:build linux

package lab

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// plainConfigs are the smallest whole configs with a boot file; bad ones are
// what the server's own check refuses.
var plainConfigs = []struct {
	daemon    Daemon
	good, bad string
}{
	{ISC, `subnet 10.77.0.0 netmask 255.255.255.0 { range 10.77.0.100 10.77.0.150; filename "boot.efi"; }`, `filename "boot.efi"`},
	{Kea, `{"Dhcp4":{"interfaces-config":{"interfaces":["s0"]},"lease-database":{"type":"memfile","persist":false},
"subnet4":[{"subnet":"10.77.0.0/24","pools":[{"pool":"10.77.0.100-10.77.0.150"}],"boot-file-name":"boot.efi"}]}}`, `{"Dhcp4":{"boot-file-name":"a\x64"}}`},
	{Dnsmasq, "interface=s0\nbind-interfaces\ndhcp-range=10.77.0.100,10.77.0.150,255.255.255.0,1h\ndhcp-boot=boot.efi\n", "dhcp-boof=x\n"},
	{Udhcpd, "start 10.77.0.100\nend 10.77.0.150\ninterface s0\noption subnet 255.255.255.0\nboot_file boot.efi\n", ""},
	{Networkd, "[Match]\nName=s0\n[Network]\nAddress=10.77.0.1/24\nDHCPServer=yes\n[DHCPServer]\nPoolOffset=100\nPoolSize=50\nBootFilename=boot.efi\n", ""},
}

// bareDiscover is a DISCOVER with nothing but its type and a wish for option 67.
func bareDiscover(n byte) Request {
	mac := []byte{0x52, 0x54, 0, 0, 0, n}
	m := make([]byte, 240, 300)
	copy(m, []byte{1, 1, 6, 0, 0xab, 0xcd, 0xef, n})
	m[10] = 0x80
	copy(m[28:], mac)
	copy(m[236:], []byte{99, 130, 83, 99})
	m = append(m, 53, 1, 1, 55, 2, 1, 67, 255)
	return Request{MAC: mac, Message: m[:300]}
}

func TestDaemonsAnswerOnTheWire(t *testing.T) {
	for _, c := range plainConfigs {
		t.Run(c.daemon.Name, func(t *testing.T) {
			t.Parallel()
			Need(t, c.daemon.Name)
			n := NewNet(t)
			out, err := n.Check(t, c.daemon, c.good)
			require.NoError(t, err, out)

			s := n.Start(t, c.daemon, c.good)
			replies := s.Exchange(t, []Request{bareDiscover(1), bareDiscover(2)})
			for i, r := range replies {
				require.NotNil(t, r, "no reply to request %d\n%s", i, s.Log())
				require.Equal(t, byte(2), r[0], "BOOTREPLY")
				require.Equal(t, byte(i+1), r[28+5], "chaddr of the request")
				require.Contains(t, string(r), "boot.efi")
			}
			require.Empty(t, s.Crash())
		})
	}
}

func TestDaemonsRefuseBadConfigs(t *testing.T) {
	for _, c := range plainConfigs {
		if c.bad == "" {
			continue
		}
		t.Run(c.daemon.Name, func(t *testing.T) {
			t.Parallel()
			Need(t, c.daemon.Name)
			out, err := NewNet(t).Check(t, c.daemon, c.bad)
			require.Error(t, err, out)
			require.NotEmpty(t, out)
		})
	}
}

// A server that ends while it answers is told from one that is silent.
// dnsmasq 2.90 does on an empty option 67 when option 67 is not asked for.
func TestCrashIsReportedWithItsLog(t *testing.T) {
	Need(t, Dnsmasq.Name)
	config := strings.Replace(plainConfigs[2].good, "dhcp-boot=boot.efi", "dhcp-option=67,", 1)
	s := NewNet(t).Start(t, Dnsmasq, config)
	r := bareDiscover(1)
	r.Message[246] = 3 // instead of 67
	require.Nil(t, s.Exchange(t, []Request{r})[0])
	require.Contains(t, s.Crash(), "started, version")
}

func TestStopEndsTheServer(t *testing.T) {
	Need(t, Udhcpd.Name)
	s := NewNet(t).Start(t, Udhcpd, plainConfigs[3].good)
	s.Stop()
	require.NotEmpty(t, s.Crash())
	require.Nil(t, s.Exchange(t, []Request{bareDiscover(1)})[0], fmt.Sprint("a stopped server answers\n", s.Log()))
}
