package serve

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
)

// Connections that HTTP keeps, in all and for one address. A browser and a boot
// loader need less than ten.
const (
	httpConnections = 2000
	httpPerClient   = 64
)

// connections are the HTTP connections that are open. What goes beyond a limit
// is closed at once: one client that opens many and says nothing keeps none of
// the others waiting.
type connections struct {
	mu       sync.Mutex
	open     map[net.Conn]netip.Addr
	byClient map[netip.Addr]int
}

func newConnections() *connections {
	return &connections{open: map[net.Conn]netip.Addr{}, byClient: map[netip.Addr]int{}}
}

// changed is an http.Server's ConnState. It counts without wrapping the
// connection, which would lose sendfile.
func (c *connections) changed(conn net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		if !c.admit(conn) {
			_ = conn.Close()
		}
	case http.StateClosed, http.StateHijacked:
		c.release(conn)
	}
}

func (c *connections) admit(conn net.Conn) bool {
	at, _ := netip.ParseAddrPort(conn.RemoteAddr().String())
	client := at.Addr().Unmap()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.open) >= httpConnections || c.byClient[client] >= httpPerClient {
		return false
	}
	c.open[conn] = client
	c.byClient[client]++
	return true
}

func (c *connections) release(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	client, ok := c.open[conn]
	if !ok {
		return
	}
	delete(c.open, conn)
	if c.byClient[client]--; c.byClient[client] == 0 {
		delete(c.byClient, client)
	}
}
