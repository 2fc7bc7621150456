package dnsmasq

import "strings"

// kind is how dnsmasq reads the value of an option it knows by number
// (dhcp-common.c, opttab).
type kind uint8

const (
	kindAny      kind = iota // by the look of the text
	kindAddrs                // addresses only
	kindName                 // always text
	kindDomains              // RFC 1035 names
	kindTime                 // seconds, with a unit
	kindInternal             // refused by name, as dnsmasq sets it itself
)

// known is a row of the table: size is the width of a number, 0 when free.
type known struct {
	name string
	kind kind
	size int
}

// table is by option code. internal rows that are addresses or names keep the
// rule for their value; dnsmasq only refuses their names.
var table = map[int]known{
	1: {"netmask", kindAddrs, 0}, 2: {"time-offset", kindAny, 4}, 3: {"router", kindAddrs, 0}, 6: {"dns-server", kindAddrs, 0},
	7: {"log-server", kindAddrs, 0}, 9: {"lpr-server", kindAddrs, 0}, 12: {"hostname", kindName, 0}, 13: {"boot-file-size", kindAny, 2},
	15: {"domain-name", kindName, 0}, 16: {"swap-server", kindAddrs, 0}, 17: {"root-path", kindName, 0}, 18: {"extension-path", kindName, 0},
	19: {"ip-forward-enable", kindAny, 1}, 20: {"non-local-source-routing", kindAny, 1}, 21: {"policy-filter", kindAddrs, 0},
	22: {"max-datagram-reassembly", kindAny, 2}, 23: {"default-ttl", kindAny, 1}, 26: {"mtu", kindAny, 2}, 27: {"all-subnets-local", kindAny, 1},
	28: {"broadcast", kindAddrs, 0}, 31: {"router-discovery", kindAny, 1}, 32: {"router-solicitation", kindAddrs, 0}, 33: {"static-route", kindAddrs, 0},
	34: {"trailer-encapsulation", kindAny, 1}, 35: {"arp-timeout", kindAny, 4}, 36: {"ethernet-encap", kindAny, 1}, 37: {"tcp-ttl", kindAny, 1},
	38: {"tcp-keepalive", kindAny, 4}, 40: {"nis-domain", kindName, 0}, 41: {"nis-server", kindAddrs, 0}, 42: {"ntp-server", kindAddrs, 0},
	43: {"vendor-encap", kindInternal, 0}, 44: {"netbios-ns", kindAddrs, 0}, 45: {"netbios-dd", kindAddrs, 0}, 46: {"netbios-nodetype", kindAny, 1},
	47: {"netbios-scope", kindAny, 0}, 48: {"x-windows-fs", kindAddrs, 0}, 49: {"x-windows-dm", kindAddrs, 0}, 50: {"requested-address", kindAddrs, 0},
	51: {"lease-time", kindTime, 0}, 52: {"option-overload", kindInternal, 0}, 53: {"message-type", kindInternal, 0}, 54: {"server-identifier", kindAddrs, 0},
	55: {"parameter-request", kindInternal, 0}, 56: {"message", kindInternal, 0}, 57: {"max-message-size", kindInternal, 0}, 58: {"T1", kindTime, 0},
	59: {"T2", kindTime, 0}, 60: {"vendor-class", kindAny, 0}, 61: {"client-id", kindInternal, 0}, 64: {"nis+-domain", kindName, 0},
	65: {"nis+-server", kindAddrs, 0}, 66: {"tftp-server", kindName, 0}, 67: {"bootfile-name", kindName, 0}, 68: {"mobile-ip-home", kindAddrs, 0},
	69: {"smtp-server", kindAddrs, 0}, 70: {"pop3-server", kindAddrs, 0}, 71: {"nntp-server", kindAddrs, 0}, 74: {"irc-server", kindAddrs, 0},
	77: {"user-class", kindAny, 0}, 80: {"rapid-commit", kindAny, 0}, 81: {"FQDN", kindInternal, 0}, 82: {"agent-id", kindInternal, 0},
	93: {"client-arch", kindAny, 2}, 94: {"client-interface-id", kindAny, 0}, 97: {"client-machine-id", kindAny, 0}, 100: {"posix-timezone", kindName, 0},
	101: {"tzdb-timezone", kindName, 0}, 108: {"ipv6-only", kindAny, 4}, 118: {"subnet-select", kindInternal, 0}, 119: {"domain-search", kindDomains, 0},
	120: {"sip-server", kindAny, 0}, 121: {"classless-static-route", kindAny, 0}, 125: {"vendor-id-encap", kindAny, 0},
	150: {"tftp-server-address", kindAddrs, 0}, 255: {"server-ip-address", kindAddrs, 0},
}

// refusedByName are the options "option:NAME" is refused for, beside those of
// kindInternal.
var refusedByName = map[int]bool{12: true, 28: true, 50: true, 51: true, 54: true}

// byName finds an option by dnsmasq's name for it, case ignored.
func byName(name string) (code int, ok bool) {
	for code, k := range table {
		if strings.EqualFold(k.name, name) {
			return code, true
		}
	}
	return 0, false
}

// The keywords of dnsmasq 2.90 by what they take (option.c, opts).
var (
	takesNothing = words(`version no-hosts no-poll help no-daemon bogus-priv selfmx filterwin2k filter-A filter-AAAA strict-order no-resolv
		expand-hosts localmx no-negcache no-round-robin domain-needed bind-interfaces read-ethers keep-in-foreground dhcp-authoritative
		localise-queries no-ping leasefile-ro script-on-renewal clear-on-reload tftp-secure tftp-no-fail tftp-lowercase tftp-single-port
		tftp-no-blocksize log-dhcp dhcp-no-override stop-dns-rebind rebind-localhost-ok all-servers dhcp-fqdn test strip-mac strip-subnet
		proxy-dnssec conntrack dhcp-client-update dhcp-sequential-ip dhcp-ignore-clid enable-ra bind-dynamic dnssec dnssec-debug
		dnssec-no-timecheck quiet-dhcp quiet-dhcp6 quiet-ra dns-loop-detect script-arp dhcp-rapid-commit log-debug quiet-tftp no-ident`)
	takesValue = words(`servers-file mx-host mx-target port dhcp-lease dhcp-host dhcp-range dhcp-option dhcp-boot domain domain-suffix interface
		listen-address bogus-nxdomain ignore-address filter-rr server rev-server local address conf-script local-ttl cache-rr addn-hosts hostsdir
		query-port except-interface no-dhcp-interface no-dhcpv4-interface no-dhcpv6-interface dhcp-lease-max alias dhcp-vendorclass dhcp-userclass
		dhcp-ignore edns-packet-max srv-host txt-record caa-record dns-rr dhcp-mac dhcp-script conf-dir log-facility dns-forward-max tftp-root
		tftp-max tftp-mtu ptr-record naptr-record bridge-interface shared-network dhcp-option-force dhcp-circuitid dhcp-remoteid dhcp-subscrid
		dhcp-pxe-vendor interface-name dhcp-hostsfile dhcp-optsfile dhcp-hostsdir dhcp-optsdir tftp-port-range rebind-domain-ok dhcp-match
		dhcp-name-match neg-ttl max-ttl min-cache-ttl max-cache-ttl dhcp-scriptuser min-port max-port cname pxe-prompt pxe-service tag-if
		add-cpe-id dhcp-luascript dhcp-duid host-record auth-zone auth-server auth-ttl auth-soa auth-sec-servers auth-peer ipset nftset
		connmark-allowlist synth-domain trust-anchor dnssec-timestamp dnssec-limits dhcp-relay ra-param dhcp-ttl dhcp-reply-delay dumpfile
		dumpmask dynamic-host port-limit max-tcp-connections`)
	mayTakeValue = words(`log-queries user group resolv-file cache-size dhcp-leasefile local-service pid-file conf-file enable-dbus enable-ubus
		bootp-dynamic dhcp-ignore-names enable-tftp tftp-unique-root log-async dhcp-broadcast dhcp-alternate-port dhcp-proxy dhcp-generate-names
		add-mac add-subnet connmark-allowlist-enable dnssec-check-unsigned umbrella fast-dns-retry use-stale-cache`)
	onlyOnce = words(`user group servers-file mx-target cache-size port dhcp-leasefile dhcp-lease local-service pid-file local-ttl query-port
		dhcp-lease-max edns-packet-max enable-dbus enable-ubus dhcp-script log-facility dns-forward-max tftp-max tftp-mtu log-async
		tftp-port-range neg-ttl max-ttl min-cache-ttl max-cache-ttl dhcp-alternate-port dhcp-scriptuser min-port max-port add-subnet add-cpe-id
		dhcp-duid auth-server auth-ttl auth-soa connmark-allowlist-enable dnssec-timestamp dnssec-limits dhcp-ttl dhcp-reply-delay dumpfile
		dumpmask umbrella port-limit fast-dns-retry use-stale-cache max-tcp-connections`)
)

func words(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}
