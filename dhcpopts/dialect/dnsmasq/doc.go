// Package dnsmasq is the language of dnsmasq.conf: [Parse] reads it,
// [Config.Reply] says what dnsmasq sends to a client, [Target] writes a plan
// in it.
//
// The reader is a model of dnsmasq 2.90, written from its source (option.c,
// rfc2131.c, dhcp-common.c) and held to captured replies. It covers what decides
// a boot answer. What it leaves out: leases and addresses, DHCPv6, BOOTP without
// option 53, the files that conf-file, conf-dir, dhcp-hostsfile and
// dhcp-optsfile name, and names that only DNS can resolve.
package dnsmasq
