package main

import (
	"bytes"
	"fmt"
	"net/netip"

	"pxekit/dhcpopts"
	"pxekit/internal/capture"
	"pxekit/internal/jsonout"
	"pxekit/tftpserve"
)

// explained is an item in words.
type explained struct {
	jsonout.Packet
	message  *dhcpopts.Packet // DHCP
	bare     bool
	udp      bool // its ports are known
	cut      bool // the capture holds less of the message than was on the wire
	findings []dhcpopts.Finding
}

func (p *explained) bad() bool {
	for _, f := range p.findings {
		if f.Severity == dhcpopts.Error {
			return true
		}
	}
	return p.Error != "" && p.message == nil // what is wrong in a message is among its findings
}

// explain reads an item.
func explain(it item) *explained {
	p := &explained{Packet: jsonout.PacketOf(it.frame, it.kind), bare: it.bare, udp: it.frame.UDP && it.frame.Src.IsValid()}
	switch it.kind {
	case capture.DHCP:
		p.dhcp(it)
	case capture.TFTP:
		t, err := tftpserve.Parse(it.frame.Payload)
		if err == nil || !it.frame.Truncated {
			p.fail(err)
		}
		p.SetTFTP(t)
	case capture.DHCPv6:
		options, err := capture.BootOptions6(it.frame.Payload)
		p.fail(err)
		p.DHCPv6(options)
	}
	for i := range p.findings {
		p.findings[i].Place.Packet = it.frame.Index
	}
	p.Findings = jsonout.Findings(p.findings)
	return p
}

func (p *explained) fail(err error) {
	if err != nil {
		p.Error = err.Error()
	}
}

// dhcp reads a message, or options that stand alone.
func (p *explained) dhcp(it item) {
	if it.bare {
		p.options(it.frame.Payload)
		return
	}
	m, err := dhcpopts.Parse(it.frame.Payload)
	if p.cut = err != nil && it.frame.Truncated; p.cut {
		err = fmt.Errorf("%w; the capture holds less than was on the wire", err)
	}
	p.fail(err)
	p.message = m
	p.Packet.DHCP(m)
	p.findings = dhcpopts.Check(m)
}

// options reads options without a message around them.
func (p *explained) options(b []byte) {
	options, closed, err := dhcpopts.ParseOptions(b)
	p.fail(err)
	p.End = closed
	p.AddOptions(options)
	for _, o := range options {
		for _, f := range dhcpopts.CheckOption(o.Code, o.Data) {
			f.Place.Offset = o.Offset
			p.findings = append(p.findings, f)
		}
	}
}

// bootFile is the file that an answer names: option 67, or the header's where
// there is none, as most clients read it. ok is false when p is no such answer.
func (p *explained) bootFile() (value []byte, ok bool) {
	if p.message == nil && p.bare {
		for _, o := range p.Options {
			if o.Code == dhcpopts.OptBootFile {
				return o.Hex, true
			}
		}
		return nil, false
	}
	if p.message == nil || p.message.Op != 2 {
		return nil, false
	}
	if value, ok := p.message.Get(dhcpopts.OptBootFile); ok {
		return value, true
	}
	name := p.message.FileName()
	return name, len(name) > 0
}

// machines picks the packets of one machine: DHCP messages by hardware address,
// others by the addresses that it was given.
type machines struct {
	mac   []byte
	addrs map[netip.Addr]bool
}

func (m *machines) takes(it item) bool {
	if it.kind != capture.DHCP || it.bare {
		return m.addrs[it.frame.Src] || m.addrs[it.frame.Dst]
	}
	p, _ := dhcpopts.Parse(it.frame.Payload)
	if !bytes.HasPrefix(p.MAC(), m.mac) {
		return false
	}
	if m.addrs == nil {
		m.addrs = map[netip.Addr]bool{}
	}
	for _, a := range []netip.Addr{p.YIAddr, p.CIAddr} {
		if !a.IsUnspecified() {
			m.addrs[a] = true
		}
	}
	return true
}
