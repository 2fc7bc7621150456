// Package udhcpd reads udhcpd.conf and says what busybox udhcpd sends: a model
// of version 1.35, written from its source (networking/udhcp/dhcpd.c, common.c,
// libbb/parse_config.c) and held to captured replies.
//
// udhcpd has no conditions: every client gets the same. Names are not resolved.
package udhcpd

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"pxekit/dhcpopts"
)

// Config is what a udhcpd.conf says about booting.
type Config struct {
	SIAddr   netip.Addr
	SName    string
	BootFile string
	// Options are in the order of their codes, one each: the first line of the
	// file counts, but addresses of a list are added up.
	Options []dhcpopts.Option
	// Warnings are the lines that udhcpd passes over with a word.
	Warnings []string
}

// Sizes of header fields without their closing NUL, and of the options field
// (common.h).
const (
	snameMax   = 63
	fileMax    = 127
	optionsMax = 308
)

// Parse reads a udhcpd.conf. The error is for what ends the daemon: a numeric
// option whose value is neither hex nor quoted, an option name it does not know.
func Parse(text string) (*Config, error) {
	c := &Config{}
	for no, rest := 0, text; rest != ""; {
		var line string
		line, no, rest = joined(no, rest)
		key, value, ok := words(line)
		if !ok {
			continue
		}
		good, err := c.read(strings.ToLower(key), value)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", no, err)
		}
		if !good {
			c.Warnings = append(c.Warnings, fmt.Sprintf("can't parse line %d", no))
		}
	}
	slices.SortStableFunc(c.Options, func(a, b dhcpopts.Option) int { return int(a.Code) - int(b.Code) })
	return c, nil
}

// joined takes a line and those it goes on in: a backslash before the end of a
// line takes the next one in.
func joined(no int, text string) (line string, last int, rest string) {
	for {
		part, next, _ := strings.Cut(text, "\n")
		no++
		text = next
		body, more := strings.CutSuffix(part, `\`)
		line += body
		if !more || text == "" {
			return line, no, text
		}
	}
}

// words splits a line in keyword and value. A # ends the line wherever it
// stands; quotes and backslashes mean nothing here.
func words(line string) (key, value string, ok bool) {
	line, _, _ = strings.Cut(line, "\x00")
	line, _, _ = strings.Cut(line, "#")
	line = strings.Trim(line, " \t")
	i := strings.IndexAny(line, " \t")
	if i < 0 {
		return "", "", false
	}
	return line[:i], strings.Trim(line[i:], " \t"), true
}

func (c *Config) read(key, value string) (good bool, err error) {
	switch key {
	case "siaddr":
		a, err := netip.ParseAddr(value)
		if err != nil || !a.Is4() {
			c.SIAddr = netip.Addr{}
			return false, nil
		}
		c.SIAddr = a
	case "sname":
		c.SName = value
	case "boot_file":
		c.BootFile = value
	case "option", "opt":
		return c.readOption(value)
	}
	return true, nil
}

// Answer is what every client gets, whatever it asks for. An option that does
// not fit the options field is left out.
func (c *Config) Answer(dhcpopts.Client) dhcpopts.Answer {
	a := dhcpopts.Answer{SIAddr: c.SIAddr, SName: cut(c.SName, snameMax), File: cut(c.BootFile, fileMax)}
	used := 3 + 6 + 6 // message type, server identifier, lease time
	for _, o := range c.Options {
		if used+2+len(o.Data)+1 >= optionsMax {
			continue
		}
		used += 2 + len(o.Data)
		if !dhcpopts.Lease(o.Code) {
			a.Options = append(a.Options, o)
		}
	}
	return a
}

func cut(s string, limit int) []byte { return []byte(s[:min(len(s), limit)]) }
