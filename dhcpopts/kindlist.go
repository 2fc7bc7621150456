package dhcpopts

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// formatCodes writes option numbers with their names: "66 TFTP server name".
func formatCodes(b []byte) string {
	list := make([]string, len(b))
	for i, code := range b {
		list[i] = codeTexts[code]
	}
	return strings.Join(list, ", ")
}

// codeTexts has every option number with its name.
var codeTexts = func() (texts [256]string) {
	for i := range texts {
		texts[i] = fmt.Sprintf("%d %s", i, strings.ReplaceAll(LookupOption(uint8(i)).Name, ",", ""))
	}
	return texts
}()

func parseCodes(s string) (b []byte, err error) {
	for _, item := range items(s) {
		code, err := strconv.ParseUint(firstWord(item), 10, 8)
		if err != nil {
			return nil, fmt.Errorf("%q is not an option number from 0 to 255", item)
		}
		b = append(b, uint8(code))
	}
	return b, nil
}

// formatArchList writes types with their names: "7 efi-x64, 0 bios".
func formatArchList(b []byte) string {
	var list []string
	for ; len(b) >= 2; b = b[2:] {
		a := Arch(binary.BigEndian.Uint16(b))
		text := strconv.Itoa(int(a))
		if a.Registered() {
			text += " " + a.String()
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

func parseArchList(s string) (b []byte, err error) {
	for _, item := range items(s) {
		a, _, err := ParseArch(firstWord(item))
		if err != nil {
			return nil, err
		}
		b = binary.BigEndian.AppendUint16(b, uint16(a))
	}
	return b, nil
}

// counted marks the RFC 3004 form of a user class in text; iPXE's bare form is
// plain text.
const counted = "counted: "

func formatUserClass(b []byte) string {
	classes, ok := UserClasses(b)
	if !ok {
		return SafeText(b)
	}
	list := make([]string, len(classes))
	for i, class := range classes {
		list[i] = strings.ReplaceAll(SafeText(class), ",", "<2c>")
	}
	return counted + strings.Join(list, ", ")
}

// UserClasses splits option 77 into RFC 3004's counted strings. It reports false
// for any other form, such as iPXE's four bare octets "iPXE".
func UserClasses(b []byte) (classes [][]byte, ok bool) {
	for len(b) > 0 {
		n := int(b[0])
		if n == 0 || n > len(b)-1 {
			return nil, false
		}
		classes = append(classes, b[1:1+n])
		b = b[1+n:]
	}
	return classes, len(classes) > 0
}

func parseUserClass(s string) (b []byte, err error) {
	list, ok := strings.CutPrefix(s, counted)
	if !ok {
		return ParseSafeText(s), nil
	}
	for _, item := range items(list) {
		class := ParseSafeText(item)
		if len(class) == 0 || len(class) > optionMax {
			return nil, fmt.Errorf("%q: a counted class has 1 to 255 octets", item)
		}
		b = append(append(b, uint8(len(class))), class...)
	}
	if len(b) == 0 {
		return nil, fmt.Errorf("%q names no class", s)
	}
	return b, nil
}

// formatRoutes writes "10.0.0.0/8 via 10.0.0.1, …".
func formatRoutes(b []byte) string {
	var list []string
	for len(b) > 0 {
		bits := int(b[0])
		octets := (bits + 7) / 8
		if bits > 32 || len(b) < 1+octets+4 {
			return ""
		}
		var net [4]byte
		copy(net[:], b[1:1+octets])
		router := netip.AddrFrom4([4]byte(b[1+octets:]))
		list = append(list, fmt.Sprintf("%s via %s", netip.PrefixFrom(netip.AddrFrom4(net), bits), router))
		b = b[1+octets+4:]
	}
	return strings.Join(list, ", ")
}

func parseRoutes(s string) (b []byte, err error) {
	for _, item := range items(s) {
		net, router, _ := strings.Cut(item, " via ")
		prefix, err := netip.ParsePrefix(net)
		if err != nil || !prefix.Addr().Is4() {
			return nil, fmt.Errorf("%q is not a route such as 10.0.0.0/8 via 10.0.0.1", item)
		}
		via, err := parseIPs(router, true)
		if err != nil {
			return nil, fmt.Errorf("route %q: %w", item, err)
		}
		b = append(b, uint8(prefix.Bits()))
		b = append(b, prefix.Addr().AsSlice()[:(prefix.Bits()+7)/8]...)
		b = append(b, via...)
	}
	return b, nil
}

// identityCodec has the kinds that say who the client is.
func identityCodec(kind Kind) codec {
	switch kind {
	case KindUNDI:
		return codec{formatUNDI, parseUNDI}
	case KindMachineID:
		return codec{formatMachineID, parseMachineID}
	}
	return codec{formatClientID, parseClientID}
}

// formatUNDI writes option 94 of the only type in use: 1, UNDI.
func formatUNDI(b []byte) string {
	if len(b) != 3 || b[0] != 1 {
		return ""
	}
	return fmt.Sprintf("UNDI %d.%d", b[1], b[2])
}

func parseUNDI(s string) ([]byte, error) {
	version, ok := strings.CutPrefix(s, "UNDI ")
	major, minor, dot := strings.Cut(version, ".")
	x, err1 := strconv.ParseUint(major, 10, 8)
	y, err2 := strconv.ParseUint(minor, 10, 8)
	if !ok || !dot || err1 != nil || err2 != nil {
		return nil, fmt.Errorf("%q is not an interface such as UNDI 3.16", s)
	}
	return []byte{1, uint8(x), uint8(y)}, nil
}

func formatMachineID(b []byte) string {
	if len(b) != 17 || b[0] != 0 {
		return ""
	}
	return FormatUUID([16]byte(b[1:]))
}

func parseMachineID(s string) ([]byte, error) {
	id, err := ParseUUID(s)
	return append([]byte{0}, id[:]...), err
}

// ethernet begins a client identifier of hardware type 1.
const ethernet = "ethernet "

func formatClientID(b []byte) string {
	if len(b) != 7 || b[0] != 1 {
		return ""
	}
	return ethernet + formatMAC(b[1:])
}

func parseClientID(s string) ([]byte, error) {
	text, ok := strings.CutPrefix(s, ethernet)
	mac, err := ParseMAC(text)
	if !ok || err != nil {
		return nil, fmt.Errorf("%q is not a client identifier such as ethernet 52:54:00:12:34:56", s)
	}
	return append([]byte{1}, mac...), nil
}
