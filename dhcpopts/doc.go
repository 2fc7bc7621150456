// Package dhcpopts is the bytes and the meaning of the DHCPv4 options that make
// machines boot from the network: the packet, the option table, processor
// architectures, PXE's option 43, what a client sends and what it is answered.
//
// Start with [Parse] to read a message, [Encode] to write one, and
// [Explain] to say in words what either holds.
//
// The package is pure: no sockets, files, clocks or logs.
package dhcpopts
