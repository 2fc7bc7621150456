package udhcpd

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"pxekit/dhcpopts"
)

// textMax is where udhcpd cuts text (common.c, udhcp_str2optset).
const textMax = 254

// kind is how a named option's value is read.
type kind uint8

const (
	kindText kind = iota
	kindAddr
	kindAddrs
	kindU8
	kindU16
	kindU32
	kindOther // routes, domain lists, 6rd: not about booting, and not read
)

// named are the options that udhcpd knows by name (common.c, dhcp_optflags).
var named = map[string]struct {
	code uint8
	kind kind
}{
	"subnet": {1, kindAddr}, "timezone": {2, kindU32}, "router": {3, kindAddrs}, "dns": {6, kindAddrs}, "lprsrv": {9, kindAddrs},
	"hostname": {12, kindText}, "bootsize": {13, kindU16}, "domain": {15, kindText}, "swapsrv": {16, kindAddr}, "rootpath": {17, kindText},
	"ipttl": {23, kindU8}, "mtu": {26, kindU16}, "broadcast": {28, kindAddr}, "routes": {33, kindOther}, "nisdomain": {40, kindText},
	"nissrv": {41, kindAddrs}, "ntpsrv": {42, kindAddrs}, "wins": {44, kindAddrs}, "lease": {51, kindU32}, "serverid": {54, kindAddr},
	"message": {56, kindText}, "vendor": {60, kindText}, "tftp": {66, kindText}, "bootfile": {67, kindText}, "tzstr": {100, kindText},
	"tzdbstr": {101, kindText}, "search": {119, kindOther}, "sipsrv": {120, kindOther}, "staticroutes": {121, kindOther},
	"vlanid": {132, kindU16}, "vlanpriority": {133, kindU8}, "pxeconffile": {209, kindText}, "pxepathprefix": {210, kindText},
	"reboottime": {211, kindU32}, "ip6rd": {212, kindOther}, "msstaticroutes": {249, kindOther}, "wpad": {252, kindText},
}

// readOption reads what follows "option": a name or number, and a value. good
// is false where udhcpd says it cannot parse the line, and goes on.
func (c *Config) readOption(s string) (good bool, err error) {
	name, value := token(s, " \t=:")
	if code, err := strconv.ParseUint(name, 0, 32); err == nil && code < 255 && !strings.Contains(name, "_") {
		v, err := raw(strings.TrimSpace(value))
		if err != nil || len(v) == 0 {
			return false, err
		}
		c.add(uint8(code), v, false)
		return true, nil
	}
	opt, known := named[name]
	switch {
	case !known:
		return false, fmt.Errorf("unknown option %q", name)
	case opt.kind == kindOther:
		return true, nil
	case opt.kind == kindAddrs:
		return c.addrs(opt.code, value), nil
	}
	word, _ := token(value, ", \t")
	v, good := parseWord(word, opt.kind)
	if good {
		c.add(opt.code, v, false)
	}
	return good, nil
}

// addrs adds addresses one by one, up to the first that is none.
func (c *Config) addrs(code uint8, value string) (good bool) {
	for {
		word, rest := token(value, ", \t")
		v, ok := parseWord(word, kindAddr)
		if !ok {
			return false // also behind the last one, as udhcpd has it
		}
		c.add(code, v, true)
		if strings.Trim(rest, ", \t") == "" {
			return true
		}
		value = rest
	}
}

// add keeps the first value of a code.
func (c *Config) add(code uint8, v []byte, list bool) {
	for i, o := range c.Options {
		if o.Code != code {
			continue
		}
		if list && len(o.Data)+len(v) < 255 {
			c.Options[i].Data = append(o.Data, v...)
		}
		return
	}
	c.Options = append(c.Options, dhcpopts.Option{Code: code, Data: v})
}

// token is strtok: what stands between the separators, and what follows one.
func token(s, separators string) (word, rest string) {
	s = strings.TrimLeft(s, separators)
	i := strings.IndexAny(s, separators)
	if i < 0 {
		return s, ""
	}
	return s[:i], s[i+1:]
}

func parseWord(word string, k kind) (v []byte, good bool) {
	if word == "" {
		return nil, false
	}
	size := map[kind]int{kindU8: 1, kindU16: 2, kindU32: 4}[k]
	switch {
	case size > 0:
		n, err := strconv.ParseInt(word, 0, 64)
		return binary.BigEndian.AppendUint32(nil, uint32(n))[4-size:], err == nil
	case k == kindAddr:
		a, err := netip.ParseAddr(word)
		if err != nil || !a.Is4() {
			return nil, false
		}
		return a.AsSlice(), true
	}
	return cut(word, textMax), true
}

// raw reads the value of a numeric option: text between quotes of either kind
// that stand at its ends, else hex.
func raw(s string) ([]byte, error) {
	if n := len(s); n >= 2 && (s[0] == '"' || s[0] == '\'') && s[n-1] == s[0] {
		return cut(s[1:n-1], textMax), nil
	}
	var v []byte
	for rest := s; rest != ""; {
		n := 1
		if len(rest) > 1 && rest[1] != ':' {
			n = 2
		}
		b, err := strconv.ParseUint(rest[:n], 16, 8)
		if err != nil || len(v) == 255 {
			return nil, fmt.Errorf("malformed hex string %q", s)
		}
		v = append(v, byte(b))
		rest = strings.TrimPrefix(rest[n:], ":")
	}
	return v, nil
}
