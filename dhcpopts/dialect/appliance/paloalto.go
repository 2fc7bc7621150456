package appliance

import (
	"errors"

	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// ErrPaloAlto says why there is no text for PAN-OS. Its DHCP server offers
// user-defined options but no next-server and no header file field, does not
// speak BOOTP, and leaves options out of the DHCPACK that the client did not
// request (PAN-OS Administrator's Guide, "DHCP Options" and "DHCP Messages").
var ErrPaloAlto = errors.New("paloalto: the DHCP server of PAN-OS has no next-server and no boot file field, and its DHCPACK carries " +
	"only the options that a client requests: many boot ROMs find no server; let a proxyDHCP server beside it answer (pxekit serve), " +
	"or relay DHCP to a server that can")

// PaloAlto is PAN-OS, which cannot boot machines by itself.
var PaloAlto = dialect.Target{
	Name:  "paloalto",
	Title: "Palo Alto PAN-OS",
	Write: func(*plan.Plan, dialect.Request) (dialect.Output, error) {
		return dialect.Output{}, ErrPaloAlto
	},
	Support: cannot("no next-server, no header file; use proxyDHCP", dialect.Features...),
}
