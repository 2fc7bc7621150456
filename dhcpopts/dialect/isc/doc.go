// Package isc is the language of ISC dhcpd 4.4: it writes dhcpd.conf from a
// plan ([Target]), reads dhcpd.conf ([Parse]) and says what dhcpd would send to
// a client ([Config.Answer]).
//
// The reader is a model of the server, written from its source
// (common/conflex.c, common/parse.c, common/tree.c, common/options.c,
// server/confpars.c, server/dhcp.c of 4.4.3) and measured replies.
package isc
