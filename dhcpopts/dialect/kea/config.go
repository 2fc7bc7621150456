package kea

import (
	"net/netip"
)

// Config is what a kea-dhcp4.conf says about booting: the options and header
// fields of every scope, the classes, the reservations and the flex-option hook.
type Config struct {
	root     scope
	defs     []definition
	classes  []class
	byName   map[string]int // class by name
	networks []network
	hosts    []host // global reservations
	flex     []flexOption
}

// scope is any level that options and header fields can be set on.
type scope struct {
	nextServer netip.Addr
	sname      []byte
	file       []byte
	options    []optionData
	required   []string // require-client-classes
	guard      string   // client-class; "" lets everyone in
	lookup     lookup
}

// lookup says where reservations are searched; nil: as the level above says.
type lookup struct{ global, subnet *bool }

// optionData is one configured option, its value as the server will send it.
type optionData struct {
	code   uint8
	space  string
	value  []byte
	always bool
	// encapsulate names the space whose options of the same scope are packed
	// behind value.
	encapsulate string
}

// class is a client-class. One that is only required is evaluated when the
// client's subnet asks for it.
type class struct {
	scope
	name     string
	test     *expr // nil: only by reservation or hook
	required bool
	known    bool // waits for the host lookup
}

// network is a shared network, or the one around a lone subnet.
type network struct {
	scope
	subnets []subnet
}

type subnet struct {
	scope
	prefix netip.Prefix
	pools  []pool
	hosts  []host
}

type pool struct {
	scope
	low, high netip.Addr
}

// host is a reservation.
type host struct {
	scope
	mac, clientID []byte
	classes       []string
}

// flexOption is one entry of the flex-option hook.
type flexOption struct {
	code      uint8
	def       *definition // with csv-format: how the value's text is read
	action    string      // add, supersede, remove
	onlyClass string
	value     expr
}

// Parse reads a kea-dhcp4.conf as Kea 2.2.0 does, for what concerns booting.
// The error is an *Error and stands for what `kea-dhcp4 -t` refuses.
func Parse(text string) (*Config, error) {
	root, err := ParseJSON(text)
	if err != nil {
		return nil, err
	}
	l := &loader{conf: &Config{byName: map[string]int{}}}
	l.top(root)
	if l.err != nil {
		return nil, l.err
	}
	return l.conf, nil
}
