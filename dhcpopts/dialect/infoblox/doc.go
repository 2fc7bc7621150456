// Package infoblox is Infoblox NIOS, whose DHCP server is ISC dhcpd under a
// database: what is typed into the Grid goes through its writer into
// dhcpd.conf. [Target] writes what to type, WAPI calls, CSV, Ansible and
// Terraform; a model of the writer, from Infoblox' document, says what dhcpd
// then reads, and package isc what it sends.
//
// Nothing here was run on an appliance: outputs print the line of dhcpd.conf to
// look for.
package infoblox
