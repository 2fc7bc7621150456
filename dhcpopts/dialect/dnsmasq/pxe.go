package dnsmasq

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"pxekit/dhcpopts"
)

// findPXE tells a PXE client by the start of its option 60, and keeps its
// architecture.
func (r *request) findPXE() {
	for _, class := range r.pxeClasses {
		if strings.HasPrefix(string(r.class), class) {
			r.pxeClass = class
			break
		}
	}
	if v := r.option(dhcpopts.OptClientArch); r.pxeClass != "" && len(v) >= 2 {
		r.arch = int(v[0])<<8 | int(v[1])
	}
}

// proxy answers what is PXE's own: the boot server request on port 4011, and
// any PXE client on a proxy range. done is false when the message is for the
// DHCP server.
func (r *request) proxy() (reply Reply, done bool) {
	if r.pxeClass == "" {
		return Reply{}, false
	}
	if item := r.bootItem(); item != nil {
		return r.bootServer(item), true
	}
	discover := r.message() == dhcpopts.Discover
	if r.arch == -1 || !discover && !(r.cl.Port == pxePort && r.message() == dhcpopts.Request) {
		return Reply{}, false
	}
	tags := r.withTagIfs(r.tags)
	for _, x := range r.ranges {
		if x.proxy && tags.holds(x.filter, true) {
			return r.proxyOffer(x, discover), true
		}
	}
	return Reply{}, false
}

// bootItem is sub-option 71 of the client's option 43: type and layer.
func (r *request) bootItem() []byte {
	if m := r.message(); m != dhcpopts.Request && m != dhcpopts.Inform {
		return nil
	}
	v, _ := r.cl.Option(dhcpopts.OptVendor)
	for _, o := range tlvs(v) {
		if o.Code == 71 && len(o.Data) >= 4 {
			return o.Data[:4]
		}
	}
	return nil
}

// bootServer answers the request for one item of the menu.
func (r *request) bootServer(item []byte) Reply {
	kind, layer := int(item[0])<<8|int(item[1]), int(item[2])<<8|int(item[3])
	i := slices.IndexFunc(r.services, func(s *service) bool { return s.kind == kind })
	if layer&0x8000 != 0 || i < 0 || r.services[i].file == "" || !r.onNetwork() {
		return Reply{Silent: true}
	}
	s := r.services[i]
	r.pkt.siaddr = r.serverOf(s)
	text(r.pkt.file[:], s.fileName(layer))
	r.pkt.put(dhcpopts.OptMessageType, []byte{dhcpopts.Ack})
	r.pkt.put(dhcpopts.OptServerID, r.self())
	r.pxeClassAndID()
	inner, _ := r.vendorFit(r.withTagIfs(r.tags))
	r.sendNested(dhcpopts.OptVendor, append([]*option{{code: 71, val: item}}, inner...))
	return r.done()
}

// onNetwork reports whether the address the client holds is of one of the ranges.
func (r *request) onNetwork() bool {
	return r.cl.CIAddr.Is4() && slices.ContainsFunc(r.ranges, func(x *dhcpRange) bool { return x.holds(r.cl.CIAddr) })
}

func (r *request) serverOf(s *service) netip.Addr {
	switch {
	case s.serverName != "":
		return netip.IPv4Unspecified() // not in a hosts file
	case s.server.IsValid() && !s.server.IsUnspecified():
		return s.server
	}
	return r.Self
}

// fileName adds the layer to a base name without a dot (PXE 2.1 section 2.4).
func (s *service) fileName(layer int) string {
	if strings.Contains(s.file, ".") {
		return s.file
	}
	return fmt.Sprintf("%s.%d", s.file, layer)
}

// proxyOffer answers a PXE client beside another DHCP server. UEFI is sent to
// port 4011 without a menu.
func (r *request) proxyOffer(x *dhcpRange, discover bool) Reply {
	if x.tag != "" {
		r.tags[x.tag] = true
	}
	tags := r.withTagIfs(r.tags)
	atPXE := r.cl.Port == pxePort
	if r.uefi() {
		r.pkt.siaddr = r.Self
	}
	single := r.single(tags)
	if single && atPXE {
		r.fillSingle(tags)
	}
	if !single {
		r.proxyBoot(tags)
	}
	kind := byte(dhcpopts.Ack)
	if discover {
		kind = dhcpopts.Offer
	}
	r.pkt.put(dhcpopts.OptMessageType, []byte{kind})
	r.pkt.put(dhcpopts.OptServerID, r.self())
	r.pxeClassAndID()
	if atPXE && !single || !r.uefi() {
		inner, _ := r.vendorFit(tags)
		r.sendNested(dhcpopts.OptVendor, r.menu(tags, inner))
	}
	return r.done()
}

// proxyBoot fills the header from dhcp-boot; names never become options here.
func (r *request) proxyBoot(tags tagSet) {
	b := r.findBoot(tags)
	if b == nil {
		return
	}
	r.line = b.line
	switch {
	case b.server.IsValid() && !b.server.IsUnspecified():
		r.pkt.siaddr = b.server
	case b.serverName != "":
		r.pkt.siaddr = netip.IPv4Unspecified()
	}
	if b.file != "" {
		text(r.pkt.file[:], b.file)
	}
}

func (r *request) uefi() bool { return r.arch >= int(dhcpopts.EFIIA32) }

// offered lists the services for this client.
func (r *request) offered(tags tagSet) []*service {
	var all []*service
	for _, s := range r.services {
		if s.arch == r.arch && tags.holds(s.tags, true) {
			all = append(all, s)
		}
	}
	return all
}

// single reports whether a UEFI client has exactly one service with a file: its
// menu is left out then, as many UEFI menus are broken (rfc2131.c,
// pxe_uefi_workaround).
func (r *request) single(tags tagSet) bool {
	return r.uefi() && len(r.withFile(tags)) == 1
}

func (r *request) withFile(tags tagSet) []*service {
	return slices.DeleteFunc(r.offered(tags), func(s *service) bool { return s.file == "" })
}

// fillSingle puts the one service into the header.
func (r *request) fillSingle(tags tagSet) {
	s := r.withFile(tags)[0]
	r.pkt.siaddr = r.serverOf(s)
	name := s.serverName
	if name == "" && r.pkt.siaddr.IsValid() {
		name = r.pkt.siaddr.String()
	}
	text(r.pkt.sname[:], name)
	text(r.pkt.file[:], s.fileName(0))
}

// pxeClassAndID sends option 60 and gives option 97 back.
func (r *request) pxeClassAndID() {
	r.pkt.put(dhcpopts.OptClass, []byte(r.pxeClass))
	if id := r.option(dhcpopts.OptMachineID); len(id) >= 17 {
		r.pkt.put(dhcpopts.OptMachineID, id[:17])
	}
}
