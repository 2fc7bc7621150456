package dhcpopts

import (
	"bytes"
	"net/netip"
	"strings"
)

// class checks option 60 alone.
func (c *checker) class(o Option) {
	for _, want := range []string{ClassPXE, ClassHTTP} {
		n := len(want)
		if len(o.Data) >= n && strings.EqualFold(string(o.Data[:n]), want) && string(o.Data[:n]) != want {
			c.add("PXK049", o.Offset, "", "option 60 is %q, clients want %q", o.Data, want).Fix = want
		}
	}
}

// tftpServer checks option 66 alone.
func (c *checker) tftpServer(o Option) {
	name := string(upToNUL(o.Data))
	switch {
	case len(o.Data) == 4 && !isName(o.Data):
		a := netip.AddrFrom4([4]byte(o.Data))
		c.add("PXK031", o.Offset, "send it as text", "option 66 holds the four octets % x, the address %s", o.Data, a).Fix = a.String()
	case strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		c.add("PXK034", o.Offset, "", "option 66 is %s", SafeText(o.Data)).Fix = strings.TrimSpace(name)
	case name != "" && !isAddr(name):
		c.add("PXK032", o.Offset, "send the server's address", "option 66 is the name %s", SafeText(o.Data))
	}
}

// isName reports whether octets are all of a host name or of an address as text.
func isName(b []byte) bool {
	for _, c := range b {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && c != '-' && c != '.' && c != ':' {
			return false
		}
	}
	return true
}

func isAddr(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

// reply checks what the parts of an offer or an ACK say together.
func (c *checker) reply(p *Packet) {
	if t := p.MessageType(); t != 0 && t != Offer && t != Ack || p.Size < headerSize {
		return
	}
	class, _ := p.Get(OptClass)
	switch {
	case bytes.HasPrefix(class, []byte(ClassPXE)):
		c.pxeReply(p)
	case len(p.All(OptVendor)) > 0:
		c.strayPXE(joined(p, OptVendor))
	}
	c.names(p, class)
	c.serverOf(p)
}

// fileOf is the name that edk2 reads, 67 before the header, and its place.
func fileOf(p *Packet) (name []byte, at int) {
	if len(p.All(OptBootFile)) > 0 {
		o := joined(p, OptBootFile)
		return upToNUL(o.Data), o.Offset
	}
	return p.FileName(), fileAt
}

// names checks the boot file name in its two places, and URLs.
func (c *checker) names(p *Packet, class []byte) {
	name, at := fileOf(p)
	header := p.FileName()
	_, _, isURL := urlParts(string(name))
	switch {
	case at == fileAt || bytes.Equal(header, name):
	case len(header) > 0:
		c.add("PXK024", at, "send the same name in both", "header field file is %s, option 67 is %s", SafeText(header), SafeText(name))
	case p.Overload == 0 && !isURL && !bytes.HasPrefix(class, []byte(ClassHTTP)) && len(name) < len(p.File):
		c.add("PXK027", at, "send it in the header field file as well", "option 67 is %s, header field file is empty", SafeText(name))
	}
	if p.Overload != 0 && len(name) > 0 {
		c.add("PXK008", joined(p, OptOverload).Offset, "make room, so that file and sname stay free", "option 52 is %s", FormatOption(OptOverload, []byte{p.Overload}))
	}
	if all := p.All(OptBootFile); len(all) > 0 && p.YIAddr.IsUnspecified() {
		c.overwritten(p, all[0])
	}
	if len(name) > 0 {
		c.url(p, class, string(name), at)
	}
}

// overwritten is edk2's NUL on the octet after option 67.
func (c *checker) overwritten(p *Packet, o Option) {
	end := o.Offset + 2 + len(o.Data)
	if o.In != InOptions || len(o.Data) == 0 || o.Data[len(o.Data)-1] == 0 {
		return
	}
	for _, other := range p.Options {
		if other.In == InOptions && other.Offset >= end {
			c.add("PXK011", o.Offset, "close option 67 with a NUL, or put it last", "option 67 has no NUL, and option %d follows", other.Code)
			return
		}
	}
}

func (c *checker) url(p *Packet, class []byte, name string, at int) {
	http := bytes.HasPrefix(class, []byte(ClassHTTP))
	scheme, host, isURL := urlParts(name)
	switch {
	case !isURL && http:
		c.add("PXK020", at, "send http:// and the server", "option 60 says HTTPClient, the boot file is %s", SafeText([]byte(name)))
		return
	case !isURL:
		return
	case bytes.HasPrefix(class, []byte(ClassPXE)):
		c.add("PXK019", at, "", "option 60 says PXEClient, the boot file is the URL %s", SafeText([]byte(name)))
	case !http && strings.HasPrefix(scheme, "http"):
		c.add("PXK021", at, "send option 60 HTTPClient to UEFI HTTP clients", "the boot file is the URL %s", SafeText([]byte(name)))
	}
	if _, dns := p.Get(6); http && !dns && !isAddr(strings.Trim(host, "[]")) {
		c.add("PXK022", at, "send option 6, or an address in the URL", "the URL names the host %s", SafeText([]byte(host)))
	}
}

// serverOf checks where a boot file is to be fetched.
func (c *checker) serverOf(p *Packet) {
	name, _ := fileOf(p)
	_, _, isURL := urlParts(string(name))
	server66, has66 := p.Get(OptTFTPServer)
	text66 := string(upToNUL(server66))
	none := p.SIAddr.IsUnspecified()
	switch {
	case none && has66 && !isURL:
		c.add("PXK030", 20, "set next-server (siaddr) as well", "siaddr is 0.0.0.0, option 66 is %s", FormatOption(OptTFTPServer, server66))
	case none && len(name) > 0 && !isURL:
		c.add("PXK030", 20, "set next-server (siaddr)", "siaddr is 0.0.0.0, the boot file is %s", SafeText(name))
	case !none && isAddr(text66) && text66 != p.SIAddr.String():
		c.add("PXK033", joined(p, OptTFTPServer).Offset, "send the same server in both", "siaddr is %s, option 66 is %s", p.SIAddr, text66)
	}
}

// request checks what a client says about itself.
func (c *checker) request(p *Packet) {
	class, _ := p.Get(OptClass)
	archs, _ := p.Get(OptClientArch)
	said, ok := classArch(class)
	if !ok || len(archs) < 2 {
		return
	}
	if first := Arch(bigEndian(archs[:2])); said != first {
		c.add("PXK062", joined(p, OptClientArch).Offset, "", "option 60 says %d (%s), option 93 says %d (%s)", said, said, first, first)
	}
}
