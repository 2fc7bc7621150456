package dhcpopts

// Codes of the options that boot machines, and of those that steer an answer.
const (
	OptPad         = 0
	OptHostName    = 12
	OptVendor      = 43
	OptOverload    = 52
	OptMessageType = 53
	OptServerID    = 54
	OptRequestList = 55
	OptMaxSize     = 57
	OptClass       = 60
	OptClientID    = 61
	OptTFTPServer  = 66
	OptBootFile    = 67
	OptUserClass   = 77
	OptRelayAgent  = 82
	OptClientArch  = 93
	OptInterfaceID = 94
	OptMachineID   = 97
	OptTFTPAddress = 150
	OptIPXE        = 175
	OptWDS         = 250
	OptWDSBCD      = 252
	OptEnd         = 255
)

// Area is the part of a DHCP message that an option stands in. Options spill
// from the options field into file and sname when option 52 says so (RFC 2132
// section 9.3).
type Area string

// The three places options can stand in, in reading order (RFC 2131 section 4.1).
const (
	InOptions Area = "options"
	InFile    Area = "file"
	InSName   Area = "sname"
)

// Option is one option as it stands on the wire.
type Option struct {
	Code uint8
	Data []byte // value; shorter than Length when the packet ends inside it
	// The next three are set by Parse and are zero in an option to be written.
	Offset int  // octets from the start of the DHCP message to the code
	Length int  // length octet as declared
	In     Area // where it stands
}
