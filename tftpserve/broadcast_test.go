package tftpserve_test

import (
	"fmt"
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	. "pxekit/tftpserve"
)

// A request that was sent to everyone in a network is answered by nobody (RFC
// 1123 section 4.2.3.5).
func TestBroadcastRequest(t *testing.T) {
	everyone := net.IPv4(127, 255, 255, 255)
	for _, address := range []string{"0.0.0.0:0", "[::]:0"} {
		for _, single := range []bool{false, true} {
			t.Run(fmt.Sprint(address, " single port ", single), func(t *testing.T) {
				f := start(t, address, func(f *fixture) { f.SinglePort = single })
				f.put("a", []byte("abc"))
				conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
				require.NoError(t, err)
				defer conn.Close()
				r := &raw{t: t, conn: conn}
				port := int(f.addr.Port())
				r.send(&net.UDPAddr{IP: everyone, Port: port}, "\x00\x01a\x00octet\x00")
				r.send(&net.UDPAddr{IP: everyone, Port: port}, "\x00\x01none\x00octet\x00")
				r.send(&net.UDPAddr{IP: net.IPv4(127, 0, 0, 2), Port: port}, "\x00\x01a\x00octet\x00")
				require.Equal(t, "\x00\x03\x00\x01abc", r.next(soon))
				r.send(r.from, "\x00\x04\x00\x01")
				require.Equal(t, "127.0.0.2", f.told(Finished).Local.String())
				require.Zero(t, f.count(func(e Event) bool { return e.Kind == Refused }))
			})
		}
	}
}
