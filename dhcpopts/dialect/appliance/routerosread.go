package appliance

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
)

// rosQuote writes a string by RouterOS's rules ("Scripting: Constant Escape
// Sequences"): \\ \" \$ \? for the characters that mean something, and \HH, in
// capital hex digits, for any octet.
func rosQuote(v []byte) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range v {
		switch {
		case strings.IndexByte(`\"$?`, c) >= 0:
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\%02X`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String() + `"`
}

// rosEscapes are the letters that stand for another octet behind a backslash.
var rosEscapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', '_': ' ', 'a': 7, 'b': 8, 'f': 12, 'v': 11}

// rosString reads what follows an opening quote and returns the rest of the
// line.
func rosString(s string) (value, rest string, err error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:], nil
		case s[i] == '$':
			return "", "", errors.New("$ begins the name of a variable")
		case s[i] != '\\':
			b.WriteByte(s[i])
			continue
		}
		i++
		if i == len(s) {
			break
		}
		if i+1 < len(s) {
			if octet, err := strconv.ParseUint(s[i:i+2], 16, 8); err == nil && strings.ToUpper(s[i:i+2]) == s[i:i+2] {
				b.WriteByte(byte(octet))
				i++
				continue
			}
		}
		if c, ok := rosEscapes[s[i]]; ok {
			b.WriteByte(c)
			continue
		}
		if strings.IndexByte(`\"$?`, s[i]) < 0 {
			return "", "", fmt.Errorf("unknown escape \\%c", s[i])
		}
		b.WriteByte(s[i])
	}
	return "", "", errors.New("the quote is not closed")
}

// rosCommand splits a line into its menu and its parameters.
func rosCommand(line string) (menu string, params map[string]string, err error) {
	params = map[string]string{}
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimLeft(line, " ") {
		if rest, ok := strings.CutPrefix(line, "["); ok {
			_, line, _ = strings.Cut(rest, "]")
			continue
		}
		end := strings.IndexAny(line, " =")
		if end < 0 {
			end = len(line)
		}
		word := line[:end]
		line = line[end:]
		if !strings.HasPrefix(line, "=") {
			menu += " " + word
			continue
		}
		line = line[1:]
		if rest, ok := strings.CutPrefix(line, `"`); ok {
			if params[word], line, err = rosString(rest); err != nil {
				return "", nil, err
			}
			continue
		}
		params[word], line, _ = strings.Cut(line, " ")
	}
	return strings.TrimSpace(menu), params, nil
}

// rosConfig is what the commands leave behind.
type rosConfig struct {
	head     dhcpopts.Answer
	all      []dhcpopts.Option // of the network, for clients that request them
	matchers []rosRule
}

// readROS runs the commands of a text.
func readROS(text string) (rosConfig, error) {
	var cfg rosConfig
	options := map[string]dhcpopts.Option{}
	sets := map[string][]dhcpopts.Option{}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		menu, p, err := rosCommand(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return cfg, fmt.Errorf("routeros: line %q: %w", line, err)
		}
		switch strings.TrimPrefix(menu, "/ip dhcp-server ") {
		case "option add":
			var code uint64
			o := dhcpopts.Option{}
			if code, err = strconv.ParseUint(p["code"], 10, 8); err == nil {
				o.Code = uint8(code)
				o.Data, err = rosValue(p["value"])
			}
			options[p["name"]] = o
		case "option sets add":
			for _, name := range strings.Split(p["options"], ",") {
				if o, ok := options[name]; ok {
					sets[p["name"]] = append(sets[p["name"]], o)
				}
			}
		case "matcher add":
			cfg.matchers = append(cfg.matchers, rosRule{classes: []string{p["value"]}, options: sets[p["option-set"]]})
		case "network set":
			cfg.head.File = []byte(p["boot-file-name"])
			cfg.head.SIAddr, _ = netip.ParseAddr(p["next-server"])
			cfg.all = sets[p["dhcp-option-set"]]
		}
		if err != nil {
			return cfg, fmt.Errorf("routeros: line %q: %w", line, err)
		}
	}
	return cfg, nil
}

func (cfg rosConfig) answer(c dhcpopts.Client) dhcpopts.Answer {
	a := requested(dhcpopts.Answer{SIAddr: cfg.head.SIAddr, File: cfg.head.File, Options: cfg.all}, c)
	for _, m := range cfg.matchers {
		if strings.Contains(string(c.VendorClass), m.classes[0]) {
			a.Options = m.options
			break
		}
	}
	return a
}

// rosValue makes octets of an option's value ("Manual:IP/DHCP Server, DHCP
// Options", from 6.8): 0xHEX, 'text' (an address or a number when it looks like
// one), s'text' (text in any case), joined as they stand.
func rosValue(s string) ([]byte, error) {
	var value []byte
	for s != "" {
		if rest, ok := strings.CutPrefix(s, "0x"); ok {
			n := len(rest) - len(strings.TrimLeft(rest, "0123456789abcdefABCDEF"))
			octets, err := hex.DecodeString(rest[:n])
			if err != nil {
				return nil, fmt.Errorf("%q is not hex of whole octets", rest[:n])
			}
			value, s = append(value, octets...), rest[n:]
			continue
		}
		rest, asText := strings.CutPrefix(s, "s'")
		if !asText {
			var ok bool
			if rest, ok = strings.CutPrefix(s, "'"); !ok {
				return nil, fmt.Errorf("%q is none of 0xHEX, 'text' and s'text'", s)
			}
		}
		text, after, found := strings.Cut(rest, "'")
		if !found {
			return nil, errors.New("the quote is not closed")
		}
		value, s = append(value, rosPiece(text, asText)...), after
	}
	return value, nil
}

// rosPiece is one quoted piece: without s an address is four octets and a
// number one.
func rosPiece(text string, asText bool) []byte {
	if addr, err := netip.ParseAddr(text); err == nil && addr.Is4() && !asText {
		return addr.AsSlice()
	}
	if n, err := strconv.ParseUint(text, 10, 8); err == nil && !asText {
		return []byte{byte(n)}
	}
	return []byte(text)
}

func spellRouterOS(code uint8, value []byte) (dialect.Spelling, error) {
	if err := fits(code, value); err != nil {
		return dialect.Spelling{}, err
	}
	return dialect.Spelling{
		Text:  fmt.Sprintf("/ip dhcp-server option add name=option%d code=%d value=0x%x", code, code, value),
		Where: "at the command line", Sent: value, Note: "print detail shows raw-value, the octets that are sent",
	}, nil
}

// readRouterOSValue reads a whole command, or the text of value=.
func readRouterOSValue(_ uint8, typed string) (dialect.Reading, error) {
	value := typed
	if _, rest, found := strings.Cut(typed, "value="); found {
		value = rest
	}
	var err error
	if rest, ok := strings.CutPrefix(value, `"`); ok {
		value, _, err = rosString(rest)
	}
	r := dialect.Reading{Evidence: dialect.Documented}
	if err == nil {
		r.Sent, err = rosValue(value)
	}
	if err != nil {
		return dialect.Reading{}, fmt.Errorf("%q: %w", typed, err)
	}
	return r, nil
}
