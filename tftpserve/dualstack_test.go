package tftpserve_test

import (
	"fmt"
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	. "pxekit/tftpserve"
)

// A socket for both families answers IPv4 clients from its own port as well: with
// ERRORs, and under SinglePort with all.
func TestBothFamilies(t *testing.T) {
	for _, server := range []string{"127.0.0.1", "127.0.0.2", "::1"} {
		for _, single := range []bool{false, true} {
			t.Run(fmt.Sprint(server, " single port ", single), func(t *testing.T) {
				f := start(t, "[::]:0", func(f *fixture) { f.SinglePort = single })
				f.put("a", []byte("abc"))
				to := &net.UDPAddr{IP: net.ParseIP(server), Port: int(f.addr.Port())}
				conn, err := net.DialUDP("udp", nil, to)
				require.NoError(t, err)
				require.NoError(t, conn.Close())
				conn, err = net.ListenUDP("udp", &net.UDPAddr{IP: conn.LocalAddr().(*net.UDPAddr).IP})
				require.NoError(t, err)
				defer conn.Close()
				r := &raw{t: t, conn: conn}
				r.send(to, "\x00\x01none\x00octet\x00")
				require.Equal(t, "\x00\x05\x00\x01file not found\x00", r.next(soon))
				require.Equal(t, to.String(), r.from.String())
				r.send(to, "\x00\x01a\x00octet\x00")
				require.Equal(t, "\x00\x03\x00\x01abc", r.next(soon))
				require.Equal(t, server, r.from.IP.String())
				r.send(r.from, "\x00\x04\x00\x01")
				require.True(t, f.told(Finished).Outcome.Complete)
			})
		}
	}
}
