package plan

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/goccy/go-yaml/ast"

	"pxekit/dhcpopts"
)

// options reads a rule's own options: code to value, or to a list of values
// where the option stands several times.
func (d decoder) options(n ast.Node, r *Rule) error {
	return d.each(n, "options", func(key string, k, value ast.Node) error {
		code, err := strconv.ParseUint(key, 10, 8)
		if err != nil || code == dhcpopts.OptPad || code == dhcpopts.OptEnd {
			return d.fail(k, "", "%q is not an option's number from 1 to 254", key)
		}
		if reserved(uint8(code)) {
			return d.fail(k, "leave it to the DHCP server", "option %d is about the lease or the message, not about booting", code)
		}
		return d.list(value, func(n ast.Node) error {
			data, err := d.optionValue(n)
			r.Options = append(r.Options, dhcpopts.Option{Code: uint8(code), Data: data})
			return err
		})
	})
}

// reserved reports whether an option is the DHCP server's own: the lease, and
// what frames the message.
func reserved(code uint8) bool {
	return dhcpopts.Lease(code) || code == dhcpopts.OptOverload || code == dhcpopts.OptRelayAgent
}

// optionValue reads {kind: value}; a list of addresses or numbers stands for
// their octets one after another.
func (d decoder) optionValue(n ast.Node) (data []byte, err error) {
	count := 0
	number := func(size int, limit uint64) func(ast.Node) error {
		return func(n ast.Node) error {
			return d.list(n, func(n ast.Node) error {
				v, err := d.number(n, "value", limit)
				data = append(data, binary.BigEndian.AppendUint64(nil, v)[8-size:]...)
				return err
			})
		}
	}
	kinds := keys{
		"ip": func(n ast.Node) error {
			return d.list(n, func(n ast.Node) error {
				a, err := d.optionAddress(n)
				data = append(data, a...)
				return err
			})
		},
		"hex": func(n ast.Node) (err error) {
			data, err = d.hex(n)
			return err
		},
		"text": func(n ast.Node) error {
			s, err := d.text(n, "text")
			data = []byte(s)
			return err
		},
		"u8":  number(1, math.MaxUint8),
		"u16": number(2, math.MaxUint16),
		"u32": number(4, math.MaxUint32),
	}
	if _, ok := n.(ast.MapNode); !ok {
		return nil, d.fail(n, "say its kind: {ip: 192.0.2.10}, {text: x}, {hex: b0 01 01}, {u8: 1}", "an option's value has no kind")
	}
	for key, read := range kinds {
		kinds[key] = func(n ast.Node) error { count++; return read(n) }
	}
	if err := d.object(n, "option value", kinds); err != nil {
		return nil, err
	}
	if count != 1 {
		return nil, d.fail(n, "one kind: {ip: 192.0.2.10}", "an option's value has %d kinds", count)
	}
	return data, nil
}

// optionAddress reads any IPv4 address: what an option may hold is its own
// affair.
func (d decoder) optionAddress(n ast.Node) ([]byte, error) {
	s, err := d.text(n, "ip")
	if err != nil {
		return nil, err
	}
	a, ok := parseIPv4(s)
	if !ok {
		return nil, d.fail(n, "", "ip: %q is not an IPv4 address", s)
	}
	return a.AsSlice(), nil
}
