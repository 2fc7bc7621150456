package appliance

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"pxekit/dhcpopts"
)

// quotedWords splits a line at blanks; a word in double quotes may hold blanks.
// No character inside the quotes is special but the closing one: the rule that
// Cisco's and HPE's references give for strings with white space.
func quotedWords(line string) ([]string, error) {
	var words []string
	for {
		line = strings.TrimLeft(line, " \t")
		if line == "" {
			return words, nil
		}
		if line[0] == '"' {
			word, rest, found := strings.Cut(line[1:], `"`)
			if !found {
				return words, errors.New("the quote is not closed")
			}
			words, line = append(words, word), rest
			continue
		}
		end := strings.IndexAny(line, " \t")
		if end < 0 {
			end = len(line)
		}
		words, line = append(words, line[:end]), line[end:]
	}
}

// bare reports whether a value is one word that no command line takes for more
// than text: no blank, no quote, no question mark (it asks for help on the spot),
// nothing outside printable ASCII.
func bare(v []byte) bool {
	return len(v) > 0 && printable(v) && !strings.ContainsAny(string(v), " \"'?`|;#!$%&<>(){}[]*~^,")
}

// readOption reads "option CODE KIND VALUE…", the form that most command lines
// share.
func readOption(words []string, a *dhcpopts.Answer) error {
	if len(words) < 4 || words[0] != "option" {
		return errors.New("not an option line")
	}
	code, err := strconv.ParseUint(words[1], 10, 8)
	if err != nil {
		return fmt.Errorf("option code %q is not a number from 0 to 255", words[1])
	}
	value, err := readValue(words[2], words[3:])
	if err == nil {
		a.Options = append(a.Options, dhcpopts.Option{Code: uint8(code), Data: value})
	}
	return err
}

// nextServer and bootfile are the lines of siaddr and of the header field file
// that several makers share.
func nextServer(a netip.Addr) string { return "next-server " + a.String() }

func bootfile(b []byte) (string, error) {
	if !bare(b) {
		return "", fmt.Errorf("bootfile takes one plain word, not %q", b)
	}
	return "bootfile " + string(b), nil
}

// readPoolLine reads next-server, bootfile and option.
func readPoolLine(words []string, a *dhcpopts.Answer) error {
	switch {
	case len(words) == 2 && words[0] == "next-server":
		return readAddr(words[1], a)
	case len(words) == 2 && words[0] == "bootfile":
		a.File = []byte(words[1])
		return nil
	}
	return readOption(words, a)
}

func readValue(kind string, words []string) ([]byte, error) {
	switch kind {
	case "ascii", "string":
		if len(words) > 1 {
			return nil, fmt.Errorf("%q is more than one word", strings.Join(words, " "))
		}
		return []byte(words[0]), nil
	case "hex", "hex-string":
		digits := strings.NewReplacer(".", "", ":", "").Replace(strings.Join(words, ""))
		value, err := hex.DecodeString(digits)
		if err != nil {
			return nil, fmt.Errorf("%q is not hex", strings.Join(words, " "))
		}
		return value, nil
	case "ip", "ip-address":
		var value []byte
		for _, w := range words {
			addr, err := netip.ParseAddr(w)
			if err != nil || !addr.Is4() {
				return nil, fmt.Errorf("%q is not an IPv4 address", w)
			}
			value = append(value, addr.AsSlice()...)
		}
		return value, nil
	}
	return nil, fmt.Errorf("unknown kind of value %q", kind)
}

// readAddr reads the address of a next-server line into siaddr.
func readAddr(word string, a *dhcpopts.Answer) error {
	addr, err := netip.ParseAddr(word)
	if err != nil || !addr.Is4() {
		return fmt.Errorf("%q is not an IPv4 address", word)
	}
	a.SIAddr = addr
	return nil
}

// fits refuses a value that one option cannot hold: none of these servers is
// said to split longer ones (RFC 3396).
func fits(code uint8, v []byte) error {
	if len(v) == 0 || len(v) > 255 {
		return fmt.Errorf("option %d holds 1 to 255 octets, not %d", code, len(v))
	}
	return nil
}

// tooLong is the error for a value that does not fit a line.
func tooLong(what string, limit int) error {
	return fmt.Errorf("%s is longer than the %d characters that this command takes", what, limit)
}

// mask is the dotted network mask of a prefix.
func mask(p netip.Prefix) string {
	bits := ^uint32(0) << (32 - p.Bits())
	return netip.AddrFrom4([4]byte{byte(bits >> 24), byte(bits >> 16), byte(bits >> 8), byte(bits)}).String()
}

// ofNetworks names the networks that a text without a place for them is for.
func ofNetworks(scopes []netip.Prefix) string {
	var names []string
	for _, n := range scopes {
		names = append(names, n.Masked().String())
	}
	if names == nil {
		return ""
	}
	return ", for " + strings.Join(names, ", ")
}

// network is the address of a prefix without host bits, which names pools.
func network(p netip.Prefix) string { return p.Masked().Addr().String() }

// undoWith takes a line back with a word of negation and the words that name
// the setting.
func undoWith(no string) func(line string) string {
	return func(line string) string {
		words := strings.Fields(line)
		if words[0] == "option" {
			return no + " option " + words[1]
		}
		return no + " " + words[0]
	}
}
