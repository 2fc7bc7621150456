package kea

import (
	"slices"
	"strings"

	"pxekit/dhcpopts"
)

// withHostName adds the option 12 with which Kea answers every client that names
// itself, asked for or not, in place of a configured one (dhcp4_srv.cc
// processHostnameOption).
func withHostName(options []dhcpopts.Option, c dhcpopts.Client) []dhcpopts.Option {
	name := hostName(c.HostName)
	if name == "" {
		return options
	}
	options = slices.DeleteFunc(options, func(o dhcpopts.Option) bool { return o.Code == dhcpopts.OptHostName })
	return append(options, dhcpopts.Option{Code: dhcpopts.OptHostName, Data: []byte(name)})
}

// hostName is what Kea 2.2.0 makes of a client's name with its default
// hostname-char-set: lower case, only letters, digits, dots and hyphens, and no
// closing dot behind a single label. "" for a name with an empty label or one of
// more than 63 octets, which Kea ignores; the root, which Kea replaces by a name
// made from the lease, is also "".
func hostName(sent []byte) string {
	name := strings.TrimSpace(string(trimNUL(sent)))
	for label := range strings.SplitSeq(strings.TrimSuffix(name, "."), ".") {
		if label == "" || len(label) > 63 {
			return ""
		}
	}
	name = strings.ToLower(strings.Map(inHostName, name))
	if strings.Count(name, ".") == 1 {
		name = strings.TrimSuffix(name, ".")
	}
	return name
}

func inHostName(r rune) rune {
	if r == '.' || r == '-' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' {
		return r
	}
	return -1
}
