package lab

// Daemon is a DHCP server program: how it is run, how its config is checked,
// and how it says that it is ready. In the shell lines $1 is the program, $2
// the config file; the working directory is empty but for that file.
type Daemon struct {
	Name  string // as Need takes it
	file  string
	check string
	run   string
	ready string // in its log
	env   []string
}

// The servers, as Debian packages them.
var (
	// ISC is isc-dhcp-server. Its check before an offer, a ping of one second, is
	// the only thing turned off: nobody else lives on the cable.
	ISC = Daemon{
		Name: "dhcpd", file: "dhcpd.conf",
		check: `exec "$1" -t -cf "$2"`,
		run: `: > dhcpd.leases
printf 'ping-check false;\ninclude "%s";\n' "$PWD/$2" > lab.conf
"$1" -4 -f -d -cf lab.conf -lf dhcpd.leases --no-pid s0`,
		ready: "Server starting service.",
	}

	// Kea is kea-dhcp4-server.
	Kea = Daemon{
		Name: "kea-dhcp4", file: "kea-dhcp4.conf",
		check: `exec "$1" -t "$2"`,
		run:   `"$1" -c "$2"`,
		ready: "DHCP4_STARTED",
		env:   []string{"KEA_LOGGER_DESTINATION=stdout"},
	}

	// Dnsmasq is dnsmasq-base, without DNS and without its ping before an offer.
	Dnsmasq = Daemon{
		Name: "dnsmasq", file: "dnsmasq.conf",
		check: `exec "$1" --test --conf-file="$2"`,
		run: `"$1" --keep-in-foreground --log-facility=- --user=root --pid-file= --port=0 --no-resolv --no-hosts \
	--no-ping --dhcp-leasefile="$PWD/leases" --conf-file="$2"`,
		ready: "started, version",
	}

	// Udhcpd is busybox udhcpd. -a is its ARP probe before an offer, of 2 s.
	Udhcpd = Daemon{
		Name: "udhcpd", file: "udhcpd.conf",
		run:   `: > /var/lib/misc/udhcpd.leases; "$1" -f -a 1 "$2"`,
		ready: "started, v",
	}

	// Networkd is systemd-networkd with one .network file. It runs without
	// systemd as init when /run is its own and /sys is read-only; with /sys
	// writable it waits for udev. It wants to set the address itself: 252 tries
	// for ever to configure one that is there already.
	Networkd = Daemon{
		Name: "networkd", file: "10-s0.network",
		run: `mkdir -p /run/systemd/network /run/systemd/netif/links /run/systemd/netif/leases
chown -R systemd-network:systemd-network /run/systemd/netif
ip addr flush dev s0
cp "$2" /run/systemd/network/
mount -o remount,bind,ro /sys
"$1"`,
		ready: "DHCPv4 server: STARTED",
		env:   []string{"SYSTEMD_LOG_LEVEL=debug", "SYSTEMD_LOG_TARGET=console"},
	}

	// Dhcrelay is isc-dhcp-relay between the segments on s0, where the machines
	// are, and u0. Its config is the servers' addresses.
	Dhcrelay = Daemon{
		Name: "dhcrelay", file: "servers",
		run:   `"$1" -4 -d --no-pid -id s0 -iu u0 $(cat "$2")`,
		ready: "Socket/fallback",
	}
)
