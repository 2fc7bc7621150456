package isc

import (
	"net/netip"

	"pxekit/dhcpopts"
)

// Config is a dhcpd.conf that dhcpd accepts.
type Config struct {
	root     *group
	networks []*network
	classes  []*class
	hosts    []*host
	spaces   map[string]*space
}

// group is a scope: its statements, and the scope around it.
type group struct {
	outer      *group
	statements []statement
	network    *network // set on the groups inside a shared network
	subnet     *subnet
}

func (g *group) inner() *group { return &group{outer: g, network: g.network, subnet: g.subnet} }

// network is a shared network; a subnet outside one has its own.
type network struct {
	group   *group
	subnets []*subnet
	pools   []*pool
}

type subnet struct {
	prefix netip.Prefix
	group  *group
}

// pool is a set of ranges with permissions.
type pool struct {
	group       *group
	first       netip.Addr // lowest address of the first range
	allow, deny []permit
}

// permit is one entry of a pool's allow or deny list.
type permit struct {
	what  string // "known-clients", "unknown-clients", "all clients", "members", "other"
	class string
}

type class struct {
	name       string
	group      *group
	match      *expr // match if
	submatch   *expr // match, spawn with
	subclasses []*subclass
}

type subclass struct {
	value []byte
	group *group
}

type host struct {
	name     string
	group    *group
	hardware []byte
	clientID *expr
	fixed    []netip.Addr
}

func newConfig() *Config { return &Config{root: &group{}} }

// Parse reads a dhcpd.conf. It refuses what "dhcpd -t" refuses, with dhcpd's
// first message, as a *[SyntaxError]. An include statement is an error too:
// Parse reads no files.
func Parse(text string) (*Config, error) {
	p := newParser(text)
	p.block(scopeRoot, p.config.root, nil)
	if p.lex.err != nil {
		return nil, p.lex.err
	}
	p.config.spaces = p.spaces
	return p.config, nil
}

// Answer is what dhcpd sends to a client, as an offer or as what the client's
// message asks for; empty when dhcpd stays silent. A client behind no relay and
// without an address is taken to be on the first network of the file.
func (c *Config) Answer(client dhcpopts.Client) dhcpopts.Answer {
	r, ok := c.reply(client)
	if !ok {
		return dhcpopts.Answer{}
	}
	return r.answer()
}
